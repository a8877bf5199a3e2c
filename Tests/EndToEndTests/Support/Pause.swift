import LinuxIO

/// Lets so many seconds pass, without the processor.
func pause(_ seconds: UInt64) throws { try pause(milliseconds: Int(seconds) * 1000) }

/// Lets so many milliseconds pass, without the processor.
func pause(milliseconds: Int) throws {
    let idle = try UnixSocket.pair(nonblocking: true)
    let deadline = MonotonicClock.nanoseconds() + UInt64(milliseconds) * 1_000_000
    _ = try DescriptorWait.wait(idle.first.rawValue, for: .readable, deadline: deadline)
}
