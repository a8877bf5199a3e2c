import LinuxIO
import NINAWire
import WiFiNINA

/// Short commands of coprocessors with different numbers of slots, nearly all of them taken by open connections.
struct SlotsBench: Bench {
    let options: BenchOptions
    let counts: [Int]
    private static let rounds = 9
    /// Slots without a connection: 60 of 64 are taken.
    private static let free = 4

    var emptyReport: BenchReport { BenchReport(name: "slots", title: "Commands beside open connections") }

    /// A coprocessor with open connections.
    private final class Case {
        let slots: Int
        private(set) var connections = 0
        private let target: BenchTarget
        let wifi: WiFi
        private let listener: FileDescriptor
        private var outside: [AcceptedSocket] = []
        var overFloor: [Double] = []
        var rates: [Double] = []
        var latencies = Samples()

        init(slots: Int, number: Int) throws {
            self.slots = slots
            target = try BenchTarget(nil, emulator: ["--max-sockets", "\(slots)"], number: number)
            wifi = try target.host(.classic)
            listener = try TCPSocket.listen(on: IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0))
            let port = try TCPSocket.localEndpoint(listener.rawValue).port
            for _ in 0..<max(0, slots - SlotsBench.free) {
                var client = WiFiClient(wifi, family: .classic)
                try client.connect(.address(IPv4Address.loopback), port: port)
                guard let accepted = try TCPSocket.accept(listener.rawValue) else {
                    throw ToolError("a coprocessor's connection has not arrived")
                }
                outside.append(AcceptedSocket(accepted.takeDescriptor()))
                connections += 1
            }
        }

        func end() {
            wifi.end()
            target.stop()
        }
    }

    /// A socket held by reference, so that an array can have it.
    private final class AcceptedSocket {
        private let socket: FileDescriptor
        init(_ socket: consuming FileDescriptor) { self.socket = socket }
    }

    func run() throws -> BenchReport {
        try options.requireOwnEmulator(for: "a number of slots")
        let floor = try Floor()
        var cases: [Case] = []
        defer { for one in cases { one.end() } }
        for (number, count) in counts.enumerated() { cases.append(try Case(slots: count, number: number)) }
        let slice = options.slice((cases.count + 1) * Self.rounds)
        for number in 0...Self.rounds {
            let slice = number == 0 ? slice / 4 : slice
            let raw = try Repetition.rate(during: slice) { try floor.roundTrip() }
            for one in cases {
                var latencies = Samples()
                let rate = try Repetition.rate(during: slice, &latencies) { _ = try one.wifi.status() }
                guard number > 0 else { continue }
                one.rates.append(rate)
                one.overFloor.append(rate / raw)
                one.latencies.append(contentsOf: latencies)
            }
        }
        return report(cases)
    }

    private func report(_ cases: [Case]) -> BenchReport {
        var report = emptyReport
        var table = BenchTable(
            key: "slots",
            columns: [
                .init(key: "slots", title: "slots"), .init(key: "connections", title: "connections", unit: "open"),
                .init(key: "commands_per_s", title: "commands", unit: "per s"),
                .init(key: "commands_over_floor", title: "over", unit: "floor"),
                .init(key: "commands_over_first", title: "over", unit: "first line"),
                .init(key: "command_p50_us", title: "median", unit: "us"),
                .init(key: "command_p99_us", title: "99 % within", unit: "us"),
            ])
        for one in cases {
            let latency = one.latencies.summary
            let overFirst = zip(one.rates, cases[0].rates).map { $0 / $1 }
            table.rows.append([
                .count(one.slots), .count(one.connections), .number(Spread(one.rates).median),
                .number(Spread(one.overFloor).median), .number(Spread(overFirst).median), .number(latency.p50),
                .number(latency.p99),
            ])
        }
        report.table = table
        report.meanings = [
            "over floor: at 1, library and emulator would cost nothing beside raw echoes",
            "over first line: at 1, more slots and connections do not slow a command",
        ]
        return report
    }
}
