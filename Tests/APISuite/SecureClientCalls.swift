import NINAWire
import WiFiNINA

// TLS connections. BearSSL exists only in Arduino's firmware; with Adafruit's the connection fails.

extension APISuite {
    /// The calls that need a TLS connection: skip them without such a peer, or without OpenSSL.
    public static let callsOverTLS: Set<String> = {
        let both = [
            "connect(_:port:timeout:)", "client", "connected()",
            "status()", "remoteIP()", "remotePort()", "waitForBytes(_:)", "waitForBytes(_:atLeast:)",
            "read(exactly:timeout:)", "available()", "peek()", "read()", "read(_:)",
            "read(into:)", "write(_:)-UInt8", "write(_:)-[UInt8]", "write(_:)-ArraySlice<UInt8>", "print(_:)",
            "println(_:)", "writeAll(_:timeout:)-[UInt8]", "writeAll(_:timeout:)-ArraySlice<UInt8>",
        ]
        let plain = ["connectSSL(_:port:timeout:)", "connectBearSSL(_:port:timeout:)"]
        return Set(
            both.flatMap { ["WiFiSSLClient.\($0)", "WiFiBearSSLClient.\($0)"] }
                + plain.map { "WiFiClient.\($0)" })
    }()

    private var hasBearSSL: Bool { firmware.family == .arduino }

    /// Firmware before 3.0 reverses addresses, so the server is not reached.
    private func failure(_ isReversed: Bool) -> WiFiError? { isReversed ? .connectFailed : nil }

    func secureClientCalls() {
        // Reversed addresses are in this network, to which nothing is sent.
        call("WiFi.begin(_:)") { try wifi.begin("far-net") }
        plainClientCalls()
        secureCalls(
            WiFiSSLClient.self, "WiFiSSLClient", type: .tls, connects: true, reverses: has(.tlsReversesAddresses))
        var bear = WiFiBearSSLClient(wifi)
        call("WiFiBearSSLClient.setECTrustAnchor(_:flags:curve:key:)", .brSetEcTa) {
            try wifi.reset()
            try wifi.begin("far-net")
            try bear.setECTrustAnchor(
                peers.world.authorityName, flags: 1, curve: 23, key: peers.world.authorityKey)
        }
        secureCalls(
            WiFiBearSSLClient.self, "WiFiBearSSLClient", type: .tlsBearSSL, connects: hasBearSSL, reverses: false)
        call("WiFiBearSSLClient.errorCode()", .brErrorCode) {
            try equal(bear.errorCode(), 0)
            bear.client.connectionTimeout = .seconds(5)
        }
        call("WiFi.begin(_:passphrase:)") { try join() }
    }

    /// The methods of `WiFiClient` itself.
    private func plainClientCalls() {
        var client = WiFiClient(wifi)
        let world = peers.world
        func greets() throws {
            try equal(collect(world.greeting.count) { try client.read($0) }, world.greeting)
            try client.stop()
        }
        call("WiFiClient.connectSSL(_:port:timeout:)", .startClient) {
            try client.connectSSL(.name(Self.peerName), port: world.securePort)
            try greets()
        }
        call(
            "WiFiClient.connectSSL(_:port:timeout:)", .startClient,
            failure: failure(has(.tlsReversesAddresses))
        ) {
            try client.connectSSL(.address(world.address), port: world.securePort, timeout: .seconds(5))
            try greets()
        }
        call("WiFiClient.setECTrustAnchorBearSSL(_:flags:curve:key:)", .brSetEcTa) {
            try client.setECTrustAnchorBearSSL(world.authorityName, flags: 1, curve: 23, key: world.authorityKey)
        }
        call("WiFiClient.connectBearSSL(_:port:timeout:)", failure: failure(!hasBearSSL)) {
            try client.connectBearSSL(.name(Self.peerName), port: world.securePort)
            try greets()
        }
        call("WiFiClient.connectBearSSL(_:port:timeout:)", failure: failure(!hasBearSSL)) {
            try client.connectBearSSL(.address(world.address), port: world.securePort, timeout: .seconds(5))
            try greets()
        }
        call("WiFiClient.errorCodeBearSSL()", .brErrorCode) { try equal(client.errorCodeBearSSL(), 0) }
    }

    /// The methods of both clients.
    private func secureCalls<Client: WiFiSecureClient>(
        _ type: Client.Type, _ name: String, type socketType: SocketType, connects: Bool, reverses: Bool
    ) where Client: MadeForModule {
        var client = Client(wifi)
        let world = peers.world
        let lost = connects ? nil : WiFiError.notConnected
        func echoes(_ expected: [UInt8]) throws {
            try equal(collect(expected.count) { try client.read($0) } == expected, true)
        }
        call("\(name).init(_:)") { try equal(Client(wifi).socket, .unavailable) }
        call("\(name).socketType") { try equal(Client.socketType, socketType) }
        call("\(name).connectionTimeout") {
            client.connectionTimeout = .seconds(5)
            try equal(client.connectionTimeout, .seconds(5))
        }
        call("\(name).connect(_:port:timeout:)", failure: failure(!connects || reverses)) {
            try client.connect(.address(world.address), port: world.securePort)
            try echoes(world.greeting)
        }
        call("\(name).connect(_:port:timeout:)", failure: failure(!connects)) {
            try client.connect(.name(Self.peerName), port: world.securePort, timeout: .seconds(10))
        }
        call("\(name).client") { try equal(client.client.socket != .unavailable, connects) }
        call("\(name).socket") { try equal(client.socket, client.client.socket) }
        call("\(name).connected()") { try equal(client.connected(), connects) }
        call("\(name).status()") { try equal(client.status(), connects ? .established : .closed) }
        call("\(name).remoteIP()", failure: lost) { try equal(client.remoteIP(), world.address) }
        call("\(name).remotePort()", failure: lost) { try equal(client.remotePort(), world.securePort) }
        call("\(name).waitForBytes(_:)", failure: lost) {
            try equal(client.waitForBytes(.seconds(10)), world.greeting.count)
        }
        call("\(name).waitForBytes(_:atLeast:)", failure: lost) {
            try equal(client.waitForBytes(.seconds(10), atLeast: world.greeting.count), world.greeting.count)
        }
        call("\(name).available()", failure: lost) { try equal(client.available(), world.greeting.count) }
        call("\(name).peek()", failure: lost) { try equal(client.peek(), world.greeting[0]) }
        call("\(name).read()", failure: lost) { try equal(client.read(), world.greeting[0]) }
        call("\(name).read(_:)", failure: lost) {
            try equal(client.read(100), Array(world.greeting.dropFirst()))
            try equal(client.read(100), [])
        }
        call("\(name).read(exactly:timeout:)", failure: lost) {
            try equal(client.write([66, 67]), 2)
            try equal(client.read(exactly: 2, timeout: .seconds(10)), [66, 67])
        }
        call("\(name).write(_:)-UInt8", failure: lost) {
            try equal(client.write(65), 1)
            try echoes([65])
        }
        call("\(name).write(_:)-[UInt8]", failure: lost) {
            try equal(client.write([1, 2, 3]), 3)
            try echoes([1, 2, 3])
        }
        call("\(name).write(_:)-ArraySlice<UInt8>", failure: lost) {
            try equal(client.write(pattern(3000)[1000...]), 2000)
            try echoes(Array(pattern(3000)[1000...]))
        }
        call("\(name).print(_:)", failure: lost) {
            try client.print("text")
            try echoes(bytes("text"))
        }
        call("\(name).println(_:)", failure: lost) {
            try client.println("line")
            try echoes(bytes("line\r\n"))
        }
        call("\(name).flush()") { client.flush() }
        call("\(name).writeAll(_:timeout:)-[UInt8]", failure: lost) {
            try client.writeAll(pattern(20_000))
            try echoes(pattern(20_000))
        }
        call("\(name).writeAll(_:timeout:)-ArraySlice<UInt8>", failure: lost) {
            try client.writeAll(pattern(6000)[10...], timeout: .seconds(10))
            try echoes(Array(pattern(6000)[10...]))
        }
        call("\(name).read(into:)", failure: lost) {
            try client.writeAll(bytes("buffer"))
            var buffer = [UInt8](repeating: 0, count: 5000)
            let received = try collect(6) { _ in
                let count = try client.read(into: &buffer)
                return Array(buffer.prefix(count))
            }
            try equal(received, bytes("buffer"))
        }
        call("\(name).stop()") {
            try client.stop()
            try equal(client.socket, .unavailable)
            try equal(client.connected(), false)
        }
    }
}

/// A client that is created for a module.
protocol MadeForModule {
    init(_ wifi: WiFi)
}

extension WiFiSSLClient: MadeForModule {}
extension WiFiBearSSLClient: MadeForModule {}
