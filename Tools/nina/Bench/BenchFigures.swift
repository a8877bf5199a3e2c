/// The measurements of one round of the bench, per second.
struct BenchRound {
    var floor = 0.0
    var commands = 0.0
    var written = 0.0
    var read = 0.0
}

/// The results of a bench: medians over its rounds; each ratio is computed within a round.
struct BenchFigures {
    var rounds: [BenchRound] = []
    /// The latency of each command in nanoseconds.
    var latencies: [UInt32] = []
    var commandsPerKBWritten = 0.0
    var commandsPerKBRead = 0.0

    private func median(_ value: (BenchRound) -> Double) -> Double {
        let values = rounds.map(value).sorted()
        return values.isEmpty ? 0 : values[values.count / 2]
    }

    private func latency(_ share: Double) -> Double {
        let sorted = latencies.sorted()
        return sorted.isEmpty ? 0 : Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1000
    }

    private var figures: [(key: String, value: Double, text: String)] {
        [
            ("floor_round_trips_per_s", median(\.floor), "floor: raw echo round trips per second"),
            ("commands_per_s", median(\.commands), "commands per second"),
            ("commands_over_floor", median { $0.commands / $0.floor }, "  command rate over floor rate"),
            ("command_p50_us", latency(0.5), "  median command, microseconds"),
            ("command_p99_us", latency(0.99), "  99 % of commands within, microseconds"),
            ("write_bytes_per_s", median(\.written), "bytes written per second"),
            ("read_bytes_per_s", median(\.read), "bytes read per second"),
            ("write_bytes_per_floor_round_trip", median { $0.written / $0.floor }, "  written per floor round trip"),
            ("read_bytes_per_floor_round_trip", median { $0.read / $0.floor }, "  read per floor round trip"),
            ("commands_per_kb_written", commandsPerKBWritten, "commands per KB written"),
            ("commands_per_kb_read", commandsPerKBRead, "commands per KB read"),
        ]
    }

    private static func text(_ value: Double) -> String {
        let scale = value < 100 ? 1000.0 : 1
        let rounded = (value * scale).rounded() / scale
        return scale == 1 ? "\(Int(rounded))" : "\(rounded)"
    }

    /// As a JSON object.
    var json: String {
        "{" + figures.map { "\"\($0.key)\": \(Self.text($0.value))" }.joined(separator: ", ") + "}\n"
    }

    /// As a table.
    var table: String {
        figures.map { figure in
            let value = Self.text(figure.value)
            return String(repeating: " ", count: max(0, 12 - value.count)) + value + "  " + figure.text
        }.joined(separator: "\n") + "\n"
    }
}
