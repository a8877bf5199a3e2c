import LinuxIO
import Synchronization
import Testing

/// Collects the results of threads.
final class SharedResults<Value: Sendable>: Sendable {
    private let storage: Mutex<[Result<Value, any Error>?]>

    init(_ count: Int) {
        storage = Mutex(Array(repeating: nil, count: count))
    }

    func set(_ index: Int, _ result: Result<Value, any Error>) { storage.withLock { $0[index] = result } }

    func isUnset(_ index: Int) -> Bool { storage.withLock { $0[index] == nil } }

    /// Waits for all; throws after 60 seconds.
    func wait() throws -> [Result<Value, any Error>] {
        let deadline = MonotonicClock.nanoseconds() + 60_000_000_000
        let idle = try UnixSocket.pair(nonblocking: true)
        while true {
            let results = storage.withLock { $0.compactMap { $0 } }
            if results.count == storage.withLock({ $0.count }) { return results }
            try #require(MonotonicClock.nanoseconds() < deadline, "threads do not end")
            // Nothing ever comes here: a wait of 2 ms that costs no processor.
            _ = try DescriptorWait.wait(
                idle.first.rawValue, for: .readable, deadline: MonotonicClock.nanoseconds() + 2_000_000)
        }
    }
}
