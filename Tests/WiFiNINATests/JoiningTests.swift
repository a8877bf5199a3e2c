import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA

@Suite(.timeLimit(.minutes(10))) struct JoiningTests {
    private func campus(_ firmware: Firmware = .modern) throws -> Host {
        try Host(joined: false) {
            $0.firmware = firmware
            $0.networks.append(
                RadioNetwork(
                    ssid: "campus", secret: .user(Array("ada".utf8), password: Array("engine".utf8)), security: .wpa2,
                    bssid: .zero))
        }
    }

    /// One command with Arduino's firmware, four with Adafruit's.
    @Test(arguments: [Firmware.modern, .arduino200, .adafruit330, .adafruit177])
    func joinsEnterpriseNetworks(_ firmware: Firmware) throws {
        let wifi = try campus(firmware).wifi
        try wifi.beginEnterprise("campus", username: "ada", password: "engine", identity: "outer")
        #expect(try wifi.status() == .connected)
        #expect(try wifi.ssid() == "campus")
    }

    @Test func enterpriseNetworksRefuseOthers() throws {
        let wifi = try campus().wifi
        #expect(throws: WiFiError.joinFailed(.connectFailed)) {
            try wifi.beginEnterprise("campus", username: "ada", password: "wrong")
        }
        #expect(try wifi.reasonCode() == 15)
        #expect(throws: WiFiError.joinFailed(.connectFailed)) {
            try wifi.beginEnterprise("campus", certificate: "PEM", key: "PEM", identity: "outer", rootCA: "PEM")
        }
        try wifi.beginEnterprise("open-net", certificate: "PEM", key: "PEM")
        #expect(try wifi.reasonCode() == 0)
        let adafruit = try campus(.adafruit330).wifi
        #expect(throws: WiFiError.unsupported(.setEnt)) {
            try adafruit.beginEnterprise("campus", certificate: "PEM", key: "PEM")
        }
    }

    @Test func makesAccessPoints() throws {
        let host = try Host()
        let wifi = host.wifi
        try wifi.beginAP("own-net", channel: 6)
        #expect(try wifi.status() == .apListening)
        try wifi.beginAP("own-net", passphrase: "password1")
        #expect(try wifi.status() == .apListening)
        #expect(try wifi.localIP() == IPv4Address(192, 168, 4, 1))
        #expect(throws: WiFiError.joinFailed(.apFailed)) { try wifi.beginAP("own-net", passphrase: "short") }
        try wifi.beginAP("own-net")
        try wifi.disconnect()
        #expect(try wifi.status() == .idle)
        #expect(throws: WiFiError.refused(.setApNet)) { try wifi.beginAP("") }
    }

    /// It reports its station: not started, connected, or what the last join has left.
    @Test func makesAccessPointsOfAdafruits3() throws {
        let host = try Host(joined: false) { $0.firmware = .adafruit330 }
        let wifi = host.wifi
        try wifi.beginAP("own-net", channel: 6)
        #expect(try wifi.status() == .stopped)
        #expect(throws: WiFiError.self) { try wifi.begin("lab-net", passphrase: "wrong-horse") }
        try wifi.beginAP("own-net", passphrase: "password1")
        try wifi.begin("lab-net", passphrase: "correct-horse")
        try wifi.beginAP("own-net")
        #expect(try wifi.status() == .connected)
        #expect(throws: WiFiError.joinFailed(.apFailed)) { try wifi.beginAP("own-net", passphrase: "short") }
    }

    /// A station may connect before the first query of the status.
    @Test func anAccessPointWithAStationIsUp() throws {
        let link = ScriptedLink()
        // SET_AP_NET; the status is idle, then 8. In between is the question whether this firmware reports access points at all.
        let version = [0xE0, 0xB7, 1, 5] + Array("2.0.0".utf8) + [0xEE]
        link.replies = [
            [0xE0, 0x98, 1, 1, 1, 0xEE], [0xE0, 0xA0, 1, 1, 0, 0xEE], version, [0xE0, 0xA0, 1, 1, 8, 0xEE],
        ].map { .success($0) }
        try WiFi(link: link).beginAP("own-net")
        #expect(link.replies.isEmpty)
        #expect(link.windows.map { $0[1] } == [0x18, 0x20, 0x37, 0x20])
    }

    @Test func anAccessPointEndsConnections() throws {
        let host = try Host()
        let server = try host.server()
        let (client, peer) = try host.acceptedClient(server)
        try wifi(host).beginAP("own-net")
        #expect(peer.isFinished)
        #expect(throws: WiFiError.staleHandle(SocketNumber(rawValue: 1))) { try client.read() }
        #expect(server.isListening)
    }

    private func wifi(_ host: Host) -> WiFi { host.wifi }

    /// The watchdog feeder is called at each status query.
    @Test func feedsTheWatchdog() throws {
        let host = try Host(joined: false) { $0.wifiDelay = .seconds(3) }
        var feeds = 0
        host.wifi.watchdogFeeder = { feeds += 1 }
        host.wifi.feedWatchdog()
        #expect(feeds == 1)
        try host.wifi.begin("open-net")
        #expect(feeds > 30)
        host.wifi.watchdogFeeder = nil
        host.wifi.feedWatchdog()
    }
}
