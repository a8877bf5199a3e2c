import LinuxIO
import LinuxProcesses
import NINAWire
import TestPeers
import Testing

/// `nina demo` on its own emulator and on others.
@Suite(.serialized, .timeLimit(.minutes(10))) struct DemoTests {
    /// A running demo; killed when the object is released.
    private final class Demo {
        private let child: ChildProcess
        let log = LogCollector()

        init(_ options: [String], environment: [String: String]) throws {
            child = try ChildProcess(
                try EmulatorUnderTest.program("nina"), ["demo"] + options, environment: environment, output: .pipe)
            guard let output = child.takeOutput() else { throw NoPipe() }
            log.collect(output)
            try #require(log.wait(seconds: 30) { $0.contains("Ctrl-C") })
        }

        deinit {
            try? child.terminate()
            _ = try? child.wait(timeoutNanoseconds: 5_000_000_000)
        }

        /// Connects where the demo says it is.
        func connect() throws -> TCPPeer {
            let text = log.text
            let match = try #require(text.firstMatch(of: #/http://127\.(\d+)\.(\d+)\.(\d+):(\d+)//#))
            let parts = [match.1, match.2, match.3].compactMap { UInt32($0) }
            let address = parts.reduce(127 as UInt32) { $0 << 8 | $1 }
            return try TCPPeer(IPv4Address(rawValue: address), port: try #require(UInt16(match.4)))
        }

        func page() throws -> String {
            let peer = try connect()
            try peer.send(Array("GET / HTTP/1.0\r\n\r\n".utf8))
            return String(decoding: try peer.read(), as: UTF8.self)
        }
    }

    @Test func itObeysTheEnvironment() throws {
        let emulator = try EmulatorUnderTest()
        let demo = try Demo(["--port", "8098"], environment: ["NINA_TRANSPORT": "\(emulator.transport)"])
        #expect(demo.log.text.contains("over \(emulator.transport)\nto the coprocessor behind that socket"))
        #expect(!demo.log.text.contains("emulated"))
        #expect(try emulator.logs("server on port 8098 is reachable at "))
        let page = try demo.page()
        #expect(page.hasPrefix("HTTP/1.1 200 OK") && !page.lowercased().contains("emulated"))
    }

    @Test func itsOwnEmulatorIsCalledSo() throws {
        let demo = try Demo(["--port", "8099"], environment: ["NINA_TRANSPORT": ""])
        #expect(demo.log.text.contains("to the emulated coprocessor of process "))
        #expect(try demo.page().contains("an emulated Wi&#8209;Fi coprocessor"))
    }

    @Test func optionsOfAnEmulatorNeedTheOwnOne() throws {
        let result = try ProcessTests.run(
            "nina", ["demo", "--max-sockets", "4"], environment: ["NINA_TRANSPORT": "unix:/no/such.sock"])
        #expect(result.status == .exited(2))
        #expect(result.errors.contains("NINA_TRANSPORT") && result.errors.contains("nina help demo"))
    }

    /// More than it has slots: some silent, some with a part of a request.
    @Test func silentClientsDoNotStopIt() throws {
        let demo = try Demo(["--port", "8096", "--idle", "1"], environment: ["NINA_TRANSPORT": ""])
        let silent = try (0..<12).map { number in
            let peer = try demo.connect()
            if number % 2 == 1 { try peer.send(Array("GET / HT".utf8)) }
            return peer
        }
        #expect(try demo.page().hasPrefix("HTTP/1.1 200 OK"))
        for peer in silent { #expect(try peer.read().isEmpty) }
    }
}
