import LinuxLibc

/// The system's time of day.
public enum TimeOfDay {
    /// Milliseconds since 1970; 0 before.
    public static func milliseconds() -> UInt64 {
        var now = timespec()
        _ = clock_gettime(CLOCK_REALTIME, &now)
        return milliseconds(now)
    }

    /// Seconds since 1970; 0 before.
    public static func seconds() -> UInt64 { milliseconds() / 1000 }

    /// Nanoseconds since 1970; 0 before.
    public static func nanoseconds() -> UInt64 {
        var now = timespec()
        _ = clock_gettime(CLOCK_REALTIME, &now)
        return UInt64(clamping: now.tv_sec) * 1_000_000_000 + UInt64(clamping: now.tv_nsec)
    }

    static func milliseconds(_ time: timespec) -> UInt64 {
        UInt64(clamping: time.tv_sec * 1000 + time.tv_nsec / 1_000_000)
    }
}
