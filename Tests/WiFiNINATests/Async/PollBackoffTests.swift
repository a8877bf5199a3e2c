import NINALink
import Testing

@testable import WiFiNINA

/// When a task that waits looks at the module again.
@Suite(.timeLimit(.minutes(5))) struct PollBackoffTests {
    private static let start = MonotonicInstant(nanoseconds: 1_000_000_000)

    /// The milliseconds from each look to the next.
    private func pauses(_ count: Int, _ family: SocketFamily, isInterruptHigh: Bool) -> [Double] {
        var backoff = PollBackoff(at: Self.start, timeout: nil)
        var now = Self.start
        return (0..<count).map { _ in
            let next = backoff.nextLook(at: now, isInterruptHigh: isInterruptHigh, family: family)
            defer { now = next }
            return Double(next.nanoseconds(since: now)) / 1e6
        }
    }

    /// IRQ is not raised for BSD sockets: looks follow each other as closely as those of the calls that block.
    @Test(arguments: [false, true]) func aBSDSocketIsLookedAtSoon(_ isInterruptHigh: Bool) {
        #expect(pauses(8, .bsd, isInterruptHigh: isInterruptHigh) == [0.5, 1, 2, 4, 8, 16, 20, 20])
    }

    @Test func aSlotIsLookedAtWhenIRQSaysSo() {
        #expect(pauses(3, .classic, isInterruptHigh: false) == [50, 50, 50])
        #expect(pauses(8, .classic, isInterruptHigh: true) == [1, 2, 4, 8, 16, 32, 50, 50])
    }

    @Test func noLookIsLaterThanTheDeadline() {
        var backoff = PollBackoff(at: Self.start, timeout: .microseconds(300))
        for family in SocketFamily.allCases {
            let next = backoff.nextLook(at: Self.start, isInterruptHigh: false, family: family)
            #expect(next == Self.start.advanced(by: .microseconds(300)))
        }
    }
}
