import LinuxIO

/// Lets so many seconds pass, without the processor.
func pause(_ seconds: UInt64) throws {
    let idle = try UnixSocket.pair(nonblocking: true)
    let deadline = MonotonicClock.nanoseconds() + seconds * 1_000_000_000
    _ = try DescriptorWait.wait(idle.first.rawValue, for: .readable, deadline: deadline)
}
