import LinuxIO

/// Sleeps for this many seconds.
func pause(_ seconds: UInt64) throws { try pause(milliseconds: Int(seconds) * 1000) }

/// Sleeps for this many milliseconds.
func pause(milliseconds: Int) throws { try pause(microseconds: milliseconds * 1000) }

/// Sleeps for this many microseconds.
func pause(microseconds: Int) throws {
    let idle = try UnixSocket.pair(nonblocking: true)
    let deadline = MonotonicClock.nanoseconds() + UInt64(microseconds) * 1000
    _ = try DescriptorWait.wait(idle.first.rawValue, for: .readable, deadline: deadline)
}
