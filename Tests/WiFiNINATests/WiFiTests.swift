import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA

@Suite(.timeLimit(.minutes(10))) struct WiFiTests {
    @Test func tellsOfTheConnection() throws {
        let host = try Host()
        let wifi = host.wifi
        #expect(try wifi.status() == .connected)
        #expect(try wifi.firmwareVersion() == "3.5.0")
        #expect(try wifi.macAddress().description == "24:0A:C4:01:02:03")
        #expect(try wifi.localIP() == IPv4Address(127, 1, 0, 1))
        #expect(try wifi.subnetMask() == IPv4Address(255, 0, 0, 0))
        #expect(try wifi.gatewayIP() == .loopback)
        #expect(try wifi.ssid() == "lab-net")
        #expect(try wifi.bssid().description == "02:00:00:AA:BB:01")
        #expect(try wifi.rssi() == -52)
        #expect(try wifi.encryptionType() == .wpa2)
        try wifi.disconnect()
        #expect(try wifi.status() == .disconnected)
        #expect(try wifi.localIP() == .any)
        #expect(try wifi.ssid().isEmpty)
        #expect(try wifi.rssi() == 0)
        #expect(try wifi.encryptionType() == .open)
    }

    @Test func joinsInEachWay() throws {
        let wifi = try Host(joined: false).wifi
        #expect(try wifi.status() == .idle)
        try wifi.begin("open-net")
        #expect(try wifi.ssid() == "open-net")
        try wifi.begin("lab-net", keyIndex: 0, key: "correct-horse")
        #expect(try wifi.ssid() == "lab-net")
        try wifi.begin("lab-net", passphrase: "correct-horse")
        #expect(try wifi.status() == .connected)
    }

    @Test func failsToJoin() throws {
        let wifi = try Host().wifi
        #expect(throws: WiFiError.joinFailed(.connectFailed)) { try wifi.begin("lab-net", passphrase: "wrong") }
        #expect(throws: WiFiError.joinFailed(.connectFailed)) { try wifi.begin("nowhere") }
        #expect(throws: WiFiError.joinFailed(.connectFailed)) { try wifi.begin("lab-net") }
        #expect(throws: WiFiError.refused(.setNet)) { try wifi.begin("") }
        #expect(throws: WiFiError.refused(.setNet)) { try wifi.begin(String(repeating: "x", count: 33)) }
        #expect(throws: WiFiError.self) { try wifi.begin(String(repeating: "x", count: 256)) }
    }

    @Test func joiningTakesItsTime() throws {
        let host = try Host(joined: false) { $0.wifiDelay = .seconds(3) }
        host.wifi.timeout = .seconds(1)
        let time = host.milliseconds {
            #expect(throws: WiFiError.timedOut(.join)) { try host.wifi.begin("open-net") }
        }
        #expect((1000...1010).contains(time))
        host.wifi.timeout = .zero
        #expect(throws: WiFiError.timedOut(.join)) { try host.wifi.begin("open-net") }
        host.wifi.timeout = .seconds(4)
        let joining = try host.milliseconds { try host.wifi.begin("open-net") }
        #expect((1900...3110).contains(joining))
    }

    /// Adafruit's 3.x reports the encryption with other numbers.
    @Test(arguments: [Firmware.modern, .arduino200, .adafruit330, .adafruit177])
    func encryptionMeansTheSameInEveryFirmware(_ firmware: Firmware) throws {
        let wifi = try Host { $0.firmware = firmware }.wifi
        #expect(try wifi.scanNetworks() == 2)
        #expect(try wifi.encryptionType(0) == .wpa2)
        #expect(try wifi.encryptionType(1) == EncryptionType.open)
    }

    @Test func scans() throws {
        let host = try Host()
        let wifi = host.wifi
        #expect(wifi.ssid(0) == nil)
        #expect(try wifi.rssi(0) == nil)
        // One command starts the scan, another one fetches the result.
        #expect(try host.commands { _ = try wifi.scanNetworks() } == 2)
        #expect(wifi.ssid(0) == "lab-net" && wifi.ssid(1) == "open-net")
        #expect(try wifi.rssi(1) == -70)
        #expect(try wifi.encryptionType(1) == EncryptionType.open)
        #expect(try wifi.bssid(1)?.description == "02:00:00:AA:BB:02")
        #expect(try wifi.channel(1) == 11)
        for index in [2, 255, 256, -1, Int.max, Int.min] {
            #expect(wifi.ssid(index) == nil)
            #expect(try wifi.rssi(index) == nil)
            #expect(try wifi.encryptionType(index) == nil)
            #expect(try wifi.bssid(index) == nil)
            #expect(try wifi.channel(index) == nil)
        }
        #expect(try wifi.status() == .connected)
    }

    @Test func commandsTimeOut() throws {
        let host = try Host { $0.wifiDelay = .seconds(4) }
        host.wifi.commandTimeout = .seconds(1)
        #expect(host.wifi.commandTimeout == .seconds(1))
        let time = host.milliseconds {
            #expect(throws: WiFiError.link(LinkError(.timedOut, .reply), .scanNetworks)) {
                try host.wifi.scanNetworks()
            }
        }
        #expect((1000...1001).contains(time))
        #expect(throws: WiFiError.link(LinkError(.timedOut, .readyForCommand), .getConnStatus)) {
            try host.wifi.status()
        }
        host.wifi.commandTimeout = .seconds(10)
        // A reply that is no longer awaited is not taken for another.
        #expect(try host.wifi.status() == .connected)
        #expect(try host.wifi.scanNetworks() == 2)
    }

    @Test func looksNamesUp() throws {
        let host = try Host()
        host.network.hosts["box"] = Host.address
        #expect(try host.wifi.hostByName("box") == Host.address)
        #expect(try host.wifi.hostByName("1.2.3.4") == IPv4Address(1, 2, 3, 4))
        #expect(throws: WiFiError.hostNotFound) { try host.wifi.hostByName("nowhere") }
        #expect(throws: WiFiError.hostNotFound) { try host.wifi.hostByName("") }
        host.network.answersAtOnce = false
        #expect(throws: WiFiError.hostNotFound) { try host.wifi.hostByName("box") }
    }

    @Test func waitsForActivity() throws {
        let host = try Host()
        let server = try host.server()
        var isActive = true
        var time = try host.milliseconds { isActive = try host.wifi.waitForActivity(.milliseconds(500)) }
        #expect(!isActive && time == 500)
        let peer = try #require(host.network.connect(to: 80))
        time = try host.milliseconds { isActive = try host.wifi.waitForActivity(.seconds(5)) }
        #expect(isActive && time == 0)
        let client = try #require(try server.accept())
        #expect(try !host.wifi.waitForActivity(.zero))
        peer.finish()
        #expect(try !host.wifi.waitForActivity(.milliseconds(10)))
        #expect(try !client.connected())
        time = try host.milliseconds { try host.wifi.delay(.seconds(2)) }
        #expect(time == 2000)
        try host.wifi.delay(.seconds(-1))
    }

    @Test func resetInvalidatesHandles() throws {
        let host = try Host()
        let server = try host.server()
        let (client, peer) = try host.acceptedClient(server)
        peer.send([1, 2, 3])
        #expect(try client.peek() == 1)
        try host.wifi.reset()
        #expect(peer.wasReset)
        #expect(try host.wifi.status() == .idle)
        #expect(!server.isListening)
        #expect(throws: WiFiError.serverNotListening) { try server.accept() }
        #expect(throws: WiFiError.staleHandle(SocketNumber(rawValue: 1))) { try client.read() }
        #expect(client.socket == .unavailable)
        #expect(try !client.connected())
        try client.stop()
        try host.wifi.begin("open-net")
        try server.begin()
        let (next, _) = try host.acceptedClient(server)
        #expect(next.socket == SocketNumber(rawValue: 1))
        #expect(next != client)
        #expect(throws: WiFiError.staleHandle(SocketNumber(rawValue: 1))) { try client.write([1]) }
    }

    @Test func endEndsTheLink() throws {
        let host = try Host()
        let (client, peer) = try host.acceptedClient(try host.server())
        host.wifi.end()
        host.wifi.end()
        #expect(peer.wasReset)
        #expect(throws: WiFiError.self) { try host.wifi.status() }
        #expect(throws: WiFiError.self) { try client.read() }
        #expect(throws: WiFiError.self) { try host.wifi.reset() }
    }

    /// Listeners outlive the network on the coprocessor, and so do their handles.
    @Test func serversOutliveTheNetwork() throws {
        let host = try Host()
        let server = try host.server()
        let (client, peer) = try host.acceptedClient(server)
        try host.wifi.disconnect()
        #expect(peer.isFinished)
        #expect(throws: WiFiError.staleHandle(SocketNumber(rawValue: 1))) { try client.read() }
        #expect(server.isListening)
        try host.wifi.begin("open-net")
        #expect(server.isListening)
        #expect(try server.status())
        _ = try host.acceptedClient(server)
        try server.begin()
        #expect(try server.status())
        #expect(host.network.openSockets == 2)
    }

    /// Without an association the coprocessor closes nothing by itself.
    @Test func leavingANetworkThatWasNeverJoinedLeaksNothing() throws {
        let host = try Host(joined: false) { $0.allowsSocketsWithoutJoin = true }
        let server = try host.server()
        for _ in 0..<20 {
            let (client, peer) = try host.acceptedClient(server)
            try host.wifi.disconnect()
            #expect(throws: WiFiError.staleHandle(SocketNumber(rawValue: 1))) { try client.read() }
            #expect(peer.isFinished)
        }
        #expect(host.network.openSockets == 1)
    }
}
