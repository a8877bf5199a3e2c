import NINALink
import Testing

@testable import WiFiNINA

/// How often a waiting task looks again, on a clock of the test.
@Suite(.timeLimit(.minutes(10))) struct PollBackoffTests {
    private static let start = MonotonicInstant(nanoseconds: 7_000_000_000)

    private func at(_ milliseconds: UInt64) -> MonotonicInstant {
        Self.start.advanced(byNanoseconds: milliseconds * 1_000_000)
    }

    /// The end of a connection does not raise IRQ: a long wait looks less often, though at least four times a second.
    @Test func withoutInterruptsPausesGrowWithTheWait() {
        let backoff = PollBackoff(at: Self.start, timeout: nil)
        #expect(backoff.deadline == .distantFuture)
        for (after, pause) in [(0, 50), (199, 50), (200, 50), (400, 100), (800, 200), (1000, 250), (60_000, 250)]
            as [(UInt64, UInt64)]
        {
            #expect(backoff.interval(at: at(after)) == pause * 1_000_000, "after \(after) ms")
        }
    }

    /// IRQ that is high for somebody else: 1 ms, then twice as long each time, at most 50 ms. A low IRQ begins anew.
    @Test func anInterruptForOthersIsLookedAtLessAndLess() {
        var backoff = PollBackoff(at: Self.start, timeout: nil)
        for _ in 0..<2 {
            var pauses: [UInt64] = []
            for _ in 0..<8 {
                pauses.append(
                    backoff.nextLook(at: Self.start, isInterruptHigh: true).nanoseconds(since: Self.start) / 1_000_000)
            }
            #expect(pauses == [1, 2, 4, 8, 16, 32, 50, 50])
            #expect(backoff.nextLook(at: Self.start, isInterruptHigh: false) == at(50))
        }
    }

    /// IRQ is never raised for a BSD socket: looks follow each other as closely as those of the calls that block.
    @Test(arguments: [false, true]) func aBSDSocketIsLookedAtSoon(_ isInterruptHigh: Bool) {
        var backoff = PollBackoff(at: Self.start, timeout: nil)
        let pauses = (0..<8).map { _ in
            backoff.nextLook(at: Self.start, isInterruptHigh: isInterruptHigh, family: .bsd)
                .nanoseconds(since: Self.start) / 500_000
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 40, 40])
        // Each look is a command: an idle connection makes four a second.
        for (after, pause) in [(80, 20), (100, 25), (400, 100), (1000, 250), (60_000, 250)] as [(UInt64, UInt64)] {
            let next = backoff.nextLook(at: at(after), isInterruptHigh: isInterruptHigh, family: .bsd)
            #expect(next == at(after + pause), "after \(after) ms")
        }
    }

    @Test func noLookIsAfterTheDeadline() {
        var backoff = PollBackoff(at: Self.start, timeout: .milliseconds(60))
        #expect(backoff.deadline == at(60))
        #expect(backoff.nextLook(at: at(9), isInterruptHigh: false) == at(59))
        #expect(backoff.nextLook(at: at(10), isInterruptHigh: false) == at(60))
        #expect(backoff.nextLook(at: at(11), isInterruptHigh: false) == at(60))
        #expect(backoff.nextLook(at: at(60), isInterruptHigh: true) == at(60))
        #expect(backoff.nextLook(at: at(60), isInterruptHigh: true, family: .bsd) == at(60))
    }
}
