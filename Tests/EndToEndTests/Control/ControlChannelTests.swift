import Foundation
import LinuxIO
import LinuxProcesses
import NINAControl
import NINATrace
import NINATransport
import TestPeers
import TestSupport
import TestThreads
import Testing
import WiFiNINA

/// The control channel of an emulator process.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ControlChannelTests {
    @Test func aClientSeesWhatAHostDoes() throws {
        let controlled = try ControlledEmulator()
        let client = try controlled.client()
        #expect(try client.ok(#"{"id":1,"do":"hello"}"#)["protocol"] as? Int == 1)
        #expect((try client.ok(#"{"id":2,"do":"list"}"#)["modules"] as? [Any])?.isEmpty == true)
        #expect(
            (try client.error(#"{"id":3,"do":"reset"}"#)["text"] as? String)?.contains("no host is connected") == true)
        // It is told when what it waits for is there.
        try client.send(#"{"id":4,"do":"wait","listening":7001,"timeout":60}"# + "\n")
        let wifi = try controlled.emulator.host()
        let server = WiFiServer(wifi, port: 7001)
        try server.begin()
        #expect((try client.line()["ok"] as? [String: Any])?["module"] as? Int == 1)
        let peer = try TCPPeer(try wifi.localIP(), port: 7001)
        try peer.send(Array("abc".utf8))
        let connection = try accept(server, wifi)
        #expect(try client.ok(#"{"id":5,"do":"wait","clients":1,"timeout":60}"#)["module"] as? Int == 1)
        _ = try connection.waitForBytes(.seconds(10))
        let modules = try #require(try client.ok(#"{"id":6,"do":"sockets"}"#)["modules"] as? [[String: Any]])
        let sockets = try #require(modules.first?["sockets"] as? [[String: Any]])
        #expect(sockets.count == 2)
        #expect(sockets.contains { $0["state"] as? String == "listening" && $0["port"] as? Int == 7001 })
        #expect(
            sockets.contains {
                $0["state"] as? String == "established" && $0["peer"] as? String == "127.0.0.1:\(peer.port)"
                    && $0["owner"] as? String == "server"
            })
        let list = try #require(try client.ok(#"{"id":7,"do":"list","module":1}"#)["modules"] as? [[String: Any]])
        #expect((list.first?["station"] as? [String: Any])?["ssid"] as? String == "lab-net")
        #expect(list.first?["sockets"] == nil)
        #expect(try client.ok(#"{"id":8,"do":"metrics"}"#)["text"] as? String != nil)
        #expect(try controlled.emulator.end() == .exited(0))
        #expect(try client.text() == nil)
        #expect(FileMode.permissions(controlled.path) == nil)
    }

    private func accept(_ server: WiFiServer, _ wifi: WiFi) throws -> WiFiClient {
        var rounds = Rounds(200)
        while rounds.next() {
            if let client = try server.accept() { return client }
            try wifi.waitForActivity(.milliseconds(100))
        }
        throw LinuxError("accept", .timedOut)
    }

    @Test func aHostNoticesWhatIsChangedAroundIt() throws {
        let controlled = try ControlledEmulator()
        let client = try controlled.client()
        let wifi = try controlled.emulator.host()
        _ = try client.ok(#"{"id":1,"do":"pin","pin":4,"level":"high"}"#)
        #expect(try wifi.digitalRead(4))
        _ = try client.ok(#"{"id":2,"do":"network_loss","ssid":"lab-net"}"#)
        #expect(try client.ok(#"{"id":3,"do":"wait","joined":false,"timeout":60}"#)["module"] as? Int == 1)
        #expect(try wifi.status() != .connected)
        _ = try client.ok(#"{"id":4,"do":"network_add","ssid":"other","passphrase":"another-one"}"#)
        try wifi.begin("other", passphrase: "another-one")
        #expect(try wifi.status() == .connected)
        let error = try client.error(#"{"id":5,"do":"rssi","ssid":"none","rssi":-50}"#)
        #expect(error["kind"] as? String == "refused" && error["field"] as? String == "ssid")
        #expect((error["text"] as? String)?.contains("'other'") == true)
    }

    /// What a watch with a trace says is a trace, and has no secrets.
    @Test func aWatchTellsEventsAndATrace() throws {
        let controlled = try ControlledEmulator()
        let client = try controlled.client()
        let wifi = WiFi(link: try controlled.emulator.transport.open())
        _ = try wifi.firmwareVersion()
        _ = try client.ok(#"{"id":1,"do":"watch","trace":true}"#)
        try wifi.begin("lab-net", passphrase: "correct-horse")
        var records = ""
        var names: [String] = []
        while !names.contains("joined") {
            let text = try #require(try client.text())
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
            let name = try #require(object["event"] as? String)
            if ControlEvent.names.contains(name) { names.append(name) } else { records += text + "\n" }
        }
        var decoder = TraceDecoder(TraceDecoder.Options())
        var commands = 0
        try TraceSource.jsonLines.read(Array(records.utf8)) { record in
            for case .exchange in decoder.decode(record) { commands += 1 }
        }
        #expect(commands > 0)
        #expect(records.contains("\"hidden\":true"))
        #expect(!records.contains("636f72726563742d686f727365"), "the passphrase in hex")
        // An end of the watch is an end.
        try client.send(#"{"id":2,"do":"unwatch"}"# + "\n")
        while try client.line()["id"] as? Int != 2 {}
        _ = try wifi.status()
        #expect(try client.reply(#"{"id":3,"do":"hello"}"#)["id"] as? Int == 3)
    }

    // MARK: Who may connect

    @Test(.enabled(if: Apart.isAllowed, "needs root to be another user"))
    func anotherUserIsRefused() throws {
        let controlled = try ControlledEmulator()
        #expect(FileMode.permissions(controlled.path) == 0o600)
        let path = controlled.path
        #expect(throws: (any Error).self) { try Apart.asUser { try ControlUnderTest(path) } }
        // Whatever becomes of the file.
        try #require(chmod(path, 0o666) == 0)
        let line = try Apart.asUser { try ControlUnderTest(path).line() }
        #expect((line["error"] as? [String: Any])?["kind"] as? String == "refused")
        #expect(try controlled.client().reply(#"{"id":1,"do":"hello"}"#)["ok"] != nil)
    }

    @Test(.enabled(if: Apart.isAllowed, "needs root to be another user"))
    func theModeOfTheSocketLetsOthersIn() throws {
        let controlled = try ControlledEmulator(["--socket-mode", "0666"])
        #expect(FileMode.permissions(controlled.path) == 0o666)
        let path = controlled.path
        let reply = try Apart.asUser { try ControlUnderTest(path).reply(#"{"id":1,"do":"hello"}"#) }
        #expect(reply["ok"] != nil)
    }

    /// A socket of another user at the path is no emulator of ours.
    @Test(.enabled(if: Apart.isAllowed, "needs root to be another user"))
    func ctlTrustsNoStranger() throws {
        let path = EmulatorUnderTest.freshSocketPath()
        let number = try Apart.asUser { try UnixSocket.listen(path: path).release() }
        let listener = FileDescriptor(adopting: number)
        let result = try ProcessTests.run("nina", ["ctl", "--control", "unix:\(path)", "list"])
        #expect(result.status == .exited(3) && result.errors.contains("user 65534"), "\(result.errors)")
        listener.close()
        UnixSocket.removeSocketFile(path: path)
    }

    // MARK: Starts and ends

    @Test func aPathThatIsTakenIsRefused() throws {
        let first = try ControlledEmulator()
        let socket = EmulatorUnderTest.freshSocketPath()
        let second = try ProcessTests.run(
            "nina-emulator", ["--socket", socket, "--control", "unix:\(first.path)"])
        #expect(second.status == .exited(3))
        #expect(second.errors.contains("another emulator has its control channel there"), "\(second.errors)")
        #expect(FileMode.permissions(socket) == nil)
        for value in ["", "x", "unix:", "tcp:127.0.0.1:1"] {
            let result = try ProcessTests.run("nina-emulator", ["--control", value])
            #expect(result.status == .exited(2) && result.errors.contains("--control"), "\(result.errors)")
        }
        for value in ["1234", "10.0.0.1:80", "0.0.0.0:80", "127.0.0.1:x", "127.0.0.1", ""] {
            let result = try ProcessTests.run("nina-emulator", ["--metrics", value])
            #expect(result.status == .exited(2) && result.errors.contains("--metrics"), "\(result.errors)")
        }
    }
}
