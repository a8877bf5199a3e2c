import LinuxIO
import NINAWire
import WiFiNINA

/// The round trip of a client outside to a program behind a coprocessor: how long bytes that come in wait for the
/// program, and its answer for them.
struct EchoBench: Bench {
    let options: BenchOptions
    private static let rounds = 5
    private static let ports: (blocking: UInt16, tasks: UInt16) = (7007, 7008)

    var emptyReport: BenchReport { BenchReport(name: "echo", title: "Round trips of a client outside") }

    func run() throws -> BenchReport {
        let target = try BenchTarget(options.transport)
        defer { target.stop() }
        try target.requireEmulator(for: "--echo")
        let peer = try BulkPeer(.returns)
        // Its thread waits at the listener by number.
        defer { withExtendedLifetime(peer) {} }
        let plain = try OutsideEcho(IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: peer.port))
        let wifi = try target.host(options.family)
        defer { wifi.end() }
        let server = WiFiServer(wifi, port: Self.ports.blocking)
        try server.begin()
        let blocking = try OutsideEcho(IPv4Endpoint(address: try wifi.localIP().rawValue, port: Self.ports.blocking))
        let module = try target.module(options.family)
        defer { try? Outcome.ofTask { await module.close() } }
        let tasks = try OutsideEcho(try Self.serve(module))

        var results = [Samples](repeating: Samples(), count: 3)
        var ratios = [[Double]](repeating: [], count: 3)
        let slice = options.slice(3 * Self.rounds)
        var client: WiFiClient?
        for number in 0...Self.rounds {
            let slice = number == 0 ? slice / 4 : slice
            let floor = try plain.run(nanoseconds: slice)
            let work = try Outcome.ofThread { try blocking.run(nanoseconds: slice) }
            let accepted = try client ?? server.acceptWaiting(wifi)
            client = accepted
            try Self.serve(accepted)
            let blocked = try work.wait(nanoseconds: Outside.patience)
            let awaited = try tasks.run(nanoseconds: slice)
            guard number > 0 else { continue }
            for (index, samples) in [floor, blocked, awaited].enumerated() {
                results[index].append(contentsOf: samples)
                ratios[index].append(samples.summary.p50 / floor.summary.p50)
            }
        }
        return report(results.map(\.summary), overFloor: ratios.map { Spread($0).median })
    }

    /// The echo of a program that blocks; ends after the message that says so.
    private static func serve(_ client: WiFiClient) throws {
        var isLast = false
        while !isLast {
            guard try client.waitForBytes(.seconds(10)) > 0 else { throw ToolError("the client outside is silent") }
            let bytes = try client.read(4096)
            isLast = bytes.last == OutsideEcho.lastMark
            try client.writeAll(bytes)
        }
    }

    /// The echo of a program with tasks.
    /// - Returns: where it is.
    private static func serve(_ module: WiFiModule) throws -> IPv4Endpoint {
        try Outcome.ofTask {
            let server = try await module.listen(port: ports.tasks)
            Task.detached {
                try await server.serve { client in
                    while true {
                        let bytes = try await client.read()
                        guard !bytes.isEmpty else { return }
                        try await client.writeAll(bytes)
                    }
                }
            }
            return IPv4Endpoint(address: try await module.localIP().rawValue, port: ports.tasks)
        }
    }

    private func report(_ results: [Latency], overFloor: [Double]) -> BenchReport {
        var report = emptyReport
        var table = BenchTable(
            key: "echo",
            columns: [
                .init(key: "program", title: "program"), .init(key: "p50_us", title: "median", unit: "us"),
                .init(key: "p99_us", title: "99 % within", unit: "us"),
                .init(key: "longest_us", title: "longest", unit: "us"),
                .init(key: "p50_over_floor", title: "median", unit: "over floor"),
                .init(key: "round_trips", title: "round trips", unit: "in all"),
            ])
        for (index, name) in ["floor", "blocking", "async"].enumerated() {
            let result = results[index]
            table.rows.append([
                .text(name), .number(result.p50), .number(result.p99), .number(result.longest),
                .number(overFloor[index]), .count(result.count),
            ])
        }
        report.table = table
        report.meanings = [
            "floor: the same client's echo from a TCP socket, without a coprocessor",
            "median over floor: at 1, coprocessor, link and program would cost nothing",
        ]
        return report
    }
}

/// A client outside that sends a message and waits until it comes back, again and again.
final class OutsideEcho: Sendable {
    /// The last byte of the last message of a run.
    static let lastMark = UInt8(ascii: ".")
    private static let length = 32
    private let socket: FileDescriptor

    init(_ place: IPv4Endpoint) throws { socket = try Outside.connect(to: place) }

    /// The round trips of this time, at least two.
    func run(nanoseconds: UInt64) throws -> Samples {
        var message = [UInt8](repeating: UInt8(ascii: "e"), count: Self.length)
        var reply = [UInt8](repeating: 0, count: Self.length)
        var samples = Samples()
        let end = MonotonicClock.deadline(after: nanoseconds)
        var before = MonotonicClock.nanoseconds()
        var isLast = false
        while !isLast {
            isLast = before >= end
            if isLast { message[Self.length - 1] = Self.lastMark }
            guard case .sent(Self.length) = message.withUnsafeBytes({ TCPSocket.sendWaiting(socket.rawValue, $0) })
            else { throw ToolError("a client outside cannot send") }
            try receive(into: &reply)
            guard reply == message else { throw ToolError("a client outside got other bytes than it sent") }
            let now = MonotonicClock.nanoseconds()
            samples.append(now - before)
            before = now
        }
        return samples
    }

    private func receive(into reply: inout [UInt8]) throws {
        var filled = 0
        while filled < Self.length {
            let result = reply.withUnsafeMutableBytes {
                TCPSocket.receiveWaiting(socket.rawValue, into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
            }
            guard case .received(let count) = result else {
                throw ToolError("a client outside got no echo: \(result)")
            }
            filled += count
        }
    }
}
