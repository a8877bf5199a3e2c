import NINALink
import Testing

@testable import WiFiNINA

/// Which waiting tasks are woken, without a module.
@Suite(.timeLimit(.minutes(10))) struct WaitQueueTests {
    private typealias Continuation = CheckedContinuation<WiFiError?, Never>

    private static func at(_ milliseconds: UInt64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }

    /// `#expect` for what changes the queue, which the macro does not take.
    private func check(_ holds: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(holds, sourceLocation: sourceLocation)
    }

    /// A queue with waiters since time 0, whose continuation the test ends itself.
    private static func withQueue(_ body: (inout WaitQueue, (Waiter.Cause, Int?, UInt64, Bool) -> Waiter) -> Void) async
    {
        let error = await withCheckedContinuation { (continuation: Continuation) in
            var queue = WaitQueue()
            var number: UInt64 = 0
            body(&queue) { cause, object, due, hasSeenInterrupt in
                number += 1
                return Waiter(
                    number: number, cause: cause, object: object, due: at(due), since: at(0),
                    hasSeenInterrupt: hasSeenInterrupt, continuation: continuation)
            }
            continuation.resume(returning: nil)
        }
        #expect(error == nil)
    }

    @Test func aTaskIsWokenWhenItIsDue() async {
        await Self.withQueue { queue, waiter in
            #expect(queue.nextDue == nil)
            queue.add(waiter(.time, nil, 20, false))
            queue.add(waiter(.activity, 1, 10, false))
            #expect(queue.nextDue == Self.at(10))
            check(queue.takeReady(at: Self.at(9), isInterruptHigh: false).isEmpty)
            check(queue.takeReady(at: Self.at(10), isInterruptHigh: false).map(\.object) == [1])
            #expect(queue.count == 1)
            // IRQ concerns only those that wait for activity.
            check(queue.takeReady(at: Self.at(19), isInterruptHigh: true).isEmpty)
            check(queue.takeReady(at: Self.at(20), isInterruptHigh: false).count == 1)
        }
    }

    /// A task that waits for a connection looks again soon after another one has taken what IRQ was high for, because the
    /// next client is the likeliest reason if it still is.
    @Test func aConnectionIsLookedForAfterProgress() async {
        await Self.withQueue { queue, waiter in
            let soon = MonotonicInstant(nanoseconds: 250_000)
            queue.add(waiter(.activity, 1, 100, true))
            queue.add(waiter(.connection, 2, 100, true))
            check(queue.takeReady(at: soon, isInterruptHigh: true).isEmpty)
            queue.recordProgress()
            check(queue.takeReady(at: soon, isInterruptHigh: false).isEmpty)
            queue.add(waiter(.connection, 3, 100, true))
            check(
                queue.takeReady(at: MonotonicInstant(nanoseconds: 249_999), isInterruptHigh: true).map(\.object) == [
                    1, 2,
                ])
            check(queue.takeReady(at: soon, isInterruptHigh: true).map(\.object) == [3])
        }
        await Self.withQueue { queue, waiter in
            queue.add(waiter(.connection, 1, 100, false))
            check(queue.takeReady(at: Self.at(0), isInterruptHigh: true).map(\.object) == [1])
        }
    }

    /// IRQ that stays high for another socket wakes a task only once, unless it fell in between.
    @Test func interruptWakesATaskOnce() async {
        await Self.withQueue { queue, waiter in
            queue.add(waiter(.activity, 1, 100, false))
            queue.add(waiter(.activity, 2, 100, true))
            check(queue.takeReady(at: Self.at(1), isInterruptHigh: true).map(\.object) == [1])
            check(queue.takeReady(at: Self.at(2), isInterruptHigh: true).isEmpty)
            check(queue.takeReady(at: Self.at(3), isInterruptHigh: false).isEmpty)
            check(queue.takeReady(at: Self.at(4), isInterruptHigh: true).map(\.object) == [2])
        }
    }

    /// What a task has taken may have been the reason of IRQ: the others look again, but not all the time.
    @Test func progressWakesTheOthersAfterAWhile() async {
        await Self.withQueue { queue, waiter in
            queue.add(waiter(.activity, 1, 100, true))
            queue.recordProgress()
            check(queue.takeReady(at: Self.at(3), isInterruptHigh: true).isEmpty)
            queue.endPoll()
            check(queue.takeReady(at: Self.at(5), isInterruptHigh: true).isEmpty)
            queue.recordProgress()
            check(queue.takeReady(at: Self.at(5), isInterruptHigh: true).count == 1)
        }
    }

    @Test func writersTakeTurns() async {
        await Self.withQueue { queue, waiter in
            queue.add(waiter(.writing, 1, 100, false))
            queue.add(waiter(.activity, 1, 100, false))
            queue.add(waiter(.writing, 2, 50, false))
            queue.add(waiter(.writing, 1, 100, false))
            check(queue.takeNextWriter(to: 3)?.number == nil)
            check(queue.takeNextWriter(to: 1)?.number == 1)
            check(queue.takeLateWriters(at: Self.at(49)).isEmpty)
            check(queue.takeLateWriters(at: Self.at(50)).map(\.object) == [2])
            check(queue.takeNextWriter(to: 1)?.number == 4)
            check(queue.takeNextWriter(to: 1)?.number == nil)
            check(queue.take { $0.object == 1 }.map(\.cause) == [.activity])
            #expect(queue.count == 0)
        }
    }
}
