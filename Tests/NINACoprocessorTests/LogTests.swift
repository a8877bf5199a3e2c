import NINALink
import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// The device's log.
@Suite(.timeLimit(.minutes(10))) struct LogTests {
    private final class Lines {
        var all: [(level: LogLevel, text: String)] = []
        func has(_ level: LogLevel, _ text: String) -> Bool { all.contains { $0 == level && $1.contains(text) } }
        func count(_ level: LogLevel) -> Int { all.count { $0.level == level } }
    }

    private let lines = Lines()

    private func bench(
        _ firmware: Firmware = .modern, joined: Bool = true, level: LogLevel = .info
    ) throws -> DeviceHarness {
        let bench = try DeviceHarness(joined: joined) { $0.firmware = firmware }
        bench.device.logLevel = level
        bench.device.log = { [lines] in lines.all.append(($0, $1)) }
        return bench
    }

    /// A greeted session with the device.
    private func session(_ bench: DeviceHarness) throws -> DeviceSession {
        var session = DeviceSession(device: bench.device)
        session.start(at: bench.now)
        session.input.append(Array(hex: "01 00 0005 'NINA' 01"))
        try session.receive(at: bench.now)
        return session
    }

    /// SEND_DATA of this many bytes, on the link.
    private func message(_ count: Int) -> [UInt8] {
        let frame =
            [0xE0, 0x44, 2, 0, 1, 0, UInt8(count >> 8), UInt8(count & 0xFF)] + [UInt8](repeating: 7, count: count)
            + [0xEE]
        return [2, 0, UInt8(frame.count >> 8), UInt8(frame.count & 0xFF)] + frame
    }

    @Test(arguments: Firmware.all) func aWindowThatIsTooLongIsToldOnce(_ firmware: Firmware) throws {
        let bench = try bench(firmware, level: .debug)
        var session = try session(bench)
        lines.all = []
        session.input.append(message(5000))
        try session.receive(at: bench.now)
        #expect(lines.has(.warning, "5009 bytes was sent, the module takes 4092: the last 917 are lost"))
        #expect(lines.count(.warning) == 1)
        #expect(!lines.all.contains { $0.text.contains("not a command") })
        // The log describes as much of the command as there is.
        #expect(lines.has(.debug, "SEND_DATA socket=0 data=4084 bytes"))
        lines.all = []
        session.input.append(Array(hex: "02 00 0000"))
        session.input.append(message(Frame.limit - 9))
        try session.receive(at: bench.now)
        #expect(lines.count(.warning) == 0)
    }

    @Test func aWindowInResetIsTold() throws {
        let bench = try bench(level: .debug)
        var session = try session(bench)
        lines.all = []
        session.input.append(Array(hex: "03 00 0001 02 02 00 0000 02 00 0004 E03F00EE"))
        try session.receive(at: bench.now)
        #expect(lines.has(.debug, "lines: RESET low, GPIO0 high, chip select high"))
        #expect(lines.has(.warning, "a window of 4 bytes was sent while RESET was low"))
        #expect(lines.count(.warning) == 1)
        lines.all = []
        session.input.append(Array(hex: "03 00 0001 93"))
        try session.receive(at: bench.now)
        #expect(lines.has(.warning, "PINS 147 has bits that stand for no line"))
        #expect(lines.has(.debug, "lines: RESET high, GPIO0 high, chip select high"))
        #expect(lines.has(.debug, "RESET: started again, boot"))
    }

    @Test func repliesAreLoggedNowAndLater() throws {
        let bench = try bench(level: .debug)
        _ = try bench.ask(0x20)
        #expect(lines.has(.debug, "GET_CONN_STATUS -> status=3"))
        _ = try bench.ask(0x27)
        #expect(lines.has(.debug, "SCAN_NETWORKS -> ssid=\"lab-net\" ssid=\"open-net\""))
        bench.device.logLevel = .info
        lines.all = []
        _ = try bench.ask(0x20)
        #expect(lines.all.isEmpty)
    }

    @Test func aFailedLookUpHasTheName() throws {
        let bench = try bench()
        #expect(try bench.byte(0x34, Array("nowhere.example".utf8)) == 0)
        #expect(lines.has(.info, "the look-up of 'nowhere.example' failed: no such host"))
        #expect(try !bench.connect(0, to: 80, name: "no-server.example"))
        #expect(lines.has(.info, "connect to 'no-server.example':80 failed: no such host"))
        _ = try bench.exchange(DeviceHarness.connectWindow(0, to: 80, name: "no-peer.example", type: 1))
        #expect(lines.has(.info, "the look-up of 'no-peer.example', a datagram's destination, failed"))
        bench.network.answersAtOnce = false
        #expect(try bench.byte(0x34, Array("slow.example".utf8)) == 0)
        #expect(lines.has(.info, "the look-up of 'slow.example' failed: no answer in time"))
        #expect(try !bench.connect(0, to: 80, name: "slower.example"))
        #expect(lines.has(.info, "connect to 'slower.example':80 timed out in the look-up"))
        #expect(!lines.all.contains { $0.text.contains("0.0.0.0:0") })
    }

    @Test func aFailedConnectHasTheTarget() throws {
        let bench = try bench()
        bench.network.hosts["box"] = DeviceHarness.outside
        #expect(try !bench.connect(0, to: 81))
        #expect(lines.has(.info, "connect to 10.0.0.1:81 failed: refused"))
        #expect(try !bench.connect(0, to: 81, name: "box"))
        #expect(lines.has(.info, "connect to 10.0.0.1:81 failed: refused"))
        bench.network.answersAtOnce = false
        #expect(try !bench.connect(0, to: 82, milliseconds: 100))
        #expect(lines.has(.info, "connect to 10.0.0.1:82 timed out"))
    }

    @Test func aFailedConnectOfABSDSocketHasTheTarget() throws {
        let bench = try bench()
        let socket = try bench.socket()
        #expect(try bench.connect(socket, to: Endpoint(address: DeviceHarness.outside, port: 81)) == 0)
        #expect(lines.has(.info, "connect of BSD socket 54 to 10.0.0.1:81 failed: refused"))
        bench.network.answersAtOnce = false
        #expect(try bench.connect(socket, to: Endpoint(address: DeviceHarness.outside, port: 82)) == 0)
        #expect(lines.has(.info, "connect of BSD socket 54 to 10.0.0.1:82 timed out"))
    }

    @Test func joinsAreTold() throws {
        let bench = try bench(joined: false)
        let joins: [(name: String, secret: String, text: String)] = [
            ("lab-net", "correct-horse", "joined 'lab-net'"),
            ("lab-net", "wrong", "joining 'lab-net' failed: wrong passphrase, key or security type; reason 15"),
            ("far", "x", "joining 'far' failed: no such network is in range ('lab-net', 'open-net'); reason 201"),
        ]
        for join in joins {
            lines.all = []
            #expect(try bench.byte(0x11, Array(join.name.utf8), Array(join.secret.utf8)) == 1)
            bench.pass(.milliseconds(30))
            #expect(lines.all.contains { $0 == .info && $1 == join.text }, "\(lines.all)")
        }
        #expect(try bench.byte(0x16, Array("box".utf8)) == 1)
        try bench.join()
        #expect(lines.has(.info, "joined 'lab-net' as 'box'"))
    }

    @Test func whatIsCutOffOrIgnoredIsTold() throws {
        let bench = try bench()
        bench.network.hosts["a.test"] = DeviceHarness.outside
        #expect(try bench.byte(0x34, Array("a.test\0.evil.example".utf8)) == 1)
        #expect(lines.has(.warning, "the name to look up has a NUL inside: only the 6 of 20 bytes before it count"))
        #expect(try bench.byte(0x11, Array("lab-net\0x".utf8), Array("correct-horse\0y".utf8)) == 1)
        #expect(lines.has(.warning, "the network name has a NUL inside"))
        #expect(lines.has(.warning, "the passphrase has a NUL inside"))
        #expect(!lines.all.contains { $0.text.contains("horse") })
        #expect(try bench.byte(0x16, Array(repeating: 65, count: 40)) == 1)
        #expect(lines.has(.warning, "the host name has 40 bytes, of which 32 are kept"))
        #expect(try bench.byte(0x50, [13], [9]) == 1)
        #expect(lines.has(.warning, "SET_PIN_MODE: pin 13 stays as it is, there is no mode 9"))
        bench.pass(.milliseconds(30))
        lines.all = []
        // Many hosts send a terminating NUL.
        #expect(try bench.byte(0x34, Array("a.test\0\0".utf8)) == 1)
        #expect(try bench.byte(0x50, [13], [1]) == 1)
        #expect(lines.count(.warning) == 0)
    }

    @Test func refusedPiecesOfDatagramsAreTold() throws {
        let bench = try bench(level: .warning)
        #expect(try bench.startServer(5000, 0, type: 1) == 1)
        let piece = [UInt8](repeating: 7, count: 200)
        for _ in 0..<7 { #expect(try bench.insert(0, piece) == 1) }
        #expect(lines.all.isEmpty)
        #expect(try bench.insert(0, piece) == 0)
        #expect(lines.has(.warning, "INSERT_DATABUF: 200 bytes for slot 0 were refused"))
        #expect(try bench.insert(3, piece) == 0)
        #expect(lines.has(.warning, "INSERT_DATABUF: 200 bytes for slot 3 were refused"))
    }

    @Test func theQueryOfAURLIsNotShown() throws {
        let bench = try bench(level: .debug)
        for url in ["http://10.0.0.1/a?token=secret", "http://ada:secret@10.0.0.1/a", "http://h?secret"] {
            _ = try? bench.byte(0x67, Array(url.utf8))
            _ = try? bench.byte(0x64, Array(url.utf8), Array("page".utf8))
        }
        #expect(lines.has(.debug, "DOWNLOAD_OTA url=\"http://10.0.0.1/a?...\""))
        #expect(lines.has(.debug, "DOWNLOAD_FILE url=\"http://...@10.0.0.1/a\""))
        #expect(!lines.all.contains { $0.text.contains("secret") })
    }
}
