import Glibc
import LinuxIO
import Testing

@Suite(.timeLimit(.minutes(10))) struct ReactorTests {
    @Test func reportsReadinessWithToken() throws {
        let reactor = try Reactor()
        let pair = try UnixSocket.pair(nonblocking: true)
        let probe = Probe()
        let registration = try reactor.add(pair.first.rawValue, .readable, handler: probe, token: 42)
        #expect(try reactor.runOnce(timeoutNanoseconds: 0) == 0)
        #expect(send(pair.second.rawValue, "x") == .sent(1))
        #expect(try reactor.runOnce(timeoutNanoseconds: nil) == 1)
        #expect(probe.reports == [Probe.Report(events: .readable, token: 42)])
        // Level-triggered: reported again while the condition lasts.
        #expect(try reactor.runOnce(timeoutNanoseconds: 0) == 1)
        reactor.remove(registration)
        #expect(try reactor.runOnce(timeoutNanoseconds: 0) == 0)
        #expect(reactor.registrationCount == 0)
        reactor.remove(registration)
        #expect(reactor.registrationCount == 0)
    }

    @Test func reportsAPeerThatCloses() throws {
        let reactor = try Reactor()
        let pair = try UnixSocket.pair(nonblocking: true)
        let probe = Probe()
        _ = try reactor.add(pair.first.rawValue, .readable, handler: probe)
        UnixSocket.shutdownWrite(pair.second.rawValue)
        try reactor.runOnce(timeoutNanoseconds: nil)
        #expect(probe.reports.first?.events == [.readable, .peerClosed])
        let other = pair.second.rawValue
        _ = Glibc.shutdown(other, Int32(SHUT_RDWR))
        try reactor.runOnce(timeoutNanoseconds: nil)
        #expect(probe.reports.last?.events.contains(.hangUp) == true)
    }

    @Test func interestCanBeChangedAndSuspended() throws {
        let reactor = try Reactor()
        let pair = try UnixSocket.pair(nonblocking: true)
        let probe = Probe()
        let registration = try reactor.add(pair.first.rawValue, [], handler: probe)
        #expect(send(pair.second.rawValue, "x") == .sent(1))
        UnixSocket.shutdownWrite(pair.second.rawValue)
        #expect(try reactor.runOnce(timeoutNanoseconds: 0) == 0)
        try reactor.modify(registration, interest: .writable)
        try reactor.runOnce(timeoutNanoseconds: 0)
        #expect(probe.reports.last?.events == .writable)
        try reactor.modify(registration, interest: [.readable, .writable])
        try reactor.runOnce(timeoutNanoseconds: 0)
        #expect(probe.reports.last?.events == [.readable, .writable, .peerClosed])
        try reactor.modify(registration, interest: [])
        #expect(try reactor.runOnce(timeoutNanoseconds: 0) == 0)
        reactor.remove(registration)
        #expect(errno { () throws(LinuxError) in try reactor.modify(registration, interest: .readable) } == .noEntry)
    }

    @Test func edgeTriggeredReportsOnce() throws {
        let reactor = try Reactor()
        let pair = try UnixSocket.pair(nonblocking: true)
        let probe = Probe()
        let registration = try reactor.add(pair.first.rawValue, [.readable, .edgeTriggered], handler: probe)
        #expect(send(pair.second.rawValue, "x") == .sent(1))
        #expect(try reactor.runOnce(timeoutNanoseconds: 0) == 1)
        #expect(try reactor.runOnce(timeoutNanoseconds: 0) == 0)
        #expect(send(pair.second.rawValue, "y") == .sent(1))
        #expect(try reactor.runOnce(timeoutNanoseconds: 0) == 1)
        // Changing the interest re-arms it.
        try reactor.modify(registration, interest: [.readable, .edgeTriggered])
        #expect(try reactor.runOnce(timeoutNanoseconds: 0) == 1)
        #expect(receiveText(pair.first.rawValue) == "xy")
    }

    @Test func writableAfterThePeerHasRead() throws {
        let reactor = try Reactor()
        let pair = try UnixSocket.pair(nonblocking: true)
        let probe = Probe()
        let sent = fill(pair.first.rawValue)
        #expect(UnixSocket.unsentBytes(pair.first.rawValue) >= sent)
        _ = try reactor.add(pair.first.rawValue, .writable, handler: probe)
        #expect(try reactor.runOnce(timeoutNanoseconds: 0) == 0)
        #expect(drain(pair.second.rawValue) == sent)
        #expect(try reactor.runOnce(timeoutNanoseconds: nil) == 1)
        #expect(probe.reports.last?.events == .writable)
        #expect(UnixSocket.unsentBytes(pair.first.rawValue) == 0)
    }

    @Test func lateEventsOfARemovedRegistrationAreDropped() throws {
        let reactor = try Reactor()
        let one = try UnixSocket.pair(nonblocking: true)
        let two = try UnixSocket.pair(nonblocking: true)
        let three = try UnixSocket.pair(nonblocking: true)
        let probe = Probe()
        let successor = Probe()
        let first = try reactor.add(one.first.rawValue, .readable, handler: probe, token: 1)
        let second = try reactor.add(two.first.rawValue, .readable, handler: probe, token: 2)
        let quiet = three.first.rawValue
        probe.onReady = { token in
            // The first handler removes the other, whose number is reused by a descriptor that is not ready.
            reactor.remove(token == 1 ? second : first)
            #expect(throws: Never.self) { try reactor.add(quiet, .readable, handler: successor, token: 3) }
        }
        #expect(send(one.second.rawValue, "x") == .sent(1))
        #expect(send(two.second.rawValue, "x") == .sent(1))
        #expect(try reactor.runOnce(timeoutNanoseconds: nil) == 1)
        #expect(probe.reports.count == 1)
        #expect(successor.reports.isEmpty)
        #expect(reactor.registrationCount == 2)
    }

    @Test func removingAStaleRegistrationSparesTheReusedDescriptor() throws {
        let reactor = try Reactor()
        let old = try UnixSocket.pair(nonblocking: true)
        let new = try UnixSocket.pair(nonblocking: true)
        let (oldProbe, newProbe) = (Probe(), Probe())
        let stale = try reactor.add(old.first.rawValue, .readable, handler: oldProbe)
        // Closes the old socket and reuses its number for the new one.
        try #require(dup2(new.first.rawValue, old.first.rawValue) >= 0)
        _ = try reactor.add(old.first.rawValue, .readable, handler: newProbe)
        reactor.remove(stale)
        #expect(send(new.second.rawValue, "x") == .sent(1))
        #expect(try reactor.runOnce(timeoutNanoseconds: 0) == 1)
        #expect(newProbe.reports.count == 1)
        #expect(oldProbe.reports.isEmpty)
    }

    @Test func refusesWhatCannotBeWatched() throws {
        let reactor = try Reactor()
        let pair = try UnixSocket.pair(nonblocking: true)
        let number = pair.first.rawValue
        let probe = Probe()
        _ = try reactor.add(number, .readable, handler: probe)
        #expect(errno { () throws(LinuxError) in _ = try reactor.add(number, .readable, handler: probe) } == .exists)
        #expect(errno { () throws(LinuxError) in _ = try reactor.add(-1, .readable, handler: probe) } == .badDescriptor)
        let file = FileDescriptor(adopting: open("/proc/self/stat", O_RDONLY | O_CLOEXEC))
        let regular = file.rawValue
        #expect(
            errno { () throws(LinuxError) in _ = try reactor.add(regular, .readable, handler: probe) }
                == .notPermitted)
        #expect(reactor.registrationCount == 1)
    }

    @Test func handlersAreHeldUntilRemoved() throws {
        let reactor = try Reactor()
        let pair = try UnixSocket.pair(nonblocking: true)
        var probe: Probe? = Probe()
        weak let watched = probe
        let registration = try reactor.add(pair.first.rawValue, .readable, handler: try #require(probe))
        probe = nil
        #expect(watched != nil)
        reactor.remove(registration)
        #expect(watched == nil)
    }

    @Test func stopEndsTheRun() throws {
        let reactor = try Reactor()
        reactor.stop()
        try reactor.run()
        let probe = Probe()
        probe.onTimer = { _ in reactor.stop() }
        reactor.schedule(at: 0, handler: probe)
        try reactor.run()
        #expect(probe.fired == [0])
        probe.onTimer = { _ in }
    }

    @Test func deliversSignals() throws {
        let reactor = try Reactor()
        var notices: [SignalNotice] = []
        let registration = try reactor.onSignals([SIGUSR2]) { notices.append($0) }
        try #require(pthread_kill(pthread_self(), SIGUSR2) == 0)
        try reactor.runOnce(timeoutNanoseconds: patience)
        #expect(notices == [SignalNotice(signal: SIGUSR2, sender: Environment.processID)])
        reactor.remove(registration)
        #expect(reactor.registrationCount == 0)
    }
}
