/// An instant on a monotonic clock, in nanoseconds since an arbitrary start.
///
/// The cores never read a clock: links pass in the time, so tests can use virtual time.
public struct MonotonicInstant: Comparable, Hashable, Sendable {
    /// Nanoseconds since the clock's start.
    public var nanoseconds: UInt64

    /// Makes an instant.
    public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// Later than any other instant: a wait without its own deadline.
    public static let distantFuture = MonotonicInstant(nanoseconds: .max)

    /// The instant this much later; saturates on overflow, and a negative duration adds nothing.
    public func advanced(by duration: Duration) -> MonotonicInstant {
        advanced(byNanoseconds: duration.wholeNanoseconds)
    }

    /// The instant this many nanoseconds later; saturates on overflow.
    public func advanced(byNanoseconds nanoseconds: UInt64) -> MonotonicInstant {
        let (sum, overflow) = self.nanoseconds.addingReportingOverflow(nanoseconds)
        return overflow ? .distantFuture : MonotonicInstant(nanoseconds: sum)
    }

    /// Nanoseconds from another instant to this one; 0 when the other is later.
    public func nanoseconds(since other: MonotonicInstant) -> UInt64 {
        nanoseconds > other.nanoseconds ? nanoseconds - other.nanoseconds : 0
    }

    /// Order in time.
    public static func < (left: MonotonicInstant, right: MonotonicInstant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}

extension Duration {
    /// The duration in nanoseconds, rounded down; 0 for a negative duration, the largest number on overflow.
    public var wholeNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return .max }
        let (sum, carry) = whole.addingReportingOverflow(UInt64(attoseconds / 1_000_000_000))
        return carry ? .max : sum
    }
}
