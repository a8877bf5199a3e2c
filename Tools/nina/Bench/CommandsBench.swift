import NINAWire
import WiFiNINA

/// Commands and bytes of one coprocessor, over the floor of raw echoes.
struct CommandsBench {
    let options: BenchOptions
    private static let rounds = 9

    /// The measurements of one round, per second.
    private struct Round {
        /// Nil on wires.
        var floor: Double?
        var commands = 0.0
        var written = 0.0
        var read = 0.0
    }

    private struct Measurement {
        var rounds: [Round] = []
        var latencies = Samples()
        var commandsPerKBWritten = 0.0
        var commandsPerKBRead = 0.0
    }

    func run() throws -> BenchReport {
        let target = try BenchTarget(options.transport)
        defer { target.stop() }
        if target.isWired { return try runOnWires(target) }
        let floor = try Floor()
        let wifi = try target.host(options.family)
        defer { wifi.end() }
        return report(try measure(floor, wifi))
    }

    /// Alternates between floor, commands and bytes, so that changes of the machine's speed affect all of them equally.
    /// The first round warms up.
    private func measure(_ floor: Floor, _ wifi: WiFi) throws -> Measurement {
        let slice = options.slice(4 * Self.rounds)
        var upload = try BulkTransfer(wifi, .takes)
        var download = try BulkTransfer(wifi, .gives)
        var result = Measurement()
        for number in 0...Self.rounds {
            let slice = number == 0 ? slice / 4 : slice
            var latencies = Samples()
            var round = Round()
            round.floor = try Repetition.rate(during: slice) { try floor.roundTrip() }
            round.commands = try Repetition.rate(during: slice, &latencies) { _ = try wifi.status() }
            round.written = try upload.run(during: slice)
            round.read = try download.run(during: slice)
            guard number > 0 else { continue }
            result.rounds.append(round)
            result.latencies.append(contentsOf: latencies)
        }
        result.commandsPerKBWritten = upload.commandsPerKB
        result.commandsPerKBRead = download.commandsPerKB
        try upload.end()
        try download.end()
        return result
    }

    /// A module answers commands without a network.
    private func runOnWires(_ target: BenchTarget) throws -> BenchReport {
        let wifi = try target.idleHost()
        defer { wifi.end() }
        var result = Measurement()
        for number in 0...Self.rounds {
            var latencies = Samples()
            var round = Round()
            let slice = options.slice(Self.rounds) / (number == 0 ? 4 : 1)
            round.commands = try Repetition.rate(during: slice, &latencies) { _ = try wifi.status() }
            guard number > 0 else { continue }
            result.rounds.append(round)
            result.latencies.append(contentsOf: latencies)
        }
        return report(result)
    }

    private func report(_ result: Measurement) -> BenchReport {
        var report = BenchReport(name: "commands", title: "Commands and bytes of one coprocessor")
        let rounds = result.rounds
        let floors = rounds.compactMap(\.floor)
        func overFloor(_ value: (Round) -> Double) -> [Double] { zip(rounds, floors).map { value($0) / $1 } }
        let commands = rounds.map(\.commands)
        let latency = result.latencies.summary
        let perCommand = [
            Figure("command_p50_us", "  median of \(Numbers.grouped(latency.count)) commands", latency.p50, "us"),
            Figure("command_p99_us", "  99 % of commands within", latency.p99, "us"),
        ]
        guard !floors.isEmpty else {
            report.figures = [Figure("commands_per_s", "commands", commands, "commands/s")] + perCommand
            report.leftOut = [
                "floor and ratios: they compare with a Unix socket, and this module is on wires",
                "bytes: they need a server in the module's network",
            ]
            return report
        }
        report.figures =
            [
                Figure("floor_round_trips_per_s", "floor: raw echoes", floors, "round trips/s"),
                Figure("commands_per_s", "commands", commands, "commands/s"),
                Figure("commands_over_floor", "  commands over floor", overFloor(\.commands)),
            ] + perCommand + [
                Figure("write_bytes_per_s", "written", rounds.map(\.written), "MB/s", scale: 1e6),
                Figure("write_bytes_per_floor_round_trip", "  per floor round trip", overFloor(\.written), "bytes"),
                Figure("commands_per_kb_written", "  per KB written", result.commandsPerKBWritten, "commands"),
                Figure("read_bytes_per_s", "read", rounds.map(\.read), "MB/s", scale: 1e6),
                Figure("read_bytes_per_floor_round_trip", "  per floor round trip", overFloor(\.read), "bytes"),
                Figure("commands_per_kb_read", "  per KB read", result.commandsPerKBRead, "commands"),
            ]
        report.meanings = [
            "floor: two processes that only pass a command's bytes over a Unix socket",
            "commands over floor: at 1, library and emulator would cost nothing",
            "per floor round trip: bytes in the time of one raw echo; \(Frame.longestSend) fill a frame",
        ]
        return report
    }
}
