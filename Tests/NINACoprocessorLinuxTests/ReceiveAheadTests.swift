import LinuxIO
import NINACoprocessor
import TestSupport
import Testing

@testable import NINACoprocessorLinux

/// Bytes that a connection has received ahead, on real sockets.
@Suite(.timeLimit(.minutes(10))) struct ReceiveAheadTests {
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
            // The first frame is received alone: most connections have no second one.
            if received == 4092 { #expect(TCPSocket.readableBytes(try #require(bench.number)) == sent - 4092) }
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
        for _ in 0..<3 { bench.network.notifyWhenReadable(bench.socket) }
        #expect(bench.events.count == before, "never from inside a call")
        try bench.settle()
        #expect(bench.events.dropFirst(before) == [.readable(bench.socket)], "once")
        // And again; a connection that is closed meanwhile is not reported.
        bench.network.notifyWhenReadable(bench.socket)
        bench.network.finish(bench.socket, sending: [])
        try bench.settle()
        #expect(bench.events.count == before + 1)
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
