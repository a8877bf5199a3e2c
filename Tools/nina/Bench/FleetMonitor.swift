import LinuxIO
import NINAControl

/// Somebody who looks at a fleet through its control channel, as a monitoring system does.
struct FleetMonitor {
    /// From one look to the next, in nanoseconds.
    private static let interval: UInt64 = 1_000_000_000
    private static let rounds = 5

    let name: String

    /// How long the slowest of the answers to `list`, `sockets` and `metrics` takes, in milliseconds: the median of several.
    /// They are so far apart that none has to wait for the time of the ones before.
    func slowestAnswer() throws -> Double {
        let channel = try ControlChannel(name)
        func median(_ body: () throws -> Void) throws -> Double {
            var times: [Double] = []
            for _ in 0..<Self.rounds {
                let start = MonotonicClock.nanoseconds()
                try body()
                times.append(Double(MonotonicClock.nanoseconds() - start) / 1e6)
                Self.pause(Self.interval / 20)
            }
            return Spread(times).median
        }
        return max(
            try median { _ = try channel.request(.list, nil, ReplyContent.Modules.self) },
            try median { _ = try channel.request(.sockets, nil, ReplyContent.Modules.self) },
            try median { _ = try channel.request(.metrics, nil, ReplyContent.Text.self) })
    }

    /// Asks for all of it every second, while a body runs.
    func watching<Result>(_ body: () throws -> Result) throws -> Result {
        let isOver = Guarded(false)
        let hasEnded = Guarded(false)
        let name = self.name
        try DetachedThread.start {
            if let channel = try? ControlChannel(name) {
                while !isOver.withLock({ $0 }) {
                    _ = try? channel.request(.list, nil, ReplyContent.Modules.self)
                    _ = try? channel.request(.sockets, nil, ReplyContent.Modules.self)
                    _ = try? channel.request(.metrics, nil, ReplyContent.Text.self)
                    var waits = 20
                    while waits > 0, !isOver.withLock({ $0 }) {
                        Self.pause(Self.interval / 20)
                        waits -= 1
                    }
                }
            }
            hasEnded.withLock { $0 = true }
        }
        defer {
            isOver.withLock { $0 = true }
            while !hasEnded.withLock({ $0 }) { Self.pause(1_000_000) }
        }
        return try body()
    }

    private static func pause(_ nanoseconds: UInt64) {
        guard let wake = try? WakeDescriptor() else { return }
        _ = wake.sleep(watching: nil, nanoseconds: nanoseconds)
    }
}
