import LinuxLibc

/// The kernel's monotonic clock, used for all deadlines of this module.
public enum MonotonicClock {
    /// `CLOCK_MONOTONIC` in nanoseconds. It never goes backwards and does not count time in suspend.
    public static func nanoseconds() -> UInt64 {
        var time = timespec()
        _ = clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec)
    }

    /// The time of the processor that the calling thread has used (`CLOCK_THREAD_CPUTIME_ID`), in nanoseconds.
    public static func threadNanoseconds() -> UInt64 {
        var time = timespec()
        _ = clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec)
    }

    /// The deadline this many nanoseconds from now; saturates on overflow.
    public static func deadline(after nanoseconds: UInt64) -> UInt64 {
        let (sum, overflow) = Self.nanoseconds().addingReportingOverflow(nanoseconds)
        return overflow ? .max : sum
    }

    /// The time until a deadline, in nanoseconds as the C shims expect it: 0 when it has passed.
    package static func remaining(until deadline: UInt64) -> Int64 {
        let now = nanoseconds()
        return deadline <= now ? 0 : Int64(clamping: deadline - now)
    }

    /// Sleeps until a time of this clock; signals do not interrupt it.
    public static func sleep(until deadline: UInt64) {
        var time = timespec(
            tv_sec: Int(clamping: deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
    }
}
