import LinuxIO
import NINACoprocessor
import TestSupport
import Testing

@testable import NINACoprocessorLinux

/// What a connection holds on both sides to save system calls, on real sockets.
@Suite(.timeLimit(.minutes(5))) struct LinuxStreamTests {
    /// A stream's bytes repeat after a prime number of them.
    private static let period = 65_521
    private static let pattern = (0..<3 * period).map { index in
        let position = index % period
        return UInt8(truncatingIfNeeded: position * 31 + (position >> 8))
    }

    /// The bytes at these positions of a stream.
    private func bytes(_ range: Range<Int>) -> ArraySlice<UInt8> {
        let start = range.lowerBound % Self.period
        return Self.pattern[start..<start + range.count]
    }

    /// Whether bytes are those of a stream from a position on; a failed comparison would print them all.
    private func areBytes(_ bytes: ArraySlice<UInt8>, at position: Int) -> Bool {
        bytes == self.bytes(position..<position + bytes.count)
    }

    // MARK: Sending

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
        let held = sent - TCPSocket.readableBytes(bench.peer) - TCPSocket.unsentBytes(try #require(bench.number))
        #expect((1...SendBatch.limit).contains(held))
        #expect(SendBatch.limit + 4083 <= 64 * 1024, "with the frame that the device holds")
        #expect(bench.send(4000) == 0)
        bench.network.notifyWhenWritable(bench.socket)
        try bench.settle()
        #expect(!bench.events.contains(.writable(bench.socket)))
        var received = 0
        var rounds = Rounds(20_000)
        while received < sent, rounds.next() {
            received += bench.read()
            _ = try bench.reactor.runOnce(timeoutNanoseconds: 1_000_000)
        }
        #expect(received == sent, "nobody has asked for the rest to be sent")
        #expect(bench.events.contains(.writable(bench.socket)))
    }

    @Test func whatAFullPeerHasNotTakenIsSentAfterTheCoprocessorHasGone() throws {
        for stop in [true, false] {
            let bench = try StreamBench()
            let sent = bench.fill()
            if stop { bench.network.closeAll() } else { bench.network.finish(bench.socket, sending: []) }
            var received = 0
            var rounds = Rounds(20_000)
            while received < sent, rounds.next() {
                received += bench.read()
                _ = try bench.reactor.runOnce(timeoutNanoseconds: 1_000_000)
            }
            #expect(received == sent)
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

    @Test func aBoundedSendBufferHasNoBatch() throws {
        let bench = try StreamBench(sendBuffer: 100_000)
        var sent = 0
        for _ in 0..<5 { sent += try #require(bench.send(4000)) }
        #expect(bench.peerHas(sent))
    }

    // MARK: Receiving

    @Test func oneReceiveServesManyFrames() throws {
        let bench = try StreamBench()
        let sent = bench.sendFromPeer(bytes(0..<50_000))
        #expect(bench.coprocessorHas(sent))
        try bench.settle()
        var buffer = [UInt8](repeating: 0, count: 4092)
        var received = 0
        var rounds = Rounds(100)
        while received < sent, rounds.next() {
            #expect(bench.network.hasReadableBytes(bench.socket))
            #expect(bench.network.readableBytes(bench.socket) == sent - received)
            let outcome = bench.network.receive(bench.socket, into: &buffer, limit: 4092, peek: false)
            let count = min(4092, sent - received)
            #expect(outcome == .received(count))
            #expect(areBytes(buffer.prefix(count), at: received))
            received += count
            // The kernel's part has been taken with the second frame.
            if received > 4092 { #expect(TCPSocket.readableBytes(try #require(bench.number)) == 0) }
        }
        #expect(!bench.network.hasReadableBytes(bench.socket))
        #expect(bench.network.receive(bench.socket, into: &buffer, limit: 4092, peek: false) == .nothing)
    }

    @Test func bytesReceivedAheadAreReportedAgain() throws {
        let bench = try StreamBench()
        #expect(bench.coprocessorHas(bench.sendFromPeer(bytes(0..<20_000))))
        try bench.settle()
        var buffer = [UInt8](repeating: 0, count: 4092)
        for _ in 0..<2 { _ = bench.network.receive(bench.socket, into: &buffer, limit: 4092, peek: false) }
        #expect(try bench.stream().hasReceivedAhead)
        let before = bench.events.count
        bench.network.notifyWhenReadable(bench.socket)
        #expect(bench.events.count == before, "never from inside a call")
        try bench.settle()
        #expect(bench.events.dropFirst(before).contains(.readable(bench.socket)))
    }

    @Test func theEndComesAfterTheBytesReceivedAhead() throws {
        for isReset in [false, true] {
            let bench = try StreamBench()
            #expect(bench.coprocessorHas(bench.sendFromPeer(bytes(0..<20_000))))
            try bench.settle()
            var buffer = [UInt8](repeating: 0, count: 4092)
            for _ in 0..<2 { _ = bench.network.receive(bench.socket, into: &buffer, limit: 4092, peek: false) }
            if isReset { try bench.reset() } else { TCPSocket.shutdownWrite(bench.peer) }
            try bench.settle()
            #expect(bench.network.isOpen(bench.socket), "bytes are unread")
            var received = 2 * 4092
            var rounds = Rounds(10)
            while case .received(let count) = bench.network.receive(
                bench.socket, into: &buffer, limit: 4092, peek: false), rounds.next()
            {
                received += count
            }
            #expect(received == 20_000)
            #expect(
                bench.network.receive(bench.socket, into: &buffer, limit: 4092, peek: false)
                    == (isReset ? .reset : .closed))
        }
    }

    // MARK: Both

    @Test func everyByteArrivesInOrder() throws {
        var random = RandomSource("everyByteArrivesInOrder")
        for _ in 0..<5 {
            let bench = try StreamBench()
            var outgoing = (sent: 0, received: 0)
            var incoming = (sent: 0, received: 0)
            var buffer = [UInt8](repeating: 0, count: 16_384)
            for _ in 0..<300 {
                switch random.below(8) {
                case 0...2:
                    let count = [1, 100, 2047, 2048, 4083, 16_406][random.below(6)]
                    for _ in 0...random.below(20) {
                        let taken = try #require(
                            bench.network.send(bench.socket, bytes(outgoing.sent..<outgoing.sent + count)))
                        outgoing.sent += taken
                    }
                case 3:
                    let received = bench.receive(1 + random.below(100_000))
                    #expect(areBytes(received[...], at: outgoing.received))
                    outgoing.received += received.count
                case 4:
                    // No more than the kernel's receive buffer has room for.
                    let room = max(0, 60_000 - (incoming.sent - incoming.received))
                    let count = min(room, random.below(60_000))
                    incoming.sent += bench.sendFromPeer(bytes(incoming.sent..<incoming.sent + count))
                    #expect(bench.coprocessorHas(incoming.sent - incoming.received))
                case 5...6:
                    let limit = [1, 64, 4092, 4092, 16_384][random.below(5)]
                    let peek = random.below(4) == 0
                    let outcome = bench.network.receive(bench.socket, into: &buffer, limit: limit, peek: peek)
                    guard case .received(let count) = outcome else {
                        #expect(outcome == .nothing)
                        break
                    }
                    // Fewer when the rest has arrived since the last event: the next one announces it.
                    #expect(count > 0 && count <= min(limit, incoming.sent - incoming.received))
                    #expect(areBytes(buffer.prefix(count), at: incoming.received))
                    if !peek { incoming.received += count }
                default: try bench.settle()
                }
                #expect(bench.network.readableBytes(bench.socket) == incoming.sent - incoming.received)
            }
            try bench.settle()
            #expect(bench.network.hasReadableBytes(bench.socket) == (incoming.sent > incoming.received))
            bench.network.finish(bench.socket, sending: [])
            var rounds = Rounds(20_000)
            while outgoing.received < outgoing.sent, rounds.next() {
                let received = bench.receive()
                #expect(areBytes(received[...], at: outgoing.received))
                outgoing.received += received.count
                _ = try bench.reactor.runOnce(timeoutNanoseconds: 1_000_000)
            }
            #expect(outgoing.received == outgoing.sent)
        }
    }
}

/// When a batch begins, by the clock.
@Suite(.timeLimit(.minutes(5))) struct SendBatchTests {
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
