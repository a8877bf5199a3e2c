import Foundation
import LinuxProcesses
import Testing

/// `nina bench`: each bench once, for a short time, with its real processes. What it finds out is not judged.
@Suite(.serialized, .timeLimit(.minutes(10))) struct BenchTests {
    /// Runs it for a fifth of a second per subject; for a second with `--http`, which has nine cases and 64 clients.
    /// - Returns: its JSON object.
    private func bench(_ arguments: [String], environment: [String: String] = [:]) throws -> [String: Any] {
        let seconds = arguments.contains("--http") ? "1" : "0.2"
        let result = try ProcessTests.run(
            "nina", ["bench", "--json", "--seconds", seconds] + arguments, environment: environment)
        try #require(result.status == .exited(0), "\(result.errors)")
        let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
        return try #require(object as? [String: Any])
    }

    private func rows(_ object: [String: Any], _ key: String) throws -> [[String: Any]] {
        try #require(object[key] as? [[String: Any]])
    }

    private func expectPositive(_ object: [String: Any], _ keys: [String]) {
        for key in keys {
            let value = object[key] as? Double
            #expect(value.map { $0 > 0 } == true, "\(key): \(value.map { "\($0)" } ?? "missing")")
        }
    }

    private static let commandKeys = [
        "floor_round_trips_per_s", "commands_per_s", "commands_over_floor", "command_p50_us", "command_p99_us",
        "write_bytes_per_s", "read_bytes_per_s", "write_bytes_per_floor_round_trip",
        "read_bytes_per_floor_round_trip", "commands_per_kb_written", "commands_per_kb_read",
    ]

    @Test(arguments: [[], ["--bsd"], ["--pin"]]) func commandsAndBytes(_ options: [String]) throws {
        let object = try bench(options)
        expectPositive(object, Self.commandKeys + ["commands_per_s_low", "commands_per_s_high"])
        #expect(object["pinned"] as? Bool == options.contains("--pin"))
        #expect((object["machine"] as? String)?.contains("Linux") == true)
        #expect(object["left_out"] == nil)
    }

    @Test func slots() throws {
        let rows = try rows(try bench(["--slots", "3,10,64"]), "slots")
        #expect(rows.map { $0["slots"] as? Int } == [3, 10, 64])
        #expect(rows.map { $0["connections"] as? Int } == [0, 6, 60])
        #expect(rows[0]["commands_over_first"] as? Double == 1)
        for row in rows {
            expectPositive(
                row,
                ["commands_per_s", "commands_over_floor", "commands_over_first", "command_p50_us", "command_p99_us"])
        }
    }

    @Test(arguments: [[], ["--bsd"]]) func echoes(_ options: [String]) throws {
        let rows = try rows(try bench(["--echo"] + options), "echo")
        #expect(rows.map { $0["program"] as? String } == ["floor", "blocking", "async"])
        for row in rows {
            expectPositive(row, ["p50_us", "p99_us", "longest_us", "p50_over_floor", "round_trips"])
        }
    }

    @Test(arguments: [[], ["--bsd"]]) func requests(_ options: [String]) throws {
        let rows = try rows(try bench(["--http"] + options), "http")
        #expect(rows.map { $0["clients"] as? Int } == [1, 1, 1, 8, 8, 8, 64, 64, 64])
        let servers = ["blocking", "async", "1 thread"]
        #expect(rows.map { $0["server"] as? String } == servers + servers + servers)
        for row in rows { expectPositive(row, ["p50_us", "p99_us", "longest_us", "requests"]) }
    }

    @Test func secureConnections() throws {
        expectPositive(
            try bench(["--tls"]),
            [
                "tls_floor_handshakes_per_s", "tls_handshakes_per_s", "tls_handshakes_over_floor",
                "tls_floor_write_bytes_per_s", "tls_write_bytes_per_s", "tls_write_over_floor",
            ])
    }

    @Test func withoutOpenSSLAndPythonTLSIsLeftOut() throws {
        let object = try bench(["--tls"], environment: ["PATH": "/nonexistent"])
        #expect((object["left_out"] as? [String])?.first?.contains("openssl") == true)
        #expect(object["tls_handshakes_per_s"] == nil)
    }

    @Test func durableChanges() throws {
        let object = try bench(["--storage"])
        expectPositive(
            object,
            [
                "storage_floor_per_s", "file_writes_per_s", "preference_puts_per_s", "waiting_writes_per_s",
                "file_writes_over_floor", "file_writes_over_floor_low", "file_writes_over_floor_high",
                "preference_puts_over_floor", "waiting_writes_over_floor",
            ])
        #expect(object["storage_in_memory"] is Bool)
        // No disk does that: times in nanoseconds must have been read as numbers.
        let rate = try #require(object["storage_floor_per_s"] as? Double)
        #expect(rate < 10_000_000)
    }

    /// One number gives the figures themselves, as scripts expect them; several give a row for each.
    @Test func fleets() throws {
        let one = try bench(["--fleet", "2"])
        #expect(one["coprocessors"] as? Int == 2 && one["served"] as? Int == 2)
        expectPositive(one, ["commands_per_s"])
        #expect(one["bytes_per_idle"] is Int && one["bytes_per_busy"] is Int)
        let rows = try rows(try bench(["--fleet", "1,3"]), "fleet")
        #expect(rows.map { $0["served"] as? Int } == [1, 3])
    }

    /// Several benches: an object for each, by its name.
    @Test func severalBenchesAtOnce() throws {
        let object = try bench(["--fleet", "2", "--slots", "4", "--echo"])
        #expect((object["fleet"] as? [String: Any])?["served"] as? Int == 2)
        for name in ["slots", "echo"] { #expect(object[name] is [String: Any]) }
        #expect(object["pinned"] as? Bool == false)
    }

    // MARK: Other coprocessors

    @Test func anotherEmulatorIsMeasured() throws {
        let emulator = try EmulatorUnderTest()
        let transport = ["--transport", "\(emulator.transport)"]
        expectPositive(try bench(transport), Self.commandKeys)
        #expect(try rows(try bench(["--echo"] + transport), "echo").count == 3)
        #expect(try rows(try bench(["--http"] + transport), "http").count == 9)
        for option in [["--slots", "10"], ["--tls"], ["--storage"], ["--fleet", "2"]] {
            let left = try #require(try bench(option + transport)["left_out"] as? [String])
            #expect(left.first?.contains("--transport") == true, "\(left)")
        }
    }

    /// Servers of such an emulator are not where its coprocessor says.
    @Test func whatCannotBeReachedIsLeftOut() throws {
        let emulator = try EmulatorUnderTest(["--port-offset", "20000"])
        for option in ["--echo", "--http"] {
            let left = try bench([option, "--transport", "\(emulator.transport)"])["left_out"] as? [String]
            #expect(left?.first?.contains("not reached") == true, "\(option)")
        }
    }

    @Test(arguments: ["--echo", "--http"]) func modulesOnWiresHaveNoClientsHere(_ option: String) throws {
        let wires = "spi:/dev/spidev9.9,cs=GPIO5,ready=GPIO24"
        let left = try bench([option, "--transport", wires])["left_out"] as? [String]
        #expect(left?.first?.contains("only with an emulator") == true)
        #expect(try ProcessTests.run("nina", ["bench", "--transport", wires]).status == .exited(3))
    }

    // MARK: Text

    @Test func theTextIsNarrowAndSaysWhatRatiosMean() throws {
        let result = try ProcessTests.run(
            "nina",
            [
                "bench", "--seconds", "1", "--commands", "--slots", "10,64", "--echo", "--http", "--tls", "--storage",
                "--fleet",
                "1,3",
            ])
        #expect(result.status == .exited(0), "\(result.errors)")
        for line in result.output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        #expect(result.output.hasPrefix("nina bench "))
        for text in [
            "commands over floor: ", "per floor round trip: ", "over first line: ", "median over floor: ",
            "  over blocking: ", "  over floor: ", "us: microseconds",
        ] {
            #expect(result.output.contains(text), "\(text)")
        }
    }
}
