import Glibc
import Synchronization
import Testing

@testable import LinuxIO

/// Signals that arrive during a call.
@Suite(.serialized, .timeLimit(.minutes(10))) struct InterruptionTests {
    /// Interrupts the calling thread with signals that have a handler, again and again until it is released.
    private final class Interrupter: Sendable {
        private let isOver = Atomic(false)
        private let hasEnded = Atomic(false)

        init() throws {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { _ in }
            try #require(sigaction(SIGURG, &action, nil) == 0)
            let thread = Guarded(pthread_self())
            try DetachedThread.start { [self] in
                while !isOver.load(ordering: .acquiring) {
                    pthread_kill(thread.withLock { $0 }, SIGURG)
                    MonotonicClock.sleep(until: MonotonicClock.deadline(after: 500_000))
                }
                hasEnded.store(true, ordering: .releasing)
            }
        }

        /// No signal comes after this.
        func end() {
            isOver.store(true, ordering: .releasing)
            for _ in 0..<10_000_000 {
                if hasEnded.load(ordering: .acquiring) { return }
                sched_yield()
            }
        }
    }

    /// A round of a reactor ends early, without an error.
    @Test func aReactorGoesOn() throws {
        let reactor = try Reactor()
        let interrupter = try Interrupter()
        defer { interrupter.end() }
        for _ in 0..<20 { #expect(try reactor.runOnce(timeoutNanoseconds: 5_000_000) == 0) }
    }

    @Test func aSleepIsNotShortened() throws {
        let interrupter = try Interrupter()
        defer { interrupter.end() }
        for _ in 0..<10 {
            let deadline = MonotonicClock.deadline(after: 5_000_000)
            MonotonicClock.sleep(until: deadline)
            #expect(MonotonicClock.nanoseconds() >= deadline)
        }
        MonotonicClock.sleep(until: 0)
    }

    /// The wait for a descriptor begins again.
    @Test func aWaitIsNotShortened() throws {
        let pair = try UnixSocket.pair(nonblocking: true)
        let interrupter = try Interrupter()
        defer { interrupter.end() }
        for _ in 0..<10 {
            let deadline = MonotonicClock.deadline(after: 5_000_000)
            #expect(try DescriptorWait.wait(pair.first.rawValue, for: .readable, deadline: deadline).isEmpty)
            #expect(MonotonicClock.nanoseconds() >= deadline)
        }
        #expect(send(pair.second.rawValue, "x") == .sent(1))
        #expect(try DescriptorWait.wait(pair.first.rawValue, for: .readable, deadline: nil) == .readable)
    }

    /// A call that fails with EINTR is repeated, and with nothing else.
    @Test func onlyInterruptedCallsAreRepeated() {
        var calls = 0
        func call(_ results: [(Int32, Int32)]) -> Int32 {
            calls = 0
            return retrying {
                let (result, number) = results[calls]
                calls += 1
                Glibc.errno = number
                return result
            }
        }
        #expect(call([(-1, EINTR), (-1, EINTR), (5, 0)]) == 5 && calls == 3)
        #expect(call([(-1, EIO), (5, 0)]) == -1 && calls == 1)
        #expect(call([(-2, EINTR), (5, 0)]) == -2 && calls == 1)
        #expect(call([(0, EINTR), (5, 0)]) == 0 && calls == 1)
    }
}
