import Glibc
import Testing

@testable import LinuxIO

/// How long a round waits, and registrations that are suspended or stale.
@Suite(.timeLimit(.minutes(10))) struct ReactorWaitTests {
    private let hour: UInt64 = 3_600_000_000_000

    /// The earlier of the time-out and the next timer ends a wait: here the other one would last longer than the test may.
    @Test func theEarlierEndsTheWait() throws {
        let reactor = try Reactor()
        let probe = Probe()
        #expect(try reactor.runOnce(timeoutNanoseconds: 1_000_000) == 0)
        let late = reactor.schedule(at: MonotonicClock.deadline(after: hour), handler: probe, token: 1)
        #expect(try reactor.runOnce(timeoutNanoseconds: 0) == 0)
        #expect(try reactor.runOnce(timeoutNanoseconds: 1_000_000) == 0)
        for timeout in [hour, .max, nil] {
            reactor.schedule(at: MonotonicClock.deadline(after: 1_000_000), handler: probe, token: 2)
            probe.fired = []
            var rounds = 0
            while probe.fired.isEmpty, rounds < 100 {
                rounds += 1
                try reactor.runOnce(timeoutNanoseconds: timeout)
            }
            #expect(probe.fired == [2])
        }
        #expect(reactor.timerCount == 1)
        #expect(reactor.cancel(late))
        #expect(reactor.timerCount == 0)
    }

    @Test func roundsAreCounted() throws {
        let reactor = try Reactor()
        let before = reactor.round
        for number in 1...3 as ClosedRange<UInt64> {
            try reactor.runOnce(timeoutNanoseconds: 0)
            #expect(reactor.round == before + number)
        }
    }

    @Test func aSuspendedRegistrationIsResumedOrRemoved() throws {
        let reactor = try Reactor()
        let pair = try UnixSocket.pair(nonblocking: true)
        let (number, other) = (pair.first.rawValue, pair.second.rawValue)
        let probe = Probe()
        #expect(send(other, "x") == .sent(1))
        let registration = try reactor.add(number, [], handler: probe, token: 1)
        #expect(reactor.registrationCount == 1)
        try reactor.modify(registration, interest: [])
        try reactor.modify(registration, interest: .edgeTriggered)
        #expect(try reactor.runOnce(timeoutNanoseconds: 0) == 0)
        try reactor.modify(registration, interest: .readable)
        #expect(try reactor.runOnce(timeoutNanoseconds: 0) == 1)
        try reactor.modify(registration, interest: [])
        reactor.remove(registration)
        #expect(reactor.registrationCount == 0)
        // Nothing of it is left in the kernel.
        let again = try reactor.add(number, .readable, handler: probe, token: 2)
        #expect(try reactor.runOnce(timeoutNanoseconds: 0) == 1)
        #expect(probe.tokens == [1, 2])
        reactor.remove(again)
        #expect(try reactor.runOnce(timeoutNanoseconds: 0) == 0)
    }

    /// The place in the table is used again, the registration is not.
    @Test func aRemovedRegistrationIsNotItsSuccessor() throws {
        let reactor = try Reactor()
        let one = try UnixSocket.pair(nonblocking: true)
        let two = try UnixSocket.pair(nonblocking: true)
        let probe = Probe()
        let first = try reactor.add(one.first.rawValue, .readable, handler: probe, token: 1)
        reactor.remove(first)
        let second = try reactor.add(two.first.rawValue, .readable, handler: probe, token: 2)
        #expect(first != second)
        reactor.remove(first)
        #expect(reactor.registrationCount == 1)
        #expect(
            throws: LinuxError("epoll_ctl", .noEntry, "modify a removed registration")
        ) { try reactor.modify(first, interest: []) }
        #expect(send(two.second.rawValue, "x") == .sent(1))
        #expect(try reactor.runOnce(timeoutNanoseconds: 0) == 1)
        #expect(probe.tokens == [2])
        reactor.remove(second)
    }

    /// A number that was closed, taken by another socket and registered again belongs to the later registration.
    @Test func aStaleRegistrationChangesNothing() throws {
        let reactor = try Reactor()
        let old = try UnixSocket.pair(nonblocking: true)
        let new = try UnixSocket.pair(nonblocking: true)
        let (oldProbe, newProbe) = (Probe(), Probe())
        let number = old.first.rawValue
        let stale = try reactor.add(number, .readable, handler: oldProbe)
        try #require(dup2(new.first.rawValue, number) >= 0)
        let current = try reactor.add(number, .readable, handler: newProbe)
        #expect(reactor.registrationCount == 2)
        #expect(errno { () throws(LinuxError) in try reactor.modify(stale, interest: .writable) } == .noEntry)
        #expect(try reactor.runOnce(timeoutNanoseconds: 0) == 0)
        reactor.remove(stale)
        try reactor.modify(current, interest: .writable)
        #expect(try reactor.runOnce(timeoutNanoseconds: 0) == 1)
        #expect(newProbe.reports.map(\.events) == [.writable] && oldProbe.reports.isEmpty)
        reactor.remove(current)
        #expect(reactor.registrationCount == 0)
    }

    @Test func theErrorNamesTheDescriptor() throws {
        let reactor = try Reactor()
        let probe = Probe()
        #expect(throws: LinuxError("epoll_ctl", .badDescriptor, "add -1")) {
            _ = try reactor.add(-1, [], handler: probe)
        }
        #expect(throws: LinuxError("epoll_ctl", .badDescriptor, "add descriptor 1000000")) {
            _ = try reactor.add(1_000_000, .readable, handler: probe)
        }
        #expect(reactor.registrationCount == 0)
    }

    /// More than a batch of events: the rest comes with the next rounds, and none is lost.
    @Test func manyDescriptorsAreReportedInBatches() throws {
        let reactor = try Reactor()
        let pair = try UnixSocket.pair(nonblocking: true)
        let probe = Probe()
        #expect(send(pair.second.rawValue, "x") == .sent(1))
        let number = pair.first.rawValue
        let count = 700
        let descriptors = (0..<count).map { _ in dup(number) }
        for (token, descriptor) in descriptors.enumerated() {
            _ = try reactor.add(descriptor, [.readable, .edgeTriggered], handler: probe, token: UInt64(token))
        }
        var rounds = 0
        while try reactor.runOnce(timeoutNanoseconds: 0) > 0, rounds < count { rounds += 1 }
        #expect(probe.tokens.sorted() == (0..<UInt64(count)).map { $0 })
        for descriptor in descriptors { close(descriptor) }
    }

    /// A signal with a handler ends a wait without an error; a timer that is not due does not fire.
    @Test func aSignalEndsARound() throws {
        let ended = Guarded<(calls: Int, errno: Errno?)?>(nil)
        let thread = Guarded<UInt?>(nil)
        signal(SIGURG) { _ in }
        try DetachedThread.start {
            var set = sigset_t()
            sigemptyset(&set)
            sigaddset(&set, SIGURG)
            pthread_sigmask(SIG_UNBLOCK, &set, nil)
            var calls = -1
            let failure = errno { () throws(LinuxError) in
                let reactor = try Reactor()
                thread.withLock { $0 = DetachedThread.current }
                calls = try reactor.runOnce(timeoutNanoseconds: patience)
            }
            // No signal is sent to a thread that has ended.
            thread.withLock { $0 = nil }
            ended.withLock { $0 = (calls, failure) }
        }
        let deadline = patienceDeadline()
        while ended.withLock({ $0 == nil }), MonotonicClock.nanoseconds() < deadline {
            thread.withLock { if let thread = $0 { pthread_kill(pthread_t(thread), SIGURG) } }
            sched_yield()
        }
        let result = try #require(ended.withLock { $0 })
        #expect(result.calls == 0)
        #expect(result.errno == nil)
    }
}
