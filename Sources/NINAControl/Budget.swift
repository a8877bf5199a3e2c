/// How much of the emulator's thread those who look at it may take: a small share, and a burst of it.
///
/// Whatever clients ask for, and how often, hosts have the rest: a question that comes too early waits.
package struct Budget: Sendable {
    /// One part in so many.
    package static let share: Int64 = 40
    /// In nanoseconds.
    package static let burst: Int64 = 50_000_000

    private var credit = Budget.burst
    private var grownAt: UInt64

    package init(at now: UInt64) { grownAt = now }

    private mutating func grow(to now: UInt64) {
        let elapsed = Int64(clamping: now - min(now, grownAt))
        credit = min(credit + elapsed / Self.share, Self.burst)
        // What is less than a nanosecond of credit is not lost.
        grownAt = now - UInt64(elapsed % Self.share)
    }

    /// Takes time of the processor that was used, in nanoseconds. What is more than a burst is not held against the next question.
    package mutating func spend(_ nanoseconds: UInt64, at now: UInt64) {
        grow(to: now)
        credit = max(credit - Int64(clamping: nanoseconds), -Self.burst)
    }

    /// How long the next question has to wait, in nanoseconds.
    package mutating func delay(at now: UInt64) -> UInt64 {
        grow(to: now)
        return credit > 0 ? 0 : UInt64((1 - credit) * Self.share)
    }
}
