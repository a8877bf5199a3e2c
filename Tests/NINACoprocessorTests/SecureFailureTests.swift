import NINALink
import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// TLS connections that fail, or end in unusual ways.
@Suite(.timeLimit(.minutes(10))) struct SecureFailureTests {
    private static let notConnected: [UInt8] = [0xE0, 0xAD, 0x00, 0xEE]

    @Test func aCertificateThatIsRefusedFreesTheSlot() throws {
        let secure = try SecureHarness()
        let bench = secure.bench
        let peer = try secure.greet()
        peer.send([ScriptedSession.expired])
        #expect(bench.finish() == Self.notConnected)
        #expect(
            secure.lines.last == "TLS with box (10.0.0.1:443) failed: the certificate has expired (scripted)")
        // The server receives the reason before the connection ends.
        #expect(peer.read() == [ScriptedSession.alert])
        #expect(peer.isFinished && !peer.wasReset)
        #expect(bench.network.openSockets == 0)
        #expect(try bench.getSocket() == 0)
    }

    @Test func aServerThatStallsIsGivenUp() throws {
        let secure = try SecureHarness()
        let bench = secure.bench
        let start = bench.now
        let peer = try secure.greet(milliseconds: 700)
        bench.pass(.milliseconds(699))
        #expect(bench.finish() == nil)
        bench.pass(.milliseconds(1))
        #expect(bench.finish() == Self.notConnected)
        #expect(bench.milliseconds(since: start) == 700)
        #expect(
            secure.lines.suffix(2) == [
                "connect to 10.0.0.1:443 timed out",
                "TLS with box (10.0.0.1:443): the server has not completed the handshake in time",
            ])
        #expect(peer.wasReset)
        #expect(bench.network.openSockets == 0)
        // Late events have no effect.
        peer.send([ScriptedSession.welcome])
        #expect(try bench.state(0) == 0)
        // Another connection is unaffected.
        _ = try secure.connect(0)
    }

    @Test func aServerThatLeavesInTheHandshake() throws {
        for resets in [false, true] {
            let secure = try SecureHarness()
            let peer = try secure.greet()
            if resets { peer.reset() } else { peer.finish() }
            #expect(secure.bench.finish() == Self.notConnected)
            #expect(secure.lines.last?.hasSuffix("failed: the server closed the connection") == true)
            #expect(secure.bench.network.openSockets == 0)
        }
    }

    @Test func aHandshakeWithoutEndIsGivenUp() throws {
        let secure = try SecureHarness()
        let peer = try secure.greet()
        for _ in 0..<5 { peer.send([UInt8](repeating: 1, count: 60_000)) }
        #expect(secure.bench.finish() == Self.notConnected)
        #expect(secure.lines.last?.contains("the server sends too much") == true)
    }

    @Test func nobodyListens() throws {
        let secure = try SecureHarness()
        #expect(
            try secure.bench.exchange(DeviceHarness.connectWindow(0, to: 9, name: "box", type: 2)) == Self.notConnected)
        #expect(secure.lines.last == "connect to 10.0.0.1:9 failed: refused")
        #expect(secure.bench.network.openSockets == 0)
    }

    @Test(arguments: [2, 4] as [UInt8]) func withoutAnEngineNothingIsConnected(_ type: UInt8) throws {
        let secure = try SecureHarness()
        secure.engine.failure = TLSFailure(.unavailable, "no library")
        let bench = secure.bench
        #expect(
            try bench.exchange(DeviceHarness.connectWindow(0, to: 443, name: "box", type: type)) == Self.notConnected)
        #expect(
            secure.lines.last == "TLS with box (10.0.0.1:443) failed: TLS is not available (no library)")
        #expect(secure.outside.accepted.isEmpty)
        #expect(try bench.getSocket() == 0)
        // TCP still works.
        #expect(try bench.connect(0, to: 443))
    }

    @Test func theEndOfTheStreamFreesTheSlot() throws {
        for isClean in [true, false] {
            let secure = try SecureHarness()
            let bench = secure.bench
            bench.device.logLevel = .debug
            let peer = try secure.connect()
            peer.send(ScriptedEngine.records([1, 2, 3]) + (isClean ? [ScriptedMessage.close.rawValue] : []))
            peer.finish()
            #expect(try bench.state(0) == 4)
            #expect(try bench.read(0) == [1, 2, 3])
            #expect(!bench.device.interrupt)
            #expect(try bench.state(0) == 0)
            #expect(peer.isFinished)
            #expect(try bench.getSocket() == 0)
            let news =
                isClean
                ? "the server has closed the connection"
                : "the stream ended without a close_notify: data may be missing"
            #expect(secure.lines.last { $0.hasPrefix("TLS") } == "TLS with box (10.0.0.1:443): \(news)")
        }
    }

    @Test func aServerThatHasSaidGoodbyeMayStillRead() throws {
        let secure = try SecureHarness()
        let bench = secure.bench
        let peer = try secure.connect()
        peer.send([ScriptedMessage.close.rawValue])
        #expect(try bench.unread(0) == 0)
        #expect(try bench.send(0, [5, 6]) == 2)
        #expect(ScriptedEngine.plaintext(peer.read())?.bytes == [5, 6])
    }

    @Test func aResetIsSeen() throws {
        let secure = try SecureHarness()
        let bench = secure.bench
        let peer = try secure.connect()
        peer.reset()
        #expect(try bench.read(0) == [])
        #expect(try bench.send(0, [1]) == 0)
        #expect(try bench.state(0) == 0)
        #expect(secure.lines.last?.hasSuffix("the server has reset the connection") == true)
    }

    /// The second failure after the first: the slot is stopped although its connection is gone.
    @Test func aResetDuringAWriteLeavesASlotThatCanBeStopped() throws {
        let secure = try SecureHarness()
        let bench = secure.bench
        let peer = try secure.connect()
        bench.network.capacity = 10
        let window = DeviceHarness.window(0x44, [[0], [UInt8](repeating: 7, count: 1000)])
        var rounds = Rounds(1000)
        while bench.start(window) != nil, rounds.next() {}
        peer.reset()
        bench.pass(.milliseconds(100))
        let reply = try #require(bench.finish())
        #expect(try DeviceHarness.number(DeviceHarness.parameters(of: reply, 0x44)) == 0)
        #expect(try bench.stop(0) == 1)
        #expect(bench.network.openSockets == 0)
        #expect(try bench.getSocket() == 0)
    }

    @Test func leavingTheNetworkEndsConnections() throws {
        let secure = try SecureHarness()
        let bench = secure.bench
        let peer = try secure.connect()
        _ = try bench.byte(0x30, [0xFF])
        #expect(peer.isFinished)
        #expect(ScriptedEngine.plaintext(peer.read())?.isClosed == true)
        #expect(bench.network.openSockets == 0)
    }

    // MARK: Quirks

    @Test func inOldFirmwareAPeekTakesAByte() throws {
        let secure = try SecureHarness { $0.firmware = .arduino200 }
        let bench = secure.bench
        let peer = try secure.connect()
        peer.send(ScriptedEngine.records(Array("abcd".utf8)))
        for _ in 0..<2 { #expect(try bench.byte(0x2C, [0], [1]) == 0x61) }
        #expect(try bench.unread(0) == 3)
        #expect(try bench.read(0, 2) == Array("bc".utf8))
        // Only a read of a single byte returns it.
        #expect(try bench.byte(0x2C, [0], [0]) == 0x61)
        #expect(try bench.byte(0x2C, [0], [0]) == 0x64)
        #expect(try bench.byte(0x2C, [0], [0]) == 0xFF)
    }

    @Test func inOldFirmwareAnAddressIsReversed() throws {
        let secure = try SecureHarness { $0.firmware = .arduino200 }
        let bench = secure.bench
        #expect(try bench.exchange(DeviceHarness.connectWindow(0, to: 443, type: 2)) == Self.notConnected)
        #expect(secure.lines.last == "connect to 1.0.0.10:443 failed: refused")
        #expect(secure.engine.parameters == [TLSParameters(peer: .address(IPv4Address(1, 0, 0, 10)))])
        _ = try secure.connect(0, name: "box")
        _ = try secure.connect(1, name: nil, type: 4)
    }

    @Test func inOneFirmwareAFailedHandshakeAnswersOne() throws {
        let secure = try SecureHarness { $0.firmware = .adafruit177 }
        let bench = secure.bench
        let peer = try secure.greet()
        peer.send([ScriptedSession.expired])
        #expect(bench.finish() == [0xE0, 0xAD, 0x01, 0x01, 0x01, 0xEE])
        #expect(secure.lines.last?.contains("expired") == true)
        let state = try #require(bench.start([0xE0, 0x2F, 0x01, 0x01, 0x00, 0xEE]))
        #expect(state == [0xE0, 0xAF, 0x01, 0x01, 0x00, 0xEE])
        #expect(bench.network.openSockets == 0)
        #expect(peer.read() == [ScriptedSession.alert])
    }
}
