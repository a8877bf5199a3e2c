import NINALink
import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// TLS connections over the network in memory, with a scripted session.
@Suite(.timeLimit(.minutes(10))) struct SecureStreamsTests {
    @Test func connectsWhenTheHandshakeIsOver() throws {
        let secure = try SecureHarness()
        let bench = secure.bench
        let peer = try secure.greet()
        // A message that does not end a handshake.
        peer.send([1])
        #expect(bench.finish() == nil)
        peer.send([2])
        #expect(bench.finish() == nil)
        // The end of the handshake, followed directly by the first bytes of the stream.
        peer.send([ScriptedSession.welcome] + ScriptedEngine.records(Array("hello".utf8)))
        #expect(bench.finish() == [0xE0, 0xAD, 0x01, 0x01, 0x01, 0xEE, 0, 0])
        #expect(bench.device.interrupt)
        #expect(try bench.unread(0) == 5)
        #expect(try bench.read(0) == Array("hello".utf8))
        #expect(!bench.device.interrupt)
        #expect(secure.engine.parameters == [TLSParameters(peer: .name(Array("box".utf8)))])
    }

    @Test func theCertificateIsCheckedAgainstWhatTheHostSaid() throws {
        let secure = try SecureHarness()
        _ = try secure.connect(0, name: nil)
        _ = try secure.connect(1, name: "10.0.0.1")
        _ = try secure.connect(2, name: "box\0")
        _ = try secure.connect(3, name: "box", type: 4)
        let name = TLSParameters(peer: .name(Array("box".utf8)))
        let address = TLSParameters(peer: .address(DeviceHarness.outside))
        #expect(secure.engine.parameters == [address, address, name, name])
    }

    @Test func aPeekTakesNothingAway() throws {
        let secure = try SecureHarness()
        let bench = secure.bench
        let peer = try secure.connect()
        let text = Array("The quick brown fox".utf8)
        // Byte by byte: nothing is readable before the record is complete.
        for byte in ScriptedEngine.records(text) {
            #expect(try bench.unread(0) == 0)
            #expect(try bench.byte(0x2C, [0], [1]) == 0xFF)
            #expect(!bench.device.interrupt)
            peer.send([byte])
        }
        #expect(bench.device.interrupt)
        for _ in 0..<3 { #expect(try bench.byte(0x2C, [0], [1]) == Int(text[0])) }
        #expect(try bench.unread(0) == text.count)
        #expect(try bench.byte(0x2C, [0], [0]) == Int(text[0]))
        #expect(try bench.unread(0) == text.count - 1)
        #expect(try bench.read(0) == Array(text[1...]))
        #expect(try bench.unread(0) == 0)
        #expect(try bench.state(0) == 4)
    }

    /// Any division into records and deliveries, and any order of peeks and reads, gives the same stream. The fixed
    /// seed has records whose length equals the kind of another message.
    @Test(arguments: [nil, 497_131_596] as [UInt64?]) func everyStreamArrivesAsItIs(_ seed: UInt64?) throws {
        var random = seed.map { RandomSource(seed: $0) } ?? RandomSource("secure streams")
        for _ in 0..<20 {
            let secure = try SecureHarness()
            let bench = secure.bench
            let peer = try secure.connect()
            let stream = (0..<40_000).map { _ in UInt8.random(in: 0...255, using: &random) }
            var wire = ScriptedEngine.records(stream, length: Int.random(in: 1...254, using: &random))[...]
            var got: [UInt8] = []
            var rounds = Rounds(10_000)
            while got.count < stream.count, rounds.next() {
                let piece = wire.prefix(Int.random(in: 0...9000, using: &random))
                wire = wire.dropFirst(piece.count)
                if !piece.isEmpty { peer.send(Array(piece)) }
                let unread = try bench.unread(0)
                #expect(unread <= SecureChannel.recordLength)
                #expect(bench.device.interrupt == (unread > 0))
                if Bool.random(using: &random), unread > 0 {
                    #expect(try bench.byte(0x2C, [0], [1]) == Int(stream[got.count]))
                    #expect(try bench.unread(0) == unread)
                }
                let size = Int.random(in: 1...4086, using: &random)
                let bytes = try bench.read(0, size)
                #expect(bytes.count == min(size, unread))
                got += bytes
            }
            #expect(got == stream)
        }
    }

    @Test func aSenderIsHeldUpAfterARecordOrTwo() throws {
        let secure = try SecureHarness()
        let bench = secure.bench
        let peer = try secure.connect()
        peer.send(ScriptedEngine.records([UInt8](repeating: 7, count: 1_000_000)))
        #expect(try bench.unread(0) == SecureChannel.recordLength)
        #expect(peer.sent.count > 960_000)
        var count = 0
        while case let bytes = try bench.read(0), !bytes.isEmpty { count += bytes.count }
        #expect(count == 1_000_000)
    }

    /// A server whose records never yield stream bytes occupies the process only for a bounded time.
    @Test func aServerThatOnlyMakesWorkHasItsTurn() throws {
        let secure = try SecureHarness()
        let bench = secure.bench
        let peer = try secure.connect()
        let turn = SecureChannel.fruitlessLimit
        peer.send(
            [UInt8](repeating: ScriptedMessage.noise.rawValue, count: 10 * turn) + ScriptedEngine.records([1, 2, 3]))
        #expect(peer.sent.count > 8 * turn)
        // Without a command everything is decrypted: the network reports unread bytes again.
        for _ in 0..<12 { bench.network.poll() }
        #expect(bench.device.interrupt)
        #expect(try bench.read(0) == [1, 2, 3])
    }

    /// Responses to a server that does not read are bounded: reading from it stops.
    @Test func aServerThatDoesNotReadIsNotReadFrom() throws {
        let secure = try SecureHarness()
        let bench = secure.bench
        bench.network.capacity = 1000
        let peer = try secure.connect()
        // Each of these is answered with the same number of bytes.
        peer.send(
            [UInt8](repeating: ScriptedMessage.question.rawValue, count: 1_000_000) + ScriptedEngine.records([1, 2, 3]))
        for _ in 0..<100 { bench.network.poll() }
        #expect(peer.sent.count > 1_000_000 - 2 * SecureChannel.outputLimit)
        var answers = 0
        var rounds = Rounds(5000)
        while answers < 1_000_000, rounds.next() {
            answers += peer.read().count
            bench.network.poll()
        }
        #expect(answers == 1_000_000)
        #expect(try bench.read(0) == [1, 2, 3])
    }

    @Test func writesAreHeldUpByAServerThatDoesNotRead() throws {
        let secure = try SecureHarness()
        let bench = secure.bench
        bench.network.capacity = 1000
        let peer = try secure.connect()
        let frames = (0..<5).map { number in [UInt8](repeating: UInt8(number), count: 2000) }
        var accepted = 0
        while accepted < frames.count, try bench.send(0, frames[accepted]) == 2000 { accepted += 1 }
        // One is encrypted, one is held unencrypted.
        #expect(accepted == 2)
        var received: [UInt8] = []
        while case let bytes = peer.read(), !bytes.isEmpty { received += bytes }
        while accepted < frames.count {
            #expect(try bench.send(0, frames[accepted]) == 2000)
            accepted += 1
            while case let bytes = peer.read(), !bytes.isEmpty { received += bytes }
        }
        let stream = try #require(ScriptedEngine.plaintext(received))
        #expect(stream.bytes == frames.flatMap { $0 })
        #expect(!stream.isClosed)
    }

    @Test func stopDeliversWhatIsHeldAndSaysGoodbye() throws {
        let secure = try SecureHarness()
        let bench = secure.bench
        bench.network.capacity = 1000
        let peer = try secure.connect()
        #expect(try bench.send(0, [UInt8](repeating: 1, count: 3000)) == 3000)
        #expect(try bench.send(0, [UInt8](repeating: 2, count: 3000)) == 3000)
        #expect(try bench.stop(0) == 1)
        #expect(peer.isFinished && !peer.wasReset)
        let stream = try #require(ScriptedEngine.plaintext(peer.read()))
        #expect(stream.bytes == [UInt8](repeating: 1, count: 3000) + [UInt8](repeating: 2, count: 3000))
        #expect(stream.isClosed)
        #expect(bench.network.openSockets == 0)
    }

    /// The encrypted frame as well as the one that is held unencrypted.
    @Test(arguments: [1, 2]) func aResetLosesNothingThatWasAccepted(_ frames: Int) throws {
        let secure = try SecureHarness()
        let bench = secure.bench
        bench.network.capacity = 1000
        let peer = try secure.connect()
        for _ in 0..<frames { #expect(try bench.send(0, [UInt8](repeating: 1, count: 3000)) == 3000) }
        bench.device.halt(at: bench.now)
        #expect(peer.isFinished && !peer.wasReset)
        let stream = try #require(ScriptedEngine.plaintext(peer.read()))
        #expect(stream.bytes == [UInt8](repeating: 1, count: frames * 3000))
    }
}
