import LinuxIO
import NINACoprocessor
import TestSupport
import Testing

@testable import NINACoprocessorLinux

/// Frames that a connection holds to send them together, on real sockets.
@Suite(.timeLimit(.minutes(10))) struct LinuxStreamTests {
    @Test func theFirstFrameLeavesAtOnceAndThoseAfterItTogether() throws {
        let bench = try StreamBench()
        let sent = try bench.hold()
        #expect(bench.peerHas(sent - 4000), "the last one is held")
        #expect(bench.send(10) == 10)
        #expect(bench.peerHas(sent + 10), "a short frame ends the batch")
        #expect(try bench.stream().batchDeadline == nil)
    }

    @Test func aFullBatchLeaves() throws {
        let bench = try StreamBench()
        var sent = try bench.hold()
        var rounds = Rounds(20)
        while try bench.stream().batchDeadline != nil, rounds.next() { sent += try #require(bench.send(4000)) }
        #expect(bench.peerHas(sent))
    }

    @Test func aPauseEndsABatch() throws {
        let bench = try StreamBench()
        let sent = try bench.hold()
        var rounds = Rounds(1000)
        while TCPSocket.readableBytes(bench.peer) < sent, rounds.next() {
            _ = try bench.reactor.runOnce(timeoutNanoseconds: 10_000_000)
        }
        #expect(TCPSocket.readableBytes(bench.peer) == sent)
        #expect(bench.reactor.timerCount == 0, "a timer of the reactor would tax each wait")
        // And the next batch has its end too.
        let more = try bench.hold()
        rounds = Rounds(1000)
        while TCPSocket.readableBytes(bench.peer) < sent + more, rounds.next() {
            _ = try bench.reactor.runOnce(timeoutNanoseconds: 10_000_000)
        }
        #expect(TCPSocket.readableBytes(bench.peer) == sent + more)
    }

    /// TLS holds what it has not encrypted: it is told once, in time, although the batch may have left meanwhile.
    @Test(arguments: [false, true]) func whoJoinsABatchIsToldBeforeItLeaves(_ leavesEarlier: Bool) throws {
        let bench = try StreamBench()
        #expect(!bench.network.joinsBatch(bench.socket, count: 4000), "there is none")
        let sent = try bench.hold()
        #expect(!bench.network.joinsBatch(bench.socket, count: 10), "a short frame ends it")
        #expect(bench.network.joinsBatch(bench.socket, count: 4000))
        if leavesEarlier { try bench.stream().flush() }
        let deadline = try #require(try bench.stream().batchDeadline)
        var told: Int { bench.events.count { $0 == .batchDue(bench.socket) } }
        #expect(bench.network.flushBatches(at: deadline - 1) == deadline)
        #expect(told == 0)
        #expect(bench.network.flushBatches(at: deadline) == nil)
        #expect(told == 1)
        #expect(bench.peerHas(sent))
        #expect(bench.network.flushBatches(at: deadline) == nil)
        #expect(told == 1)
    }

    @Test(arguments: ["receive", "isOpen", "finish", "closeAll"])
    func anotherUseOfTheConnectionEndsABatch(_ use: String) throws {
        let bench = try StreamBench()
        let sent = try bench.hold()
        var buffer = [UInt8](repeating: 0, count: 100)
        switch use {
        case "receive":
            #expect(bench.network.receive(bench.socket, into: &buffer, limit: 100, peek: true) == .nothing)
        case "isOpen": #expect(bench.network.isOpen(bench.socket))
        case "finish": bench.network.finish(bench.socket, sending: [1, 2, 3])
        default: bench.network.closeAll()
        }
        #expect(bench.peerHas(sent + (use == "finish" ? 3 : 0)))
    }

    @Test func aPeerThatDoesNotReadLeavesAtMost64KBHeld() throws {
        let bench = try StreamBench()
        let sent = bench.fill()
        // Bytes that have arrived count twice until their acknowledgement has.
        let number = try #require(bench.number)
        #expect(
            bench.arrives {
                let held = sent - TCPSocket.readableBytes(bench.peer) - TCPSocket.unsentBytes(number)
                return (1...SendBatch.limit).contains(held)
            })
        #expect(SendBatch.limit + 4083 <= 64 * 1024, "with the frame that the device holds")
        #expect(bench.send(4000) == 0)
        bench.network.notifyWhenWritable(bench.socket)
        try bench.settle()
        #expect(!bench.events.contains(.writable(bench.socket)))
        #expect(try bench.readAll(sent) == sent, "the rest leaves without another call")
        #expect(bench.events.contains(.writable(bench.socket)))
    }

    @Test func whatAFullPeerHasNotTakenIsSentAfterTheCoprocessorHasGone() throws {
        for stop in [true, false] {
            let bench = try StreamBench()
            let sent = bench.fill()
            if stop { bench.network.closeAll() } else { bench.network.finish(bench.socket, sending: []) }
            #expect(try bench.readAll(sent) == sent)
        }
    }

    @Test func aResetWhileFramesAreHeldIsNoEnd() throws {
        let bench = try StreamBench()
        _ = try bench.hold()
        try bench.reset()
        // The first use finds it out, the next ones know.
        var buffer = [UInt8](repeating: 0, count: 100)
        for _ in 0..<3 {
            #expect(bench.network.receive(bench.socket, into: &buffer, limit: 100, peek: false) == .reset)
        }
        #expect(bench.send(4000) == nil)
        #expect(!bench.network.isOpen(bench.socket))
    }

    @Test func unreadBytesDoNotCostAcceptedOnes() throws {
        let bench = try StreamBench()
        #expect(bench.coprocessorHas(bench.sendFromPeer([UInt8](repeating: 1, count: 100)[...])))
        // More than the peer's kernel takes; what the coprocessor's has taken is not at the peer yet.
        var sent = 0
        var rounds = Rounds(1000)
        while TCPSocket.unsentBytes(try #require(bench.number)) == 0 || sent < 1_000_000, rounds.next() {
            sent += try #require(bench.send(2000))
        }
        bench.network.closeAll()
        #expect(try bench.readAll(sent) == sent)
    }

    @Test func whatIsHeldLeavesBeforeAReset() throws {
        let bench = try StreamBench()
        let sent = try bench.hold()
        bench.network.abort(bench.socket)
        #expect(bench.read() == sent)
    }

    @Test func aFailedSendIsNoEnd() throws {
        let bench = try StreamBench()
        try bench.reset()
        var rounds = Rounds(100)
        while bench.send(1) != nil, rounds.next() {}
        var buffer = [UInt8](repeating: 0, count: 100)
        #expect(bench.network.receive(bench.socket, into: &buffer, limit: 100, peek: false) == .reset)
    }

    /// The interest in room follows from the state of the batch, whichever call has changed it.
    @Test func aBatchThatIsStuckAgainGoesOn() throws {
        let bench = try StreamBench()
        var sent = 0
        var received = 0
        for round in 0..<3 {
            sent += bench.fill()
            var rounds = Rounds(20_000)
            if round == 1 {
                // Empties the batch outside of an event.
                while try bench.stream().isStuck, rounds.next() {
                    received += bench.read()
                    #expect(bench.network.isOpen(bench.socket))
                }
                bench.network.notifyWhenReadable(bench.socket)
            } else {
                while received < sent, rounds.next() {
                    received += bench.read()
                    _ = try bench.reactor.runOnce(timeoutNanoseconds: 1_000_000)
                }
                #expect(received == sent)
            }
        }
    }

    @Test func aBoundedSendBufferHasNoBatch() throws {
        let bench = try StreamBench(sendBuffer: 100_000)
        var sent = 0
        for _ in 0..<5 { sent += try #require(bench.send(4000)) }
        #expect(bench.peerHas(sent))
    }
}

/// What is known of a connection's bytes without asking the kernel each time.
@Suite(.timeLimit(.minutes(10))) struct SeenBytesTests {
    private func receive(_ bench: StreamBench, _ limit: Int) -> ReceiveOutcome {
        var buffer = [UInt8](repeating: 0, count: limit)
        return bench.network.receive(bench.socket, into: &buffer, limit: limit, peek: false)
    }

    /// The first two are asked in either order.
    @Test(arguments: [false, true]) func bytesAreThereUntilTheyAreReceived(_ opensFirst: Bool) throws {
        let bench = try StreamBench()
        for _ in 0..<2 {
            #expect(bench.sendFromPeer([1, 2, 3]) == 3)
            #expect(bench.coprocessorHas(3))
            try bench.settle()
            for _ in 0..<2 {
                if opensFirst { #expect(bench.network.isOpen(bench.socket)) }
                #expect(bench.network.hasReadableBytes(bench.socket))
            }
            #expect(receive(bench, 2) == .received(2))
            #expect(bench.network.hasReadableBytes(bench.socket))
            #expect(receive(bench, 2) == .received(1))
            #expect(!bench.network.hasReadableBytes(bench.socket))
            #expect(bench.network.isOpen(bench.socket))
        }
    }

    /// The peer has gone: its bytes are still there, and then its end.
    @Test(arguments: [false, true]) func theEndComesBehindSeenBytes(_ resets: Bool) throws {
        let bench = try StreamBench()
        #expect(bench.sendFromPeer([1, 2, 3]) == 3)
        #expect(bench.coprocessorHas(3))
        #expect(bench.network.hasReadableBytes(bench.socket))
        if resets { try bench.reset() } else { bench.closePeer() }
        try bench.settle()
        #expect(bench.network.isOpen(bench.socket))
        #expect(bench.network.hasReadableBytes(bench.socket))
        #expect(receive(bench, 10) == .received(3))
        #expect(!bench.network.hasReadableBytes(bench.socket))
        #expect(receive(bench, 10) == (resets ? .reset : .closed))
        #expect(!bench.network.isOpen(bench.socket))
    }
}

/// When a batch begins, by the clock.
@Suite(.timeLimit(.minutes(10))) struct SendBatchTests {
    @Test func aBatchBeginsWithTheSecondOfTwoWholeFramesInARow() {
        var batch = SendBatch()
        #expect(!batch.begins(with: 4083) { 1_000_000 })
        #expect(batch.begins(with: 4083) { 1_499_999 })
        #expect(batch.began == 1_499_999)
    }

    @Test func notAfterAPauseAndNotAfterAShortFrame() {
        var batch = SendBatch()
        #expect(!batch.begins(with: 4083) { 1_000_000 })
        #expect(!batch.begins(with: 4083) { 1_500_000 })
        #expect(!batch.begins(with: 2047) { 1_500_001 })
        #expect(!batch.begins(with: 4083) { 1_500_002 })
        #expect(batch.begins(with: 2048) { 1_500_003 })
    }

    @Test func aFrameThatIsTooLongIsNone() {
        var batch = SendBatch()
        #expect(!batch.begins(with: 4083) { 1_000_000 })
        #expect(!batch.begins(with: SendBatch.limit + 1) { 1_000_001 })
        #expect(batch.begins(with: SendBatch.limit) { 1_000_002 })
    }
}
