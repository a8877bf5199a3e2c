import LinuxIO
import Testing

@Suite(.timeLimit(.minutes(10))) struct TimerTests {
    @Test func firesInTheOrderOfDeadlinesThenOfScheduling() throws {
        let reactor = try Reactor()
        let probe = Probe()
        for (token, deadline) in [(1, 30), (2, 10), (3, 20), (4, 10), (5, 30)] as [(UInt64, UInt64)] {
            reactor.schedule(at: deadline, handler: probe, token: token)
        }
        #expect(reactor.timerCount == 5)
        #expect(try reactor.runOnce(timeoutNanoseconds: nil) == 5)
        #expect(probe.fired == [2, 4, 3, 1, 5])
        #expect(reactor.timerCount == 0)
    }

    @Test func neverFiresBeforeItsDeadline() throws {
        let reactor = try Reactor()
        let probe = Probe()
        var early = false
        let deadline = MonotonicClock.deadline(after: 3_000_001)
        probe.onTimer = { _ in early = MonotonicClock.nanoseconds() < deadline }
        reactor.schedule(at: deadline, handler: probe)
        #expect(try reactor.runOnce(timeoutNanoseconds: 0) == 0)
        for _ in 0..<100 {
            guard probe.fired.isEmpty else { break }
            try reactor.runOnce(timeoutNanoseconds: 1_000_000_000)
        }
        #expect(probe.fired.count == 1)
        #expect(!early)
    }

    @Test func cancelledTimersDoNotFire() throws {
        let reactor = try Reactor()
        let probe = Probe()
        let first = reactor.schedule(at: 1, handler: probe, token: 1)
        let second = reactor.schedule(at: 2, handler: probe, token: 2)
        #expect(reactor.cancel(first))
        #expect(!reactor.cancel(first))
        // The cancelled timer's place is reused; its identity is not.
        let third = reactor.schedule(at: 3, handler: probe, token: 3)
        #expect(!reactor.cancel(first))
        try reactor.runOnce(timeoutNanoseconds: nil)
        #expect(probe.fired == [2, 3])
        #expect(!reactor.cancel(second))
        #expect(!reactor.cancel(third))
    }

    @Test func oneTimerCanCancelAnotherThatIsDue() throws {
        let reactor = try Reactor()
        let probe = Probe()
        reactor.schedule(at: 1, handler: probe, token: 1)
        let second = reactor.schedule(at: 2, handler: probe, token: 2)
        probe.onTimer = { _ in _ = reactor.cancel(second) }
        #expect(try reactor.runOnce(timeoutNanoseconds: nil) == 1)
        #expect(probe.fired == [1])
        #expect(reactor.timerCount == 0)
        probe.onTimer = { _ in }
    }

    @Test func aTimerThatReschedulesItselfStarvesNobody() throws {
        let reactor = try Reactor()
        let pair = try UnixSocket.pair(nonblocking: true)
        let (busy, other) = (Probe(), Probe())
        busy.onTimer = { _ in reactor.schedule(at: 0, handler: busy) }
        reactor.schedule(at: 0, handler: busy)
        reactor.schedule(at: MonotonicClock.nanoseconds(), handler: other, token: 7)
        _ = try reactor.add(pair.first.rawValue, .readable, handler: other)
        #expect(send(pair.second.rawValue, "x") == .sent(1))
        #expect(try reactor.runOnce(timeoutNanoseconds: nil) == 3)
        #expect(busy.fired.count == 1)
        #expect(other.fired == [7])
        #expect(try reactor.runOnce(timeoutNanoseconds: nil) == 2)
        #expect(busy.fired.count == 2)
        busy.onTimer = { _ in }
    }

    @Test func manyCyclesLeaveNothingBehind() throws {
        let reactor = try Reactor()
        var probe: Probe? = Probe()
        weak let watched = probe
        let handler = try #require(probe)
        let far = MonotonicClock.deadline(after: 3_600_000_000_000)
        for _ in 0..<10 { reactor.schedule(at: far, handler: handler) }
        for round in 0..<1_000_000 {
            reactor.cancel(reactor.schedule(at: far &+ UInt64(round % 1000), handler: handler))
        }
        #expect(reactor.timerCount == 10)
        probe = nil
        #expect(watched != nil)
    }

    @Test func handlersAreLetGoOnCancelling() throws {
        let reactor = try Reactor()
        var probe: Probe? = Probe()
        weak let watched = probe
        let timer = reactor.schedule(at: .max, handler: try #require(probe))
        probe = nil
        #expect(watched != nil)
        #expect(reactor.cancel(timer))
        #expect(watched == nil)
    }

    @Test func randomCancelsKeepTheOrder() throws {
        let reactor = try Reactor()
        let probe = Probe()
        var seed: UInt64 = 0x2545_F491_4F6C_DD1D
        func random(_ bound: UInt64) -> UInt64 {
            seed ^= seed << 13
            seed ^= seed >> 7
            seed ^= seed << 17
            return seed % bound
        }
        var timers: [(id: TimerID, deadline: UInt64)] = []
        var cancelled: Set<Int> = []
        for token in 0..<5000 {
            let deadline = random(1000)
            timers.append((reactor.schedule(at: deadline, handler: probe, token: UInt64(token)), deadline))
            if random(3) == 0 {
                let victim = Int(random(UInt64(token + 1)))
                #expect(reactor.cancel(timers[victim].id) == cancelled.insert(victim).inserted)
            }
        }
        try reactor.runOnce(timeoutNanoseconds: nil)
        let expected = timers.indices.filter { !cancelled.contains($0) }
            .sorted { (timers[$0].deadline, $0) < (timers[$1].deadline, $1) }
        #expect(probe.fired == expected.map(UInt64.init))
    }
}
