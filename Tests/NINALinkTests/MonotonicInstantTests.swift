import NINALink
import Testing

@Suite(.timeLimit(.minutes(10))) struct MonotonicInstantTests {
    private let start = MonotonicInstant(nanoseconds: 100)

    @Test func advances() {
        #expect(start.advanced(by: .microseconds(2)).nanoseconds == 2100)
        #expect(start.advanced(by: .seconds(-1)) == start)
        #expect(start < start.advanced(byNanoseconds: 1))
        #expect(start.nanoseconds(since: MonotonicInstant(nanoseconds: 30)) == 70)
        #expect(MonotonicInstant(nanoseconds: 30).nanoseconds(since: start) == 0)
    }

    @Test func neverOverflows() {
        #expect(start.advanced(byNanoseconds: .max) == .distantFuture)
        #expect(MonotonicInstant.distantFuture.advanced(by: .seconds(1)) == .distantFuture)
        #expect(start.advanced(by: .seconds(Int64.max)) == .distantFuture)
        // The seconds fit in 64 bits of nanoseconds; their sum with the fraction does not.
        #expect(start.advanced(by: .seconds(18_446_744_073) + .milliseconds(999)) == .distantFuture)
    }

    @Test func durationsBecomeNanoseconds() {
        #expect(Duration.milliseconds(1500).wholeNanoseconds == 1_500_000_000)
        #expect((Duration.zero - .nanoseconds(1)).wholeNanoseconds == 0)
        #expect(Duration.seconds(Int64.max).wholeNanoseconds == .max)
    }
}
