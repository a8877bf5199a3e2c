import NINAWire
import WiFiNINA

// Unencrypted connections to an external server.

extension APISuite {
    func clientCalls() {
        var client = WiFiClient(wifi)
        var peer = 0
        call("WiFiClient.init(_:family:)") { try equal(WiFiClient(wifi).socket, .unavailable) }
        call("WiFiClient.write(_:)-[UInt8]", failure: .notConnected) { _ = try client.write([1]) }
        call("WiFiClient.connectionTimeout") {
            try equal(client.connectionTimeout, nil)
            client.connectionTimeout = .seconds(5)
            try equal(client.connectionTimeout, .seconds(5))
        }
        call("WiFiClient.connect(_:port:timeout:)", .getSocket, .startClient) {
            try join()
            let port = try peers.listen()
            try client.connect(.address(peers.world.address), port: port)
            peer = try peers.accept()
            try equal(client.remotePort(), port)
        }
        call("WiFiClient.socket") { try check(client.socket != .unavailable, "no socket") }
        call("WiFiClient.remoteIP()", .getRemoteData) { try equal(client.remoteIP(), peers.world.address) }
        call("WiFiClient.remotePort()", .getRemoteData) { try check(client.remotePort() > 0, "port 0") }
        call("WiFiClient.description") { try equal("\(client)", "WiFiClient on socket \(client.socket)") }
        call("WiFiClient.hash(into:)") {
            var (one, other) = (Hasher(), Hasher())
            client.hash(into: &one)
            let copy = client
            copy.hash(into: &other)
            try equal(one.finalize(), other.finalize())
        }
        call("WiFiClient.==(_:_:)") {
            let copy = client
            try check(copy == client && client != WiFiClient(wifi), "copies are the same connection")
        }
        call("WiFiClient.connected()", .getClientState) { try equal(client.connected(), true) }
        call("WiFiClient.status()", .getClientState) { try equal(client.status(), .established) }
        writingCalls(&client, peer)
        readingCalls(client, peer)
        call("WiFiClient.stop()", .stopClient) {
            try client.stop()
            try equal(client.socket, .unavailable)
            try equal(client.connected(), false)
            try equal(peers.receive(1, on: peer), [])
            try peers.close(peer)
        }
        call("WiFiClient.read()", failure: .notConnected) { _ = try WiFiClient(wifi).read() }
        call("WiFiClient.connect(_:port:timeout:)", .startClient) {
            try client.connect(.name(Self.peerName), port: peers.listen(), timeout: .seconds(5))
            peer = try peers.accept()
            try peers.close(peer)
            // The end is noticed without bytes.
            try equal(client.waitForBytes(.seconds(10)), 0)
        }
        call("WiFiClient.connect(_:port:timeout:)", failure: .connectFailed) {
            // Nothing listens on port 1.
            try client.connect(.address(peers.world.address), port: 1, timeout: .seconds(5))
        }
    }

    private func writingCalls(_ client: inout WiFiClient, _ peer: Int) {
        func arrives(_ expected: [UInt8]) throws { try equal(peers.receive(expected.count, on: peer), expected) }
        let client = client
        call("WiFiClient.write(_:)-UInt8", .sendData) {
            try equal(client.write(65), 1)
            try arrives([65])
        }
        call("WiFiClient.write(_:)-[UInt8]", .sendData) {
            try equal(client.write([1, 2, 3]), 3)
            try arrives([1, 2, 3])
        }
        call("WiFiClient.write(_:)-ArraySlice<UInt8>", .sendData) {
            try equal(client.write(pattern(10_000)[1000..<9000]), 8000)
            try arrives(Array(pattern(10_000)[1000..<9000]))
        }
        call("WiFiClient.print(_:)") {
            try client.print("text")
            try arrives(bytes("text"))
        }
        call("WiFiClient.println(_:)") {
            try client.println("line")
            try client.println()
            try arrives(bytes("line\r\n\r\n"))
        }
        call("WiFiClient.writeAll(_:timeout:)-[UInt8]") {
            try client.writeAll(pattern(40_000))
            try arrives(pattern(40_000))
        }
        call("WiFiClient.writeAll(_:timeout:)-ArraySlice<UInt8>") {
            try client.writeAll(pattern(9000)[10...], timeout: .seconds(10))
            try arrives(Array(pattern(9000)[10...]))
        }
        call("WiFiClient.retriesWrites") {
            var patient = client
            try equal(patient.retriesWrites, false)
            patient.retriesWrites = true
            try equal(patient.write([7, 8]), 2)
            try arrives([7, 8])
        }
        call("WiFiClient.flush()") {
            client.flush()
            try equal(client.connected(), true)
        }
    }

    private func readingCalls(_ client: WiFiClient, _ peer: Int) {
        call("WiFiClient.available()") { try equal(client.available(), 0) }
        call("WiFiClient.waitForBytes(_:)", failure: .timedOut(.read)) {
            _ = try client.waitForBytes(.milliseconds(20))
        }
        call("WiFi.waitForActivity(_:)") {
            try equal(wifi.waitForActivity(.milliseconds(20)), false)
            try peers.send(bytes("hello"), on: peer)
            try equal(wifi.waitForActivity(.seconds(10)), true)
        }
        call("WiFiClient.waitForBytes(_:)", .getDatabuf) { try equal(client.waitForBytes(.seconds(10)), 5) }
        call("WiFiClient.waitForBytes(_:atLeast:)") { try equal(client.waitForBytes(.seconds(10), atLeast: 5), 5) }
        call("WiFiClient.peek()") { try equal(client.peek(), UInt8(ascii: "h")) }
        call("WiFiClient.read()") {
            try equal(client.read(), UInt8(ascii: "h"))
            try equal(client.available(), 4)
        }
        call("WiFiClient.read(_:)") {
            try equal(client.read(2), bytes("el"))
            try equal(client.read(100), bytes("lo"))
            try equal(client.read(100), [])
            try equal(client.read(), nil)
        }
        call("WiFiClient.read(exactly:timeout:)") {
            try peers.send(bytes("again"), on: peer)
            try equal(client.read(exactly: 2), bytes("ag"))
            try equal(client.read(exactly: 3, timeout: .seconds(10)), bytes("ain"))
        }
        call("WiFiClient.read(into:)") {
            let sent = pattern(20_000)
            try peers.send(sent, on: peer)
            var buffer = [UInt8](repeating: 0, count: 9000)
            let received = try collect(sent.count) { _ in
                let count = try client.read(into: &buffer)
                return Array(buffer.prefix(count))
            }
            try equal(received == sent, true)
        }
    }
}
