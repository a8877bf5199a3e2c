import TestPeers
import LinuxIO
import NINAWire
import Testing

/// `nina example`: the sketches with a peer, which the test plays.
///
/// Their servers have ports of their own on the coprocessor's address, which no other process uses.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ExamplePeerTests {
    private static let profiles = ["modern", "arduino-2.0.0", "arduino-1.4.8", "adafruit-3.3.0", "adafruit-1.7.7"]
    /// Firmware whose `server.write` reaches the clients that `available()` has returned: Adafruit's 3.x takes every
    /// client for an accepted one and skips those.
    private static let broadcasters = profiles.filter { $0 != "adafruit-3.3.0" }
    /// Firmware that reports a client before it has sent anything.
    private static let greeters = ["modern", "arduino-2.0.0", "adafruit-3.3.0"]
    private static let page =
        "HTTP/1.1 200 OK\r\nContent-type: text/html\r\nConnection: close\r\n\r\n"
        + "<p>Click <a href=\"/H\">here</a> to turn the LED on</p>\r\n"
        + "<p>Click <a href=\"/L\">here</a> to turn the LED off</p>\r\n"

    /// What a browser receives.
    private func get(_ path: String, _ address: IPv4Address, port: UInt16) throws -> String {
        let browser = try TCPPeer(address, port: port)
        try browser.send("GET \(path) HTTP/1.1\r\nHost: module\r\n\r\n")
        return try browser.readText()
    }

    // MARK: Servers

    @Test(arguments: profiles) func aWebPageSwitchesTheLED(_ profile: String) throws {
        let emulator = try EmulatorUnderTest(["--firmware", profile, "--log-level", "debug"])
        let example = try ExampleUnderTest(
            "SimpleWebServerWiFi", ["--port", "8080", "--led", "27", "--rounds", "3"], on: emulator)
        let address = try example.address()
        let url = try example.waits(for: "To see this page in action, open a browser to ")
        #expect(url == "http://\(address):8080/")
        #expect(try get("/", address, port: 8080) == Self.page)
        #expect(!emulator.logText.contains("SET_DIGITAL_WRITE"))
        #expect(try get("/H", address, port: 8080) == Self.page)
        #expect(try emulator.logs("SET_DIGITAL_WRITE pin=27 value=1"))
        #expect(try get("/L", address, port: 8080) == Self.page)
        #expect(try emulator.logs("SET_DIGITAL_WRITE pin=27 value=0"))
        let lines = try example.end()
        let expected: [String] = [
            "new client", "client disconnected", "new client", "LED on", "client disconnected", "new client", "LED off",
            "client disconnected",
        ]
        #expect(lines.suffix(8) == expected[...])
        #expect(emulator.logText.contains("SET_PIN_MODE pin=27 mode=1"))
    }

    /// A client that disconnects during its request does not disturb the next one.
    @Test func aWebServerOutlivesItsClients() throws {
        let emulator = try EmulatorUnderTest()
        let example = try ExampleUnderTest("SimpleWebServerWiFi", ["--port", "8080", "--rounds", "2"], on: emulator)
        let address = try example.address()
        try example.waits(for: "To see")
        let rude = try TCPPeer(address, port: 8080)
        try rude.send("GET /H HTT")
        try example.waits(for: "new client")
        try rude.reset()
        rude.close()
        try example.waits(for: "client disconnected")
        #expect(try get("/", address, port: 8080) == Self.page)
        _ = try example.end()
    }

    @Test(arguments: profiles) func aNetworkOfItsOwnHasAWebPage(_ profile: String) throws {
        let emulator = try EmulatorUnderTest(["--firmware", profile])
        let example = try ExampleUnderTest(
            "AP_SimpleWebServer", ["--ssid", "my-own", "--pass", "eight-or-more", "--port", "8080", "--rounds", "1"],
            on: emulator)
        // Adafruit's 3.x reports its station, which has neither name nor address.
        let isReported = profile != "adafruit-3.3.0"
        #expect(try example.waits(for: "SSID: ") == (isReported ? "my-own" : ""))
        // The address that stations of the network would use; the log has its address on this machine.
        #expect(try example.address() == (isReported ? IPv4Address(192, 168, 4, 1) : .any))
        #expect(try emulator.logs("server on port 8080 is reachable at "))
        let text = emulator.logText
        let start = try #require(text.range(of: "reachable at ")).upperBound
        let address = try #require(IPv4Address(dottedDecimal: text[start...].utf8.prefix { $0 != UInt8(ascii: ":") }))
        #expect(try get("/H", address, port: 8080) == Self.page)
        #expect(try example.end().contains("LED on"))
    }

    @Test(arguments: profiles) func aWebPageShowsVoltages(_ profile: String) throws {
        let example = try ExampleUnderTest(
            "WiFiWebServer", ["--port", "8080", "--rounds", "1"], on: EmulatorUnderTest(["--firmware", profile]))
        let address = try example.address()
        try example.waits(for: "To see")
        let page = try get("/", address, port: 8080)
        #expect(page.hasPrefix("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nRefresh: 5\r\n\r\n"))
        for channel in 0..<6 {
            #expect(page.contains("analog input \(channel) is \(1000 + 10 * channel)<br>\r\n"), "\(page)")
        }
        #expect(try example.end().contains("GET / HTTP/1.1"))
    }

    @Test(arguments: broadcasters) func chats(_ profile: String) throws {
        let example = try ExampleUnderTest(
            "WiFiChatServer", ["--port", "2323", "--rounds", "2"], on: EmulatorUnderTest(["--firmware", profile]))
        let address = try example.address()
        try example.waits(for: "Chat server on port 2323")
        let ada = try TCPPeer(address, port: 2323)
        try ada.send("I am Ada\n")
        try ada.expect("Hello, client!\r\nI am Ada\n")
        let bob = try TCPPeer(address, port: 2323)
        try bob.send("and I am Bob\n")
        try bob.expect("Hello, client!\r\nand I am Bob\n")
        try ada.expect("and I am Bob\n")
        let lines = try example.end()
        #expect(lines.suffix(4) == ["We have a new client", "I am Ada", "We have a new client", "and I am Bob"])
    }

    @Test(arguments: greeters) func chatsWithThoseWhoAreSilentToo(_ profile: String) throws {
        let example = try ExampleUnderTest(
            "WiFiAdvancedChatServer", ["--port", "2323", "--rounds", "2"],
            on: EmulatorUnderTest(["--firmware", profile]))
        let address = try example.address()
        try example.waits(for: "Chat server on port 2323")
        let ada = try TCPPeer(address, port: 2323)
        try ada.expect("Hello, client number: 0\r\n")
        let bob = try TCPPeer(address, port: 2323)
        try bob.expect("Hello, client number: 1\r\n")
        try ada.send("is anybody here?\n")
        try bob.expect("is anybody here?\n")
        try bob.send("I am\n")
        try ada.expect("I am\n")
        bob.close()
        try example.waits(for: "disconnect client #1")
        // Its place is free for the next client.
        let eve = try TCPPeer(address, port: 2323)
        try eve.expect("Hello, client number: 1\r\n")
        ada.close()
        let lines = try example.end()
        #expect(lines.contains("is anybody here?"))
        #expect(lines.last == "disconnect client #0")
    }

    @Test(arguments: broadcasters) func pages(_ profile: String) throws {
        let example = try ExampleUnderTest(
            "WiFiPagerServer", ["--rounds", "2"], on: EmulatorUnderTest(["--firmware", profile]))
        let address = try example.address()
        try example.waits(for: "Pager server on port 2323")
        let ada = try TCPPeer(address, port: 2323)
        try ada.send("first\r\n")
        try ada.expect("first\r\n")
        let bob = try TCPPeer(address, port: 2323)
        // Control sequences are shown, not executed.
        try bob.send("second \u{1B}[2J\n")
        for peer in [ada, bob] { try peer.expect("second \u{1B}[2J\r\n") }
        #expect(try example.end().suffix(2) == ["message: first", "message: second \\u{1B}[2J"])
    }

    // MARK: Clients

    @Test(arguments: profiles) func fetchesAPage(_ profile: String) throws {
        let server = try ListeningPeer()
        let emulator = try EmulatorUnderTest(["--firmware", profile, "--host", "web.example=127.0.0.1"])
        let example = try ExampleUnderTest(
            "WiFiWebClient", ["--host", "web.example", "--port", "\(server.port)"], on: emulator)
        let client = try server.accept()
        #expect(try client.readRequest() == "GET / HTTP/1.1\r\nHost: web.example\r\nConnection: close\r\n\r\n")
        let body = (0..<2000).map { "line \($0)\n" }.joined()
        try client.send("HTTP/1.1 200 OK\r\n\r\n" + body)
        client.close()
        let lines = try example.end()
        #expect(lines.drop { $0 != "connected to server" }.dropFirst() == expected(body))
    }

    private func expected(_ body: String) -> ArraySlice<String> {
        let page = body.split(separator: "\n").map(String.init)
        return (["HTTP/1.1 200 OK", ""] + page + ["", "disconnecting from server."])[...]
    }

    @Test(arguments: profiles) func fetchesAPageAgainAndAgain(_ profile: String) throws {
        let server = try ListeningPeer()
        let options = ["--host", "127.0.0.1", "--port", "\(server.port)", "--rounds", "3", "--every", "0"]
        let example = try ExampleUnderTest(
            "WiFiWebClientRepeating", options, on: EmulatorUnderTest(["--firmware", profile]))
        for number in 1...3 {
            let client = try server.accept()
            #expect(try client.readRequest().hasPrefix("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"))
            try client.send("HTTP/1.1 200 OK\r\n\r\nvisit \(number)\n")
        }
        let lines = try example.end()
        #expect(lines.filter { $0.hasPrefix("visit") } == ["visit 1", "visit 2", "visit 3"])
        #expect(lines.count { $0 == "connecting..." } == 3)
    }

    @Test func fetchesAPageByTLS() throws {
        let server = try TLSServer.openSSL("good", ["-www"])
        let emulator = try EmulatorUnderTest.withAuthority()
        let options = ["--host", "good.example", "--port", "\(server.port)"]
        let lines = try ExampleUnderTest("WiFiSSLClient", options, on: emulator).end()
        #expect(lines.contains("connected to server"))
        #expect(lines.contains { $0.hasPrefix("HTTP/1.0 200 ok") })
        #expect(lines.contains { $0.contains("TLSv1.3") })
        #expect(lines.last == "disconnecting from server.")
        // A server with an untrusted certificate is refused.
        let stranger = try TLSServer.openSSL("self", ["-www"])
        let refused = try ExampleUnderTest(
            "WiFiSSLClient", ["--host", "good.example", "--port", "\(stranger.port)"], on: emulator)
        #expect(try !refused.end(.exited(1)).contains("connected to server"))
    }

    @Test(arguments: profiles) func acknowledgesDatagrams(_ profile: String) throws {
        let example = try ExampleUnderTest(
            "WiFiUdpSendReceiveString", ["--rounds", "2"], on: EmulatorUnderTest(["--firmware", profile]))
        let address = try example.address()
        try example.waits(for: "Waiting for datagrams on port 2390")
        let peer = try UDPPeer()
        for text in ["hello", "again"] {
            try peer.send(Array(text.utf8), to: address, 2390)
            let answer = try peer.receive()
            #expect(answer.bytes == Array("acknowledged".utf8))
            #expect(answer.from == IPv4Endpoint(address: address.rawValue, port: 2390))
        }
        let lines = try example.end()
        var expected: [String] = []
        for text in ["hello", "again"] {
            expected += ["Received packet of size 5", "From 127.0.0.1, port \(peer.port)", "Contents: \(text)"]
        }
        #expect(lines.suffix(6) == expected[...])
    }

    @Test(arguments: profiles) func asksForTheTime(_ profile: String) throws {
        let server = try UDPPeer()
        let emulator = try EmulatorUnderTest(["--firmware", profile, "--host", "time.example=127.0.0.1"])
        let options = ["--host", "time.example", "--port", "\(server.port)", "--rounds", "1", "--every", "0"]
        let example = try ExampleUnderTest("WiFiUdpNtpClient", options, on: emulator)
        let (question, asker) = try server.receive()
        #expect(question.count == 48)
        #expect(question[0] & 0b111 == 3)  // a client
        // 3,908,988,800 seconds since 1900: 22:13:20 on 14 November 2023.
        var answer = [UInt8](repeating: 0, count: 48)
        answer.replaceSubrange(40..<44, with: [0xE8, 0xFE, 0x6F, 0x80])
        try server.send(answer, to: IPv4Address(rawValue: asker.address), asker.port)
        let lines = try example.end()
        #expect(
            lines.suffix(3) == [
                "Seconds since Jan 1 1900 = 3908988800", "Unix time = 1700000000", "The UTC time is 22:13:20",
            ], "\(lines)")
    }
}
