import LinuxIO
import TestSupport
import Testing

@testable import NINACoprocessorLinux

/// When the batches of a process end.
@Suite(.timeLimit(.minutes(10))) struct BatchTimerTests {
    /// A network with batches at these times.
    fileprivate final class Owner: BatchOwner {
        var deadlines: [UInt64]
        var calls: [UInt64] = []
        init(_ deadlines: [UInt64]) { self.deadlines = deadlines }

        func flushBatches(at now: UInt64) -> UInt64? {
            calls.append(now)
            deadlines.removeAll { $0 <= now }
            return deadlines.min()
        }
    }

    fileprivate func run(_ reactor: Reactor, until condition: () -> Bool) throws {
        var rounds = Rounds(2000)
        while !condition(), rounds.next() { try reactor.runOnce(timeoutNanoseconds: 5_000_000) }
        #expect(condition())
    }

    @Test func eachBatchEndsNotBeforeItsTime() throws {
        let reactor = try Reactor()
        let timer = BatchTimer(reactor: reactor)
        let start = MonotonicClock.nanoseconds()
        // The later one of the first is after the one of the second.
        let first = Owner([start + 2_000_000, start + 30_000_000])
        let second = Owner([start + 60_000_000])
        let third = Owner([start + 45_000_000])
        for owner in [first, second, third, first] { #expect(timer.schedule(owner, at: start + 2_000_000)) }
        #expect(reactor.registrationCount == 1 && reactor.timerCount == 0)
        #expect(first.calls.isEmpty, "never from inside a call")
        try run(reactor) { first.deadlines.isEmpty && second.deadlines.isEmpty && third.deadlines.isEmpty }
        for owner in [first, second, third] { #expect(owner.calls.first.map { $0 >= start + 2_000_000 } == true) }
        // Nobody is asked who has nothing any more; a late round ends several batches.
        #expect(first.calls.count <= 2 && third.calls.count <= 3 && second.calls.count <= 4)
        let calls = second.calls.count
        for _ in 0..<3 { #expect(try reactor.runOnce(timeoutNanoseconds: 1_000_000) == 0) }
        #expect(second.calls.count == calls)
        // And it goes on with the next one, also one whose time has passed.
        for owner in [first, second] {
            let before = owner.calls.count
            owner.deadlines = [start]
            #expect(timer.schedule(owner, at: start))
            try run(reactor) { owner.deadlines.isEmpty }
            #expect(owner.calls.count == before + 1)
        }
        #expect(reactor.registrationCount == 1)
    }
}

extension BatchTimerTests {
    /// The next time is the first one, whoever has it.
    @Test(arguments: [false, true]) func theEarliestOfAllIsNext(_ isReversed: Bool) throws {
        let reactor = try Reactor()
        let timer = BatchTimer(reactor: reactor)
        let start = MonotonicClock.nanoseconds()
        let soon = Owner([start + 1, start + 3_000_000, start + 5_000_000])
        let late = Owner([start + 1, start + 3_600_000_000_000])
        for owner in isReversed ? [late, soon] : [soon, late] { #expect(timer.schedule(owner, at: start + 1)) }
        try run(reactor) { soon.deadlines.isEmpty }
        #expect(late.deadlines.count == 1)
    }
}

/// Batches and reports of several connections, on real sockets.
@Suite(.timeLimit(.minutes(10))) struct BatchesTests {
    /// A batch of each of two connections of one network.
    @Test func aBatchIsNotForgottenAfterAnother() throws {
        let bench = try StreamBench()
        let other = try bench.anotherConnection()
        for _ in 0..<10 {
            let sent = try bench.hold()
            var more = 0
            var rounds = Rounds(1000)
            while try bench.stream(other.socket).batchDeadline == nil, rounds.next() {
                more += try #require(bench.network.send(other.socket, ArraySlice(repeating: 7, count: 4000)))
            }
            var received = 0
            var receivedMore = 0
            rounds = Rounds(1000)
            while received < sent || receivedMore < more, rounds.next() {
                _ = try bench.reactor.runOnce(timeoutNanoseconds: 2_000_000)
                received += bench.read()
                receivedMore += other.peer.receive().count
            }
            #expect(received == sent && receivedMore == more)
        }
        bench.network.closeAll()
    }

    /// By the clock: what is due leaves, and the time of the next one is told.
    @Test func whatIsDueLeaves() throws {
        let bench = try StreamBench()
        let other = try bench.anotherConnection()
        let sent = try bench.hold()
        let first = try #require(try bench.stream().batchDeadline)
        var rounds = Rounds(1000)
        while try bench.stream(other.socket).batchDeadline == nil, rounds.next() {
            _ = try #require(bench.network.send(other.socket, ArraySlice(repeating: 7, count: 4000)))
        }
        let second = try #require(try bench.stream(other.socket).batchDeadline)
        #expect(first < second)
        #expect(bench.network.flushBatches(at: first - 1) == first)
        #expect(try bench.stream().batchDeadline == first)
        #expect(bench.network.flushBatches(at: first) == second)
        #expect(bench.peerHas(sent))
        #expect(try bench.stream(other.socket).batchDeadline == second)
        // A batch that was ended otherwise needs no time, nor has one that is closed.
        #expect(bench.network.isOpen(other.socket))
        #expect(bench.network.flushBatches(at: first) == nil)
        _ = try bench.hold()
        bench.network.abort(bench.socket)
        #expect(bench.network.flushBatches(at: first) == nil)
        // And it can have a batch again.
        rounds = Rounds(1000)
        while try bench.stream(other.socket).batchDeadline == nil, rounds.next() {
            _ = try #require(bench.network.send(other.socket, ArraySlice(repeating: 7, count: 4000)))
        }
        #expect(bench.network.flushBatches(at: 1) == (try bench.stream(other.socket).batchDeadline))
    }

    /// The kernel is full when the time of a batch has come: the rest leaves when it has room, without another call.
    @Test func aBatchWhoseTimeComesWithoutRoomLeavesLater() throws {
        let bench = try StreamBench()
        var sent = 0
        var rounds = Rounds(100_000)
        // Short frames are not held.
        while let count = bench.send(2000), rounds.next() {
            sent += count
            if count < 2000 { break }
        }
        // The kernel may find room after all, and takes the batch: then it is fuller.
        rounds = Rounds(1000)
        while try !bench.stream().isStuck, rounds.next() {
            while try bench.stream().batchDeadline == nil, try !bench.stream().isStuck, rounds.next() {
                sent += try #require(bench.send(4000))
            }
            while try bench.stream().batchDeadline != nil, rounds.next() {
                _ = try bench.reactor.runOnce(timeoutNanoseconds: 2_000_000)
            }
        }
        #expect(try bench.stream().isStuck)
        #expect(try bench.readAll(sent) == sent)
        try bench.settle()
        #expect(try !bench.stream().isStuck && bench.stream().batchDeadline == nil)
        #expect(!bench.events.contains(.writable(bench.socket)), "nobody has asked")
    }

    /// Looks for room are made at intervals, not all the time.
    @Test func waitingForRoomLeavesTheProcessorAlone() throws {
        let bench = try StreamBench(sendBuffer: 5744)
        _ = bench.fill()
        bench.network.notifyWhenWritable(bench.socket)
        var quiet = 0
        for _ in 0..<50 {
            if try bench.reactor.runOnce(timeoutNanoseconds: 0) == 0 { quiet += 1 }
        }
        #expect(quiet > 0 || bench.events.contains(.writable(bench.socket)))
        bench.network.closeAll()
        #expect(bench.reactor.timerCount == (bench.environment.lingering.isEmpty ? 0 : 1), "that of the last bytes")
    }

    /// Bytes received ahead are reported each time that is asked for.
    @Test func aReportCanBeAskedForAgain() throws {
        let bench = try StreamBench()
        #expect(bench.coprocessorHas(bench.sendFromPeer([UInt8](repeating: 1, count: 20_000)[...])))
        try bench.settle()
        var buffer = [UInt8](repeating: 0, count: 4092)
        for _ in 0..<2 { _ = bench.network.receive(bench.socket, into: &buffer, limit: 4092, peek: false) }
        for _ in 0..<3 {
            let before = bench.events.count
            bench.network.notifyWhenReadable(bench.socket)
            try bench.settle()
            #expect(bench.events.dropFirst(before) == [.readable(bench.socket)])
        }
    }
}
