import Glibc

/// The system's time of day.
public enum TimeOfDay {
    /// Seconds since 1970.
    public static func seconds() -> UInt64 { UInt64(max(0, time(nil))) }
}
