import Foundation
import LinuxIO
import LinuxProcesses
import NINAControl
import NINAWire
import TestPeers
import TestSupport
import Testing
import WiFiNINA

/// `nina ctl`: what it prints, and its exit statuses.
@Suite(.serialized, .timeLimit(.minutes(10))) struct CtlTests {
    private static let port: UInt16 = 7002

    private func expectNarrow(_ text: String) {
        for line in text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    }

    @Test func itLooksWaitsAndChanges() throws {
        let controlled = try ControlledEmulator()
        #expect(try controlled.ctl("list").output.contains("no module is on"))
        let wifi = try controlled.emulator.host()
        let server = WiFiServer(wifi, port: Self.port)
        try server.begin()
        let peer = try TCPPeer(try wifi.localIP(), port: Self.port)
        try peer.send(Array("a".utf8))
        var rounds = Rounds(200)
        while try server.available() == nil, rounds.next() { try wifi.waitForActivity(.milliseconds(100)) }
        for words in [
            ["listening \(Self.port)"], ["listening", "\(Self.port)"], ["clients>=1"], ["joined"], ["slots<=3"],
        ] {
            let result = try ProcessTests.run(
                "nina", ["ctl", "--control", "unix:\(controlled.path)", "wait"] + words)
            #expect(result.status == .exited(0), "\(words): \(result.errors)")
            #expect(result.output.isEmpty)
        }
        let sockets = try controlled.ctl("sockets").output
        #expect(sockets.contains("SLOT KIND STATE") && sockets.contains("127.0.0.1:\(peer.port)"), "\(sockets)")
        expectNarrow(sockets)
        for command in ["list", "network list", "pin list", "fault list"] {
            let result = try ProcessTests.run(
                "nina", ["ctl"] + command.split(separator: " ").map(String.init),
                environment: ["NINA_CONTROL": "unix:\(controlled.path)"])
            #expect(result.status == .exited(0) && !result.output.isEmpty, "\(result.errors)")
            expectNarrow(result.output)
        }
        #expect(try controlled.ctl("fault", "add", "reply-late", "0.01", "--count", "2").status == .exited(0))
        #expect(try controlled.ctl("fault", "list").output.contains("reply_late reply-late 0.01 2 times"))
        #expect(try controlled.ctl("fault", "remove", "reply_late").status == .exited(0))
        #expect(try controlled.ctl("rssi", "lab-net", "-70").status == .exited(0))
        #expect(try wifi.rssi() == -70)
        #expect(try controlled.ctl("metrics").output.contains("nina_joined{module=\"1\"} 1\n"))
        let json = try controlled.ctl("list", "--json").output
        #expect(try JSONSerialization.jsonObject(with: Data(json.utf8)) is [String: Any])
        #expect(try controlled.ctl("log-level", "debug").status == .exited(0))
        _ = try wifi.status()
        #expect(try controlled.emulator.logs("GET_CONN_STATUS"))
        let watch = try controlled.ctl("watch", "--timeout", "0.3")
        #expect(watch.status == .exited(0) && watch.output.contains("module 1  is on: modern"), "\(watch.errors)")
    }

    @Test func eachFailureHasItsStatus() throws {
        let controlled = try ControlledEmulator()
        let wifi = try controlled.emulator.host()
        let cases: [([String], Int32, String)] = [
            (["wait", "listening 1", "--timeout", "0.1"], 42, "with 'lab-net' joined, no server"),
            (["wait", "joined", "--module", "7", "--timeout", "0"], 42, "no such module on"),
            (["network", "loss", "none"], 1, "ssid: expected"), (["list", "--module", "7"], 1, "module: expected"),
            (["fault", "remove", "none"], 1, "none"), (["ap", "join", "02:00:00:00:00:01"], 1, "access point"),
            ([], 2, "expected a command"), (["lst"], 2, "got 'lst'"), (["network"], 2, "add, remove, loss"),
            (["network", "loss"], 2, "the name of a network"), (["network", "add", "x,rssi=1"], 2, "-127 to 0"),
            (["rssi", "lab-net", "loud"], 2, "got 'loud'"), (["pin", "4"], 2, "high, low or open"),
            (["wait"], 2, "needs a condition"), (["wait", "rain"], 2, "got 'rain'"), (["list", "more"], 2, "'more'"),
            (["list", "--timeout", "1"], 2, "does not take --timeout"), (["list", "--none"], 2, "--none"),
            (["fault", "add", "rust"], 2, "got 'rust'"),
            (["fault", "add", "reply-lost", "--command", "NONE"], 2, "--command"),
            (["list", "--control", "unix:/no/such/socket"], 3, "no emulator has its control channel at"),
            (["list", "--control", "tcp:x"], 2, "expected unix:PATH"),
            (["list", "--control", "unix:\(controlled.emulator.socketPath)"], 1, "no reply"),
        ]
        for (words, status, text) in cases {
            let result = try ProcessTests.run(
                "nina", ["ctl"] + words, environment: ["NINA_CONTROL": "unix:\(controlled.path)"])
            #expect(result.status == .exited(status), "\(words): \(result.errors)")
            #expect(result.errors.contains(text), "\(words): \(result.errors)")
        }
        let nowhere = try ProcessTests.run("nina", ["ctl", "list"], environment: ["NINA_CONTROL": ""])
        #expect(nowhere.status == .exited(3) && nowhere.errors.contains("no emulator is named"), "\(nowhere.errors)")
        #expect(try wifi.status() == .connected)
    }

    @Test func aCommandOfRunFindsItsEmulator() throws {
        let place = try RunPlace()
        let nina = try EmulatorUnderTest.program("nina")
        let result = try place.run([
            "--", "sh", "-c", "'\(nina)' ctl list --json; '\(nina)' ctl wait joined --timeout 0",
        ])
        #expect(result.status == .exited(42), "\(result.errors)")
        #expect(result.output == "{\"modules\":[]}\n", "\(result.output)")
        #expect(try place.leftovers() == [])
    }

    /// S3's chat room: the module's sockets are those of the machine.
    @Test func socketsAreThoseOfTheMachine() throws {
        let controlled = try ControlledEmulator(["--max-sockets", "16"])
        let wifi = try controlled.emulator.host()
        let chat = try ChatServer(wifi, port: Self.port)
        let address = try wifi.localIP()
        let peers = try (0..<10).map { _ in try TCPPeer(address, port: Self.port) }
        for (number, peer) in peers.enumerated() { try peer.send(Array("line of \(number)\n".utf8)) }
        let deadline = MonotonicClock.deadline(after: 30_000_000_000)
        func loop(until isDone: () -> Bool) throws {
            while !isDone() {
                try #require(MonotonicClock.nanoseconds() < deadline, "the chat makes no progress")
                try chat.loop()
            }
        }
        try loop { chat.guests.count == 10 && chat.guests.allSatisfy { $0.lines == 1 } }
        #expect(try shown(controlled) == machine(address))
        #expect(try shown(controlled) == Set(peers.map { "127.0.0.1:\($0.port)" }))
        // One vanishes; another one ends only its own stream, and still is there.
        try peers[3].reset()
        peers[3].close()
        try peers[4].send(Array("the last line\n".utf8))
        TCPSocket.shutdownWrite(peers[4].number)
        try loop { chat.lines(of: peers[4].port) == 2 }
        try chat.sweep()
        let left = try shown(controlled)
        #expect(left == (try machine(address)))
        #expect(!left.contains("127.0.0.1:\(peers[3].port)") && left.count >= 8)
    }

    /// The peers of the module's connections, as `nina ctl sockets` prints them.
    private func shown(_ controlled: ControlledEmulator) throws -> Set<String> {
        let result = try controlled.ctl("sockets")
        #expect(result.status == .exited(0), "\(result.errors)")
        let rows = result.output.split(separator: "\n").map { $0.split(separator: " ") }
        return Set(rows.filter { $0.count == 10 && $0[1] == "tcp" && $0[3] == "\(Self.port)" }.map { String($0[4]) })
    }

    /// The same as `ss -tn` prints them.
    private func machine(_ address: IPv4Address) throws -> Set<String> {
        let result = try ProcessTests.run(path: "/bin/sh", ["-c", "ss -tn"])
        try #require(result.status == .exited(0), "ss is of iproute2: \(result.errors)")
        let rows = result.output.split(separator: "\n").map { $0.split(separator: " ") }
        let own = "\(address):\(Self.port)"
        return Set(
            rows.filter { $0.count >= 5 && ["ESTAB", "CLOSE-WAIT"].contains($0[0]) && $0[3] == own }
                .map { String($0[4]) })
    }
}
