import Foundation
import LinuxProcesses
import NINATransport
import Testing
import WiFiNINA

/// `nina run --trace` and `nina decode`: what a program did, in each format.
@Suite(.serialized, .timeLimit(.minutes(10))) struct TraceTests {
    private static let nina = Result { try EmulatorUnderTest.program("nina") }

    private static func decode(_ arguments: [String]) throws -> (
        status: LinuxProcesses.ExitStatus?, output: String, errors: String
    ) {
        try ProcessTests.run("nina", ["decode"] + arguments)
    }

    @Test(arguments: ["jsonl", "pcapng", "vcd"]) func aRunCanBeRead(_ ending: String) throws {
        let place = try RunPlace()
        let path = place.path + "/t." + ending
        let run = try place.run(
            ["--firmware", "arduino-2.0.0", "--trace", path, "--", "sh", "-c", "exec \"$0\" info", try Self.nina.get()])
        #expect(run.status == .exited(0), "\(run.errors)")
        let text = try Self.decode([path])
        #expect(text.status == .exited(0), "\(text.errors)")
        #expect(text.output.contains("GET_FW_VERSION -> version="), "\(text.output)")
        #expect(text.output.contains("SCAN_NETWORKS -> ssid=[\"lab-net\", \"open-net\"]"), "\(text.output)")
        let json = try Self.decode(["--json", "--command", "get_conn_status,0x21", path])
        #expect(json.status == .exited(0))
        for line in json.output.split(separator: "\n") {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(["GET_CONN_STATUS", "GET_IPADDR"].contains(object?["command"] as? String))
        }
        #expect(json.output.contains("\"command\":\"GET_CONN_STATUS\""))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        guard ending == "jsonl" else { return }
        // To another format and back.
        for format in ["pcapng", "jsonl"] {
            let other = place.path + "/other." + format
            let shell = "\"$0\" decode --to \(format) \"$1\" > \"$2\" && \"$0\" decode \"$2\""
            let again = try ProcessTests.run(path: "/bin/sh", ["-c", shell, try Self.nina.get(), path, other])
            #expect(again.output == text.output)
        }
    }

    @Test func faultsAreStatus4() throws {
        let place = try RunPlace()
        let path = place.path + "/t.hex"
        try Data("> E0 20 00 EE\n< E0 A0 01 01 03 EE 00 00\n".utf8).write(to: URL(fileURLWithPath: path))
        let good = try Self.decode(["--strict", path])
        #expect(good.status == .exited(0) && good.output.isEmpty && good.errors.contains("0 findings in 1 command\n"))
        try Data("> E0 20 00 EE\n< E0 A1 01 01 03 EE 00 00\n".utf8).write(to: URL(fileURLWithPath: path))
        let bad = try Self.decode(["--strict", path])
        #expect(bad.status == .exited(4))
        #expect(bad.output.contains("! reply: byte 1: opcode 0xA1 where 0xA0 was due"), "\(bad.output)")
        for (options, status) in [
            (["--except", "reply"], Int32(0)), (["--rules", "padding,LEAK"], 0), (["--rules", "reply"], 4),
            (["--rules", "leak", "--rules", "reply"], 4), (["--except", "padding"], 4), (["--except", "pads"], 2),
            (["--rules", "leak", "--except", "leak"], 2),
        ] {
            let result = try Self.decode(["--strict"] + options + [path])
            #expect(result.status == .exited(status), "\(options): \(result.errors)")
        }
        #expect(try Self.decode(["--except", "padding", path]).status == .exited(2))
    }

    /// An error names the file, the line and the field; what precedes it was printed.
    @Test func errorsAreStatus3() throws {
        let place = try RunPlace()
        let path = place.path + "/t.jsonl"
        let lines = [
            #"{"t":0,"c":1,"event":"out","bytes":"e02000ee"}"#,
            #"{"t":1,"c":1,"event":"in","bytes":"e0a0010103ee0000"}"#,
            #"{"t":2,"c":1,"event":"in","bites":""}"#,
        ]
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path))
        let result = try Self.decode([path])
        #expect(result.status == .exited(3))
        #expect(result.output.contains("GET_CONN_STATUS -> status=3"))
        #expect(result.errors == "nina: \(path), line 3, bytes: the key is missing\n")
        #expect(try Self.decode([place.path + "/none"]).status == .exited(3))
        let bytes = try Self.decode(["E0 20 00 EE"])
        #expect(bytes.status == .exited(3) && bytes.errors.contains("echo 'E0 20 00 EE' | nina decode"))
        try Data().write(to: URL(fileURLWithPath: path))
        let empty = try Self.decode(["--strict", path])
        #expect(empty.status == .exited(3) && empty.errors == "nina: \(path), byte 0, file: it is empty\n")
        #expect(try Self.decode(["--to", "jsonl", "--strict"]).status == .exited(2))
        #expect(try Self.decode(["--from", "x"]).status == .exited(2))
        #expect(try Self.decode(["--command", "NONE"]).status == .exited(2))
    }

    /// A trace that ends early, as on a full disk: said also if the command succeeds.
    @Test func aTraceThatEndsEarlyIsTold() throws {
        let place = try RunPlace()
        let done = place.path + "/done"
        // The first file cannot be put aside.
        try FileManager.default.createDirectory(atPath: place.path + "/t.1.vcd", withIntermediateDirectories: false)
        let run = try RunUnderTest(
            place,
            [
                "--trace", place.path + "/t.vcd", "--trace-size", "1", "--", "sh", "-c",
                "echo $NINA_TRANSPORT; until [ -e \"$0\" ]; do sleep 0.05; done", done,
            ])
        let wifi = WiFi(link: try Transport(parsing: try #require(try run.line())).open())
        for _ in 0..<1000 { _ = try wifi.status() }
        try Data().write(to: URL(fileURLWithPath: done))
        let end = try run.wait()
        #expect(end.status == .exited(0))
        #expect(end.errors.hasPrefix("nina: the trace is not complete: "), "\(end.errors)")
        #expect(end.errors.contains("the trace ends here: rename"), "\(end.errors)")
    }

    @Test func aFileBelongsToOneTrace() throws {
        let place = try RunPlace()
        let path = place.path + "/t.jsonl"
        let again = "\"$0\" run --trace \"$1\" -- true"
        let two = try place.run(["--trace", path, "--", "sh", "-c", again, try Self.nina.get(), path])
        #expect(two.status == .exited(125))
        #expect(two.errors.contains("another emulator writes its trace to that file"), "\(two.errors)")
        // That it was refused has left the file of the first one as it was.
        #expect(try Self.decode([path]).status == .exited(0))
        let log = try place.run(["--trace", path, "--log", "\(place.path)/./t.jsonl", "--", "true"])
        #expect(log.status == .exited(2) && log.errors.contains("--log and --trace need a file each"), "\(log.errors)")
        let none = ["--trace", "\(place.path)/n.jsonl", "--log", "\(place.path)/./n.jsonl", "--", "true"]
        #expect(try place.run(none).status == .exited(2))
    }

    @Test func aTraceThatCannotBeWrittenIsRefused() throws {
        for (options, status, text) in [
            (["--trace", "/dev/null.jsonl/x.jsonl"], Int32(3), "--trace: the file cannot be written"),
            (["--trace", "x.txt"], 2, "a file that ends with .jsonl, .pcapng, .vcd"),
            (["--trace-secrets"], 2, "--trace-secrets needs --trace"),
            (["--trace-size", "1"], 2, "--trace-size needs --trace"),
        ] as [([String], Int32, String)] {
            let socket = EmulatorUnderTest.freshSocketPath()
            let result = try ProcessTests.run("nina-emulator", ["--socket", socket] + options)
            #expect(result.status == .exited(status))
            #expect(result.errors.contains(text), "\(result.errors)")
        }
    }
}
