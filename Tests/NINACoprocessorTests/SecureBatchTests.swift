import NINALink
import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// Frames that follow each other are encrypted together, and nothing that was accepted is lost by it.
@Suite(.timeLimit(.minutes(10))) struct SecureBatchTests {
    private let secure: SecureHarness
    private let peer: VirtualPeer
    private var bench: DeviceHarness { secure.bench }

    init() throws {
        secure = try SecureHarness()
        secure.bench.network.holdsBatches = true
        peer = try secure.connect()
    }

    private static func frame(_ number: Int, count: Int = 4000) -> [UInt8] {
        [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: count)
    }

    private func plaintext() throws -> [UInt8] { try #require(ScriptedEngine.plaintext(peer.read())).bytes }

    private var writes: [Int] { secure.engine.sessions.last?.writes ?? [] }

    @Test func wholeFramesAreOneRecordWhenTheBatchIsDue() throws {
        for number in 0..<3 { #expect(try bench.send(0, Self.frame(number)) == 4000) }
        #expect(peer.read() == [])
        bench.network.poll()
        #expect(writes == [12_000])
        #expect(try plaintext() == (0..<3).flatMap { Self.frame($0) })
        bench.network.poll()
        #expect(writes == [12_000])
    }

    /// No record is longer than TLS permits: 16 KiB.
    @Test func aRecordThatIsFullLeavesBeforeTheNextFrame() throws {
        for number in 0..<6 { #expect(try bench.send(0, Self.frame(number)) == 4000) }
        #expect(writes == [16_000])
        bench.network.poll()
        #expect(writes == [16_000, 8000])
        #expect(try plaintext() == (0..<6).flatMap { Self.frame($0) })
    }

    @Test func aShortFrameLeavesAtOnceWithThoseBeforeIt() throws {
        #expect(try bench.send(0, Self.frame(1)) == 4000)
        #expect(try bench.send(0, [2]) == 1)
        #expect(writes == [4001])
        #expect(try plaintext() == Self.frame(1) + [2])
    }

    /// A host that reads waits for an answer to what it has written: by any command that looks at the connection.
    @Test(arguments: [0x2B, 0x2F, 0x45]) func lookingAtTheConnectionSendsWhatIsHeld(_ opcode: UInt8) throws {
        #expect(try bench.send(0, Self.frame(1)) == 4000)
        #expect(peer.read() == [])
        _ = try opcode == 0x45 ? bench.read(0).count : bench.byte(opcode, [0])
        #expect(try plaintext() == Self.frame(1))
    }

    @Test(arguments: [false, true]) func theEndOfAConnectionSendsWhatIsHeld(_ isReset: Bool) throws {
        for number in 0..<2 { #expect(try bench.send(0, Self.frame(number)) == 4000) }
        if isReset { bench.device.halt(at: bench.now) } else { #expect(try bench.stop(0) == 1) }
        #expect(peer.isFinished && !peer.wasReset)
        #expect(try plaintext() == Self.frame(0) + Self.frame(1))
        // The event that was requested comes too late.
        bench.network.poll()
    }

    /// What is held and what is encrypted are both bounded when the server does not read.
    @Test func aServerThatDoesNotReadHoldsUpTheHost() throws {
        bench.network.capacity = 1000
        var accepted = 0
        var rounds = Rounds(40)
        while rounds.next(), try bench.send(0, Self.frame(accepted)) == 4000 { accepted += 1 }
        #expect((5...9).contains(accepted))
        var received: [UInt8] = []
        while case let bytes = peer.read(), !bytes.isEmpty {
            received += bytes
            bench.network.poll()
        }
        #expect(try bench.stop(0) == 1)
        while case let bytes = peer.read(), !bytes.isEmpty { received += bytes }
        let stream = try #require(ScriptedEngine.plaintext(received))
        #expect(stream.bytes == (0..<accepted).flatMap { Self.frame($0) })
    }

    /// Frames of any length, reads, and batches that end at any time.
    @Test func everyStreamArrivesAsItIs() throws {
        var random = RandomSource("secure batches")
        var sent: [UInt8] = []
        var received: [UInt8] = []
        for number in 0..<300 {
            let count = Int.random(in: 0...3, using: &random) == 0 ? 1 : 4083
            let frame = Self.frame(number, count: Int.random(in: 1...count, using: &random))
            #expect(try bench.send(0, frame) == frame.count)
            sent += frame
            switch Int.random(in: 0...9, using: &random) {
            case 0: bench.network.poll()
            case 1: _ = try bench.unread(0)
            default: break
            }
            received += peer.read()
        }
        #expect(try bench.stop(0) == 1)
        received += peer.read()
        let stream = try #require(ScriptedEngine.plaintext(received))
        #expect(stream.bytes == sent)
        #expect(stream.isClosed)
    }
}
