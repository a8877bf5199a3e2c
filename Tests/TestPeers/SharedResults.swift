import LinuxIO
import Synchronization

/// Collects the results of threads.
package final class SharedResults<Value: Sendable>: Sendable {
    private let storage: Mutex<[Result<Value, any Error>?]>

    package init(_ count: Int) {
        storage = Mutex(Array(repeating: nil, count: count))
    }

    package func set(_ index: Int, _ result: Result<Value, any Error>) { storage.withLock { $0[index] = result } }

    package func isUnset(_ index: Int) -> Bool { storage.withLock { $0[index] == nil } }

    /// Waits for all results; throws after 60 seconds.
    package func wait() throws -> [Result<Value, any Error>] {
        let deadline = MonotonicClock.nanoseconds() + 60_000_000_000
        let idle = try UnixSocket.pair(nonblocking: true)
        while true {
            let results = storage.withLock { $0.compactMap { $0 } }
            if results.count == storage.withLock({ $0.count }) { return results }
            guard MonotonicClock.nanoseconds() < deadline else { throw Unexpected("threads do not end") }
            // A wait of 2 ms without using the processor: this descriptor never becomes readable.
            _ = try DescriptorWait.wait(
                idle.first.rawValue, for: .readable, deadline: MonotonicClock.nanoseconds() + 2_000_000)
        }
    }
}

/// Text that several threads append to.
package final class SharedText: Sendable {
    private let storage = Mutex("")

    package init() {}

    package var text: String { storage.withLock { $0 } }

    package func append(_ text: String) { storage.withLock { $0 += text } }
}

/// An unexpected result, described.
package struct Unexpected: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
