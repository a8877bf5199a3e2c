import LinuxIO
import NINAWire
import WiFiNINA

/// TLS connections of a coprocessor's clients, over those that Python's ssl makes to the same server.
struct TLSBench: Bench {
    let options: BenchOptions
    private static let rounds = 5
    private static let name = TLSPeer.name

    var emptyReport: BenchReport { BenchReport(name: "tls", title: "TLS to a server outside") }

    func run() throws -> BenchReport {
        try options.requireOwnEmulator(for: "--tls, for its certificate,")
        let peer = try TLSPeer()
        defer { peer.stop() }
        let target = try BenchTarget(
            nil, emulator: ["--ca-file", peer.certificate, "--host", "\(Self.name)=127.0.0.1"])
        defer { target.stop() }
        let wifi = try target.host(.classic)
        defer { wifi.end() }
        var handshakes: (floor: [Double], own: [Double]) = ([], [])
        var written: (floor: [Double], own: [Double]) = ([], [])
        let slice = options.slice(4 * Self.rounds)
        for number in 0...Self.rounds {
            let slice = number == 0 ? slice / 4 : slice
            let floorHandshakes = try peer.handshakes(during: slice)
            let ownHandshakes = try connect(wifi, peer.port, during: slice)
            let floorWritten = try peer.write(during: slice)
            let ownWritten = try write(wifi, peer, during: slice)
            guard number > 0 else { continue }
            handshakes.floor.append(floorHandshakes)
            handshakes.own.append(ownHandshakes)
            written.floor.append(floorWritten)
            written.own.append(ownWritten)
        }
        return report(handshakes, written)
    }

    /// Connections per second, one after the other.
    private func connect(_ wifi: WiFi, _ port: UInt16, during nanoseconds: UInt64) throws -> Double {
        let start = MonotonicClock.nanoseconds()
        var count = 0
        var now = start
        while now - start < nanoseconds {
            var client = WiFiSSLClient(wifi)
            try client.connect(.name(Self.name), port: port)
            try client.stop()
            count += 1
            now = MonotonicClock.nanoseconds()
        }
        return Double(count) * 1e9 / Double(now - start)
    }

    /// Bytes per second, until the server has them all.
    private func write(_ wifi: WiFi, _ peer: TLSPeer, during nanoseconds: UInt64) throws -> Double {
        let bytes = [UInt8](repeating: 0xA5, count: 16 * Frame.longestSend)
        var client = WiFiSSLClient(wifi)
        try client.connect(.name(Self.name), port: peer.port)
        let start = MonotonicClock.nanoseconds()
        var count = 0
        while MonotonicClock.nanoseconds() - start < nanoseconds {
            try client.writeAll(bytes)
            count += bytes.count
        }
        try client.stop()
        let received = try peer.receivedBytes()
        guard received == count else { throw ToolError("the server got \(received) bytes of \(count)") }
        return Double(count) * 1e9 / Double(MonotonicClock.nanoseconds() - start)
    }

    private func report(
        _ handshakes: (floor: [Double], own: [Double]), _ written: (floor: [Double], own: [Double])
    ) -> BenchReport {
        func ratios(_ pair: (floor: [Double], own: [Double])) -> [Double] { zip(pair.own, pair.floor).map { $0 / $1 } }
        var report = emptyReport
        report.figures = [
            Figure("tls_floor_handshakes_per_s", "floor: connections by Python", handshakes.floor, "per s"),
            Figure("tls_handshakes_per_s", "connections of a coprocessor", handshakes.own, "per s"),
            Figure("tls_handshakes_over_floor", "  connections over floor", ratios(handshakes)),
            Figure("tls_floor_write_bytes_per_s", "floor: written by Python", written.floor, "MB/s", scale: 1e6),
            Figure("tls_write_bytes_per_s", "written through a coprocessor", written.own, "MB/s", scale: 1e6),
            Figure("tls_write_over_floor", "  written over floor", ratios(written)),
        ]
        report.meanings = [
            "floor: Python's ssl (OpenSSL) and the same server, in writes of \(Frame.longestSend) bytes",
            "over floor: at 1, link and coprocessor would cost nothing beside encryption",
        ]
        return report
    }
}
