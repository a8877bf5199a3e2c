import LinuxIO
import NINATransport
import NINAWire
import WiFiNINA

/// Many coprocessors in one emulator process, each with a server and a connected client that exchange data.
struct FleetBench: Bench {
    private struct Member {
        let wifi: WiFi
        let server: WiFiServer
        let client: WiFiClient
        let peer: SharedDescriptor
    }

    /// A descriptor held by reference, so that arrays can store it.
    private final class SharedDescriptor {
        let descriptor: FileDescriptor
        init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }
    }

    /// The results for a number of coprocessors.
    private struct Result {
        let count: Int
        var served = 0
        var bytesPerIdle = 0
        var bytesPerBusy = 0
        var rates: [Double] = []
        /// While somebody looks at all of them every second, over the rate of the same round without.
        var watched: [Double] = []
        /// In milliseconds.
        var slowestAnswer = 0.0
    }

    let options: BenchOptions
    let counts: [Int]
    private static let message = Array("a line from each of them\n".utf8)
    private static let rounds = 5

    var emptyReport: BenchReport { BenchReport(name: "fleet", title: "Coprocessors in one process") }

    func run() throws -> BenchReport {
        try options.requireOwnEmulator(for: "--fleet, for its memory,")
        _ = Limits.raiseOpenFiles()
        return report(try counts.map { try measure($0) })
    }

    private func measure(_ count: Int) throws -> Result {
        let monitor = FleetMonitor(name: "unix:\(try Transport.makePrivateFolder())/\(Environment.processID)-fleet.ctl")
        let target = try BenchTarget(nil, emulator: ["--wifi-delay", "0", "--control", monitor.name])
        defer { target.stop() }
        let before = try target.residentBytes()
        let idle = try (0..<count).map { _ in try target.idleHost() }
        var result = Result(count: count)
        result.bytesPerIdle = max(0, try target.residentBytes() - before) / count
        let members = try idle.map { try populate($0) }
        result.bytesPerBusy = max(0, try target.residentBytes() - before) / count
        result.slowestAnswer = try monitor.slowestAnswer()
        let slice = options.slice(counts.count * Self.rounds * 2)
        for number in 0...Self.rounds {
            let rate = try commandsPerSecond(members, during: number == 0 ? slice / 4 : slice)
            guard number > 0 else { continue }
            result.rates.append(rate)
            result.watched.append(try monitor.watching { try commandsPerSecond(members, during: slice) } / rate)
        }
        result.served = members.count
        for member in members { member.wifi.end() }
        return result
    }

    /// Each member exchanges a line, again and again, at least once.
    private func commandsPerSecond(_ members: [Member], during nanoseconds: UInt64) throws -> Double {
        func sum() -> Int { members.reduce(0) { $0 + $1.wifi.commandCount } }
        let first = sum()
        let start = MonotonicClock.nanoseconds()
        var now = start
        repeat {
            for member in members { try exchange(member) }
            now = MonotonicClock.nanoseconds()
        } while now - start < nanoseconds
        return Double(sum() - first) * 1e9 / Double(now - start)
    }

    /// A server, an external client, and the connection between them.
    private func populate(_ wifi: WiFi) throws -> Member {
        wifi.socketFamily = options.family
        try wifi.begin("open-net")
        let server = WiFiServer(wifi, port: 8081)
        try server.begin()
        let place = IPv4Endpoint(address: try wifi.localIP().rawValue, port: 8081)
        let peer = SharedDescriptor(try TCPSocket.connect(to: place))
        return Member(wifi: wifi, server: server, client: try server.acceptWaiting(wifi), peer: peer)
    }

    /// Sends a line in each direction.
    private func exchange(_ member: Member) throws {
        let number = member.peer.descriptor.rawValue
        guard Self.message.withUnsafeBytes({ TCPSocket.send(number, $0) }) == .sent(Self.message.count) else {
            throw ToolError("a client cannot send")
        }
        var bytes: [UInt8] = []
        while bytes.count < Self.message.count {
            guard try member.client.waitForBytes(.seconds(10)) > 0 else { throw ToolError("a connection has ended") }
            bytes += try member.client.read(4096)
        }
        guard bytes == Self.message else { throw ToolError("a coprocessor received wrong bytes") }
        try member.client.writeAll(bytes)
        _ = try DescriptorWait.wait(
            number, for: .readable, deadline: MonotonicClock.nanoseconds() + 10_000_000_000)
        var reply = [UInt8](repeating: 0, count: 64)
        guard reply.withUnsafeMutableBytes({ TCPSocket.receive(number, into: $0) }) == .received(bytes.count) else {
            throw ToolError("a client got no answer")
        }
    }

    private func report(_ results: [Result]) -> BenchReport {
        var report = emptyReport
        var table = BenchTable(
            key: "fleet",
            columns: [
                .init(key: "coprocessors", title: "modules"), .init(key: "served", title: "served"),
                .init(key: "bytes_per_idle", title: "idle", unit: "bytes"),
                .init(key: "bytes_per_busy", title: "in use", unit: "bytes"),
                .init(key: "commands_per_s", title: "commands", unit: "per s"),
                .init(key: "commands_over_first", title: "over", unit: "first line"),
                .init(key: "watched_over_unwatched", title: "watched", unit: "over not"),
                .init(key: "answer_ms", title: "answer", unit: "ms"),
            ])
        for result in results {
            let rate = Spread(result.rates).median
            let first = Spread(results[0].rates).median
            table.rows.append([
                .count(result.count), .count(result.served), .count(result.bytesPerIdle), .count(result.bytesPerBusy),
                .number(rate), .number(rate / first), .number(Spread(result.watched).median),
                .number(result.slowestAnswer),
            ])
        }
        report.table = table
        report.isFlatWithOneRow = true
        report.meanings = [
            "commands: one program serves each in turn, and its client gets a line back",
            "over first line: at 1, many coprocessors do as much together as few",
            "idle, in use: memory of each",
            "watched: at 1, somebody who asks for list, sockets and metrics every second slows nobody down",
            "answer: the slowest of these three, for all coprocessors",
        ]
        return report
    }
}
