import Glibc

/// The system's time of day.
public enum TimeOfDay {
    /// Milliseconds since 1970.
    public static func milliseconds() -> UInt64 {
        var now = timespec()
        guard clock_gettime(CLOCK_REALTIME, &now) == 0 else { return seconds() * 1000 }
        return UInt64(max(0, now.tv_sec)) * 1000 + UInt64(now.tv_nsec / 1_000_000)
    }

    /// Seconds since 1970.
    public static func seconds() -> UInt64 { UInt64(max(0, time(nil))) }
}
