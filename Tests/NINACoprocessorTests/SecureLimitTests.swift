import NINALink
import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// How much a TLS connection takes from its server: as many bytes as it says, and none more.
@Suite(.timeLimit(.minutes(10))) struct SecureLimitTests {
    private static let notConnected: [UInt8] = [0xE0, 0xAD, 0x00, 0xEE]

    @Test(arguments: [0, 1]) func theLongestHandshakeIsAwaited(_ excess: Int) throws {
        let secure = try SecureHarness()
        let peer = try secure.greet()
        var left = SecureChannel.handshakeLimit
        while left > 0 {
            let piece = min(left, 50_000)
            peer.send([UInt8](repeating: 1, count: piece))
            #expect(secure.bench.finish() == nil)
            left -= piece
        }
        if excess > 0 {
            peer.send([1])
            #expect(secure.bench.finish() == Self.notConnected)
            #expect(peer.wasReset || peer.isFinished)
        } else {
            #expect(!secure.lines.contains { $0.contains("too much") })
        }
    }

    /// Replies that a server has not taken: with as many as the limit it is still read from, with one more it is not.
    @Test(arguments: [0, 1]) func theMostOutputIsHeldForAServer(_ excess: Int) throws {
        let secure = try SecureHarness()
        let bench = secure.bench
        bench.network.capacity = 1000
        let peer = try secure.connect()
        let count = 1000 + SecureChannel.outputLimit + excess
        peer.send([UInt8](repeating: ScriptedMessage.question.rawValue, count: count))
        for _ in 0..<20 { bench.network.poll() }
        #expect(peer.sent.isEmpty)
        peer.send(ScriptedEngine.records([1, 2, 3]))
        for _ in 0..<3 { bench.network.poll() }
        #expect(try bench.unread(0) == (excess == 0 ? 3 : 0))
        // What the server takes makes room again.
        var answers = 0
        var rounds = Rounds(1000)
        while answers < count, rounds.next() {
            answers += peer.read().count
            bench.network.poll()
        }
        #expect(answers == count)
        #expect(try bench.read(0) == [1, 2, 3])
    }

    /// A frame of as many bytes as are encrypted at once, and longer ones, arrive whole.
    @Test func readsTakeWhatIsLeftOfARecord() throws {
        let secure = try SecureHarness()
        let bench = secure.bench
        let peer = try secure.connect()
        let text = (0..<5000).map { UInt8(truncatingIfNeeded: $0 * 3) }
        peer.send(ScriptedEngine.records(text))
        #expect(try bench.unread(0) == 5000)
        #expect(try bench.read(0, 4086) == Array(text[..<4086]))
        #expect(bench.device.interrupt)
        #expect(try bench.read(0, 913) == Array(text[4086..<4999]))
        #expect(bench.device.interrupt)
        #expect(try bench.read(0, 2) == [text[4999]])
        #expect(!bench.device.interrupt)
    }
}
