import LinuxIO

/// Lets so many seconds pass, without the processor.
func pause(_ seconds: UInt64) throws { try pause(milliseconds: Int(seconds) * 1000) }

/// Lets so many milliseconds pass, without the processor.
func pause(milliseconds: Int) throws { try pause(microseconds: milliseconds * 1000) }

/// Lets so many microseconds pass, without the processor.
func pause(microseconds: Int) throws {
    let idle = try UnixSocket.pair(nonblocking: true)
    let deadline = MonotonicClock.nanoseconds() + UInt64(microseconds) * 1000
    _ = try DescriptorWait.wait(idle.first.rawValue, for: .readable, deadline: deadline)
}
