import Glibc
import Testing

@testable import LinuxIO

/// State that several threads use. Each of many threads changes it many times: a change that is lost shows in the sum.
@Suite(.timeLimit(.minutes(10))) struct SharedStateTests {
    private static let threads = 8
    private static let changes = 100_000

    /// Runs a body in many threads that begin together, and waits for all.
    private func inManyThreads(_ body: @escaping @Sendable () -> Void) throws {
        let progress = Monitor((begun: 0, ended: 0))
        for _ in 0..<Self.threads {
            try DetachedThread.start {
                progress.change { $0.begun += 1 }
                _ = progress.wait { $0.begun == Self.threads ? true : nil }
                body()
                progress.change { $0.ended += 1 }
            }
        }
        let all = progress.wait(until: MonotonicClock.deadline(after: 10 * patience)) {
            $0.ended == Self.threads ? true : nil
        }
        try #require(all != nil)
    }

    @Test func noChangeOfAGuardedStateIsLost() throws {
        let state = Guarded(0)
        try inManyThreads { for _ in 0..<Self.changes { state.withLock { $0 += 1 } } }
        #expect(state.withLock { $0 } == Self.threads * Self.changes)
    }

    @Test func noChangeOfAMonitoredStateIsLost() throws {
        let state = Monitor(0)
        try inManyThreads {
            for _ in 0..<Self.changes {
                state.change { $0 += 1 }
                // A body that waits may change it too.
                _ = state.wait { value -> Bool? in
                    value += 1
                    return true
                }
            }
        }
        #expect(state.change { $0 } == 2 * Self.threads * Self.changes)
    }

    /// All that wait are woken by a change, though only one of them gets what it waits for.
    @Test func allAreAskedAgainAfterAChange() throws {
        let state = Monitor((open: 0, through: 0))
        for number in 1...Self.threads {
            try DetachedThread.start {
                _ = state.wait { $0.open >= number ? true : nil }
                state.change { $0.through += 1 }
            }
        }
        for number in 1...Self.threads {
            state.change { $0.open = number }
            let through: Int? = state.wait(until: patienceDeadline()) { $0.through >= number ? $0.through : nil }
            #expect(through == number)
        }
    }

    @Test func aPassedDeadlineStillAsksOnce() {
        let state = Monitor(7)
        #expect(state.wait(until: 0) { $0 } == 7)
        var asked = 0
        let none: Int? = state.wait(until: 0) { _ in
            asked += 1
            return nil
        }
        #expect(none == nil && asked == 1)
    }

    /// A wait until a deadline asks at its beginning and its end, and for a wake-up without a cause, but not all the time.
    @Test func waitingNeedsNoProcessor() {
        let state = Monitor(0)
        let deadline = MonotonicClock.deadline(after: 30_000_001)
        var asked = 0
        let none: Int? = state.wait(until: deadline) { _ in
            asked += 1
            return nil
        }
        #expect(none == nil)
        #expect(MonotonicClock.nanoseconds() >= deadline)
        #expect((2..<50).contains(asked))
    }
}
