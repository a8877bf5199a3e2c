import LinuxIO
import NINACoprocessor

/// The system's clock as the coprocessors' time of day.
public enum SystemClock {
    /// The real time.
    public static var real: WallClock { WallClock { TimeOfDay.seconds() } }

    /// 0 for this many seconds, like a network with a slow time server; then the real time.
    public static func zero(for seconds: UInt64) -> WallClock {
        let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let end = MonotonicClock.deadline(after: overflow ? .max : nanoseconds)
        return WallClock { MonotonicClock.nanoseconds() < end ? 0 : TimeOfDay.seconds() }
    }
}
