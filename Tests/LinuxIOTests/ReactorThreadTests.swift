import LinuxIO
import Testing

/// A reactor on a thread of its own.
@Suite(.timeLimit(.minutes(10))) struct ReactorThreadTests {
    @Test func itRunsUntilItIsStopped() throws {
        let reactor = try Reactor()
        let mailbox = reactor.mailbox
        let thread = try ReactorThread(running: reactor)
        let own = DetachedThread.current
        let other = Guarded<UInt?>(nil)
        let wake = try WakeDescriptor()
        mailbox.post {
            other.withLock { $0 = DetachedThread.current }
            wake.wake()
        }
        #expect(wake.sleep(watching: nil, nanoseconds: 20_000_000_000).isWoken)
        let found = other.withLock { $0 }
        #expect(found != nil && found != own)
        #expect(thread.stop(deadline: MonotonicClock.deadline(after: 20_000_000_000)))
    }

    @Test func theTimeOfAThreadDoesNotPassWhileItSleeps() {
        let start = MonotonicClock.threadNanoseconds()
        MonotonicClock.sleep(until: MonotonicClock.deadline(after: 50_000_000))
        let slept = MonotonicClock.threadNanoseconds() - start
        #expect(slept < 50_000_000)
        var sum = 0
        while MonotonicClock.threadNanoseconds() - start < slept + 1_000_000 { sum += 1 }
        #expect(sum > 0)
    }
}
