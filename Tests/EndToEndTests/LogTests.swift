import Foundation
import LinuxIO
import LinuxProcesses
import NINATransport
import NINAWire
import NINALink
import TestPeers
import TestSupport
import Testing
import WiFiNINA

/// The log of nina-emulator as its readers get it.
@Suite(.serialized, .timeLimit(.minutes(10))) struct LogTests {
    @Test func aLineHasItsTimeAndItsCoprocessor() throws {
        let emulator = try EmulatorUnderTest()
        let first = try emulator.host()
        let second = try emulator.host()
        #expect(try emulator.logs("nina-emulator: info: coprocessor 1, \(try first.localIP()): "))
        #expect(try emulator.logs("nina-emulator: info: coprocessor 2, \(try second.localIP()): "))
        for line in emulator.logText.split(separator: "\n") {
            #expect(line.contains(#/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z nina-emulator: /#), "\(line)")
        }
        #expect(!emulator.logText.contains("\u{1B}"))
    }

    @Test func theLogCanBeJSON() throws {
        let emulator = try EmulatorUnderTest([
            "--log-format", "json", "--log-level", "debug", "--network", "a\"\\\u{7F}b,passphrase=secret-words",
        ])
        let wifi = WiFi(link: try emulator.transport.open())
        try wifi.begin("a\"\\\u{7F}b", passphrase: "secret-words")
        #expect(throws: WiFiError.self) { try wifi.begin("\n\t\u{1}{", passphrase: "secret-words") }
        wifi.end()
        #expect(try emulator.logs("is off"))
        let lines = emulator.logText.split(separator: "\n")
        #expect(lines.count > 4)
        for line in lines {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(object["time"] is String && object["level"] is String && object["text"] is String, "\(line)")
        }
        #expect(emulator.logText.contains("\"coprocessor\":1,\"address\":\"127."))
        #expect(!emulator.logText.contains("secret-words"))
    }

    /// Nobody reads the log, and a host has lines written that are longer than what a pipe takes at once.
    @Test(arguments: ["text", "json"]) func aLogThatNobodyReadsStopsNobody(format: String) throws {
        let path = EmulatorUnderTest.freshSocketPath()
        let child = try ChildProcess(
            try EmulatorUnderTest.program("nina-emulator"),
            ["--socket", path, "--log-level", "debug", "--log-format", format], output: .pipe, errors: .pipe)
        guard let output = child.takeOutput(), let errors = child.takeErrors() else { throw NoPipe() }
        _ = try LineReader(output).nextLine(deadline: MonotonicClock.deadline(after: 20_000_000_000))
        let host = CommandHost(try Transport.unix(path: path).open())
        var command = SetEnt()
        command.ssid = ArraySlice(repeating: UInt8(ascii: "\""), count: 4000)
        for _ in 0..<60 {
            do {
                _ = try host.run(command)
                Issue.record("a network name of 4000 bytes was taken")
            } catch is FrameError {}
        }
        #expect(try host.run(GetConnStatus()).status == .idle)
        // What is written is whole lines, and says what is missing.
        let log = LogCollector()
        log.collect(errors)
        #expect(log.wait(seconds: 10) { $0.contains("bytes were left out") })
        var rounds = 0
        while !log.text.contains("log lines were left out"), rounds < 1000 {
            _ = try host.run(GetConnStatus())
            rounds += 1
            _ = log.wait(seconds: 0.01) { $0.contains("log lines were left out") }
        }
        #expect(log.text.contains("log lines were left out"))
        for line in log.text.split(separator: "\n") {
            #expect(line.utf8.count < 4096)
            if format == "json" {
                #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
            }
        }
        host.link.close()
        try child.terminate()
        #expect(try child.wait(timeoutNanoseconds: 10_000_000_000) == .exited(0))
        UnixSocket.removeSocketFile(path: path)
    }

    /// A host that causes any number of lines does not fill the disk.
    @Test func aFloodOfLinesIsLimited() throws {
        let emulator = try EmulatorUnderTest()
        let link = try emulator.transport.open()
        var rounds = Rounds(20)
        while !emulator.logText.contains(" log lines were left out"), rounds.next() {
            for _ in 0..<1000 {
                let end = link.now.advanced(by: .seconds(10))
                try link.sendCommand([0xE0, 0x01, 0x00, 0xEE], until: end)
                _ = try link.receiveReply(expecting: .getFwVersion, until: end)
            }
        }
        #expect(emulator.logText.contains(" warning: "))
        #expect(emulator.logText.contains(" log lines were left out"))
    }

    /// The first bytes of a driver that sends its frames without the link's messages, and of other programs.
    @Test(arguments: [
        ("\u{E0}7\0\u{EE}", "unknown message type 0xE0 (a NINA frame without the link's header?)"),
        ("GET / HTTP/1.0\r\n\r\n", "unknown message type 0x47"), ("\0\0\0\0", "unknown message type 0x00"),
    ])
    func theTypeOfAnUnknownMessageIsNamed(bytes: String, text: String) throws {
        let emulator = try EmulatorUnderTest()
        let host = try emulator.rawConnection()
        let message = bytes.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        _ = message.withUnsafeBytes { UnixSocket.send(host.rawValue, $0) }
        #expect(try emulator.logs("\(text)\n"), "\(emulator.logText)")
    }
}
