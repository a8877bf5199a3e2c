import NINAControl
import Testing

/// The share of the emulator's thread that those who look at it may take.
@Suite(.timeLimit(.minutes(10))) struct BudgetTests {
    private let second: UInt64 = 1_000_000_000

    /// Whoever asks as often as possible gets a burst and one fortieth.
    @Test(arguments: [10_000, 1_000_000, 20_000_000] as [UInt64]) func aFloodGetsItsShare(cost: UInt64) {
        var budget = Budget(at: 0)
        var now: UInt64 = 0
        var used: UInt64 = 0
        while now < 100 * second {
            let delay = budget.delay(at: now)
            guard delay == 0 else {
                now += delay
                continue
            }
            now += cost
            used += cost
            budget.spend(cost, at: now)
        }
        let share = 100 * second / UInt64(Budget.share)
        #expect(used <= share + UInt64(Budget.burst) + 2 * cost)
        #expect(used >= share - cost)
    }

    @Test func aQuestionNowAndThenWaitsForNothing() {
        var budget = Budget(at: 0)
        for number in 1...100 as ClosedRange<UInt64> {
            let now = number * second
            #expect(budget.delay(at: now) == 0)
            budget.spend(20_000_000, at: now)
        }
    }

    /// However long one question took, the next one waits 2 s at most.
    @Test func oneLongQuestionIsNotHeldAgainstTheNextForEver() {
        var budget = Budget(at: 0)
        budget.spend(3600 * second, at: 0)
        let delay = budget.delay(at: 0)
        #expect(delay > 0 && delay <= 2 * second + 1000)
        #expect(budget.delay(at: delay) == 0)
    }
}
