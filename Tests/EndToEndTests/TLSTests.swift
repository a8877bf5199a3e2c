import TestPeers
import LinuxIO
import NINAWire
import Testing

/// TLS with real servers: successful connections.
@Suite(.serialized, .timeLimit(.minutes(10))) struct TLSTests {
    private static let servers = ["openssl", "python"]

    private func server(_ kind: String, _ certificate: String = "good") throws -> TLSServer {
        kind == "openssl" ? try .openSSL(certificate) : try .python(certificate)
    }

    @Test(arguments: servers) func aGoodHostIsConnected(_ kind: String) throws {
        let server = try server(kind)
        let emulator = try EmulatorUnderTest.withAuthority()
        let host = try emulator.commandHost()
        #expect(try host.connectTLS(server.port))
        #expect(try emulator.logs("TLS with good.example: TLSv1.3"))
        let isPython = kind == "python"
        if isPython {
            #expect(try host.readAll(TLSServer.greeting.count) == TLSServer.greeting)
            // The server received the name.
            #expect(try server.waits(for: "connected TLSv1.3 name good.example"))
        }
        #expect(try host.write(Array("stressed\n".utf8)) == 9)
        #expect(try host.readAll(9) == Array((isPython ? "stressed\n" : "desserts\n").utf8))
        #expect(try host.isOpen())
        #expect(try host.stop())
        // An orderly end: its close_notify is answered by ours.
        if isPython { #expect(try server.waits(for: "closed"), "\(server.said)") }
    }

    @Test func anAddressIsConnected() throws {
        let server = try TLSServer.python()
        let emulator = try EmulatorUnderTest.withAuthority()
        let host = try emulator.commandHost()
        #expect(try host.connectTLS(server.port, name: nil))
        #expect(try host.connectTLS(server.port, name: "127.0.0.1", slot: 1))
        #expect(try server.waits(for: "connected TLSv1.3 name None"))
        #expect(try host.readAll(TLSServer.greeting.count, slot: 1) == TLSServer.greeting)
    }

    @Test(arguments: [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")])
    func oneVersionIsEnough(_ option: String, _ version: String) throws {
        let server = try TLSServer.openSSL("good", ["-rev", option])
        let emulator = try EmulatorUnderTest.withAuthority()
        let host = try emulator.commandHost()
        #expect(try host.connectTLS(server.port))
        #expect(try emulator.logs("TLS with good.example: \(version)"))
        #expect(try host.write(Array("drawer\n".utf8)) == 7)
        #expect(try host.readAll(7) == Array("reward\n".utf8))
    }

    /// Peek, available, then a block read return the whole stream.
    @Test func aPeekTakesNothingAway() throws {
        let server = try TLSServer.python()
        let emulator = try EmulatorUnderTest.withAuthority()
        let host = try emulator.commandHost()
        let greeting = TLSServer.greeting
        #expect(try host.connectTLS(server.port))
        #expect(try host.waitForInterrupt())
        #expect(try host.peek() == greeting[0])
        #expect(try host.unread() == greeting.count)
        #expect(try host.peek() == greeting[0])
        #expect(try host.read() == greeting)
        #expect(try host.unread() == 0)
        #expect(try host.isOpen())
    }

    @Test func inOldFirmwareAPeekTakesAByte() throws {
        let server = try TLSServer.python()
        let emulator = try EmulatorUnderTest.withAuthority(["--firmware", "arduino-2.0.0"])
        let host = try emulator.commandHost()
        let greeting = TLSServer.greeting
        #expect(try host.connectTLS(server.port))
        #expect(try host.waitForInterrupt())
        #expect(try host.peek() == greeting[0])
        #expect(try host.unread() == greeting.count - 1)
        #expect(try host.read() == Array(greeting.dropFirst()))
    }

    @Test func tenMegabytesArriveAsTheyAre() throws {
        let count = 10_000_000
        let server = try TLSServer.python("good", ["--bytes", "\(count)"])
        let emulator = try EmulatorUnderTest.withAuthority(["--log-level", "info"])
        let host = try emulator.commandHost()
        #expect(try host.connectTLS(server.port))
        let start = MonotonicClock.nanoseconds()
        let bytes = try host.readAll(count)
        let seconds = Double(MonotonicClock.nanoseconds() - start) / 1e9
        print("10 MB by TLS: \(Double(count) / 1e6 / seconds) MB/s")
        #expect(bytes.count == count)
        #expect(bytes.indices.allSatisfy { bytes[$0] == UInt8(truncatingIfNeeded: $0 * 7) })
    }

    @Test func aMegabyteGoesOutAndComesBack() throws {
        let server = try TLSServer.python()
        let emulator = try EmulatorUnderTest.withAuthority(["--log-level", "info"])
        let host = try emulator.commandHost()
        #expect(try host.connectTLS(server.port))
        #expect(try host.readAll(TLSServer.greeting.count) == TLSServer.greeting)
        let data = pattern(3, count: 1_000_000)
        var sent = 0
        var received: [UInt8] = []
        let deadline = MonotonicClock.nanoseconds() + 60_000_000_000
        while received.count < data.count, MonotonicClock.nanoseconds() < deadline {
            if sent < data.count { sent += try host.write(Array(data[sent..<min(sent + 4000, data.count)])) }
            received += try host.read()
        }
        #expect(received == data)
    }

    @Test func manyConnectionsAtOnce() throws {
        let server = try TLSServer.python()
        let emulator = try EmulatorUnderTest.withAuthority()
        let host = try emulator.commandHost()
        for slot in 0..<10 as Range<UInt8> { #expect(try host.connectTLS(server.port, slot: slot)) }
        for slot in 0..<10 as Range<UInt8> {
            let word = Array("slot \(slot)".utf8)
            #expect(try host.write(word, slot: slot) == word.count)
            let expected = TLSServer.greeting + word
            #expect(try host.readAll(expected.count, slot: slot) == expected)
        }
    }
}
