import LinuxIO
import LinuxProcesses
import NINATransport
import NINAWire
import TestPeers
import Testing
import WiFiNINA

/// `--metrics`: what Prometheus gets, and who does not.
@Suite(.serialized, .timeLimit(.minutes(10))) struct MetricsTests {
    /// Starts an emulator that says where its metrics are.
    private func start() throws -> (child: ChildProcess, socket: String, port: UInt16) {
        let socket = EmulatorUnderTest.freshSocketPath()
        let child = try ChildProcess(
            try EmulatorUnderTest.program("nina-emulator"), ["--socket", socket, "--metrics", "127.0.0.1:0"],
            output: .pipe, errors: .discard)
        guard let pipe = child.takeOutput() else { throw NoPipe() }
        let output = LineReader(pipe)
        guard case .line(let line) = try output.nextLine(deadline: MonotonicClock.deadline(after: 20_000_000_000)),
            let port = UInt16(line.split(separator: ":").last?.prefix { $0 != "/" } ?? ""),
            try output.nextLine(deadline: MonotonicClock.deadline(after: 20_000_000_000))
                == .line("nina-emulator ready unix:\(socket)")
        else { throw NoPipe() }
        return (child, socket, port)
    }

    private func get(_ port: UInt16, _ request: String) throws -> String {
        let peer = try TCPPeer(.loopback, port: port)
        try peer.send(Array(request.utf8))
        return String(decoding: try peer.read(), as: UTF8.self)
    }

    @Test func metricsAreServedToThisMachine() throws {
        let (child, socket, port) = try start()
        defer { try? child.terminate() }
        let wifi = WiFi(link: try Transport.unix(path: socket).open())
        try wifi.begin("open-net")
        let answer = try get(port, "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4"))
        #expect(answer.contains("nina_modules 1\n") && answer.contains("nina_joined{module=\"1\"} 1\n"), "\(answer)")
        #expect(answer.contains("command=\"SET_NET\"} 1\n") && !answer.contains("open-net"))
        #expect(try get(port, "GET / HTTP/1.1\r\n\r\n").hasPrefix("HTTP/1.1 404 "))
        #expect(try get(port, "GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n").hasPrefix("HTTP/1.1 403 "))
        #expect(try get(port, "\r\n\r\n").hasPrefix("HTTP/1.1 400 "))
        // Those that say nothing keep nobody out for long: the others are closed at once.
        let silent = try (0..<32).map { _ in try TCPPeer(.loopback, port: port) }
        #expect((try? get(port, "GET /metrics HTTP/1.1\r\n\r\n")) != answer)
        for peer in silent { peer.close() }
        var last = ""
        let deadline = MonotonicClock.deadline(after: 20_000_000_000)
        while !last.hasPrefix("HTTP/1.1 200"), MonotonicClock.nanoseconds() < deadline {
            last = (try? get(port, "GET /metrics HTTP/1.1\r\n\r\n")) ?? ""
        }
        #expect(last.hasPrefix("HTTP/1.1 200"))
        #expect(try wifi.status() == .connected)
    }
}
