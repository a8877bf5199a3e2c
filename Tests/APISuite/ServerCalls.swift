import NINAWire
import WiFiNINA

// A server with external clients.

extension APISuite {
    func serverCalls() {
        let server = WiFiServer(wifi, port: 8080)
        var ownAddress = IPv4Address.any
        var first = 0
        call("WiFiServer.init(_:port:family:)") { try equal(WiFiServer(wifi).port, 80) }
        call("WiFiServer.port") { try equal(server.port, 8080) }
        call("WiFiServer.available()", failure: .serverNotListening) { _ = try server.available() }
        call("WiFiServer.accept()", failure: .serverNotListening) { _ = try server.accept() }
        call("WiFiServer.begin()", .getSocket, .startServer) {
            try join()
            ownAddress = try wifi.localIP()
            try server.begin()
            try server.begin()
        }
        call("WiFiServer.isListening") { try equal(server.isListening, true) }
        call("WiFiServer.status()", .getStateTCP) { try equal(server.status(), true) }
        call("WiFiServer.available()", .availData) {
            try check(server.available() == nil, "a client out of nowhere")
            first = try peers.connect(to: ownAddress, port: 8080)
            try peers.send(bytes("one"), on: first)
            let client = try eventually("client") { try server.available() }
            try equal(client.remotePort(), peers.port(of: first))
            try equal(client.remoteIP(), peers.world.address)
            try equal(collect(3) { try client.read($0) }, bytes("one"))
        }
        // With firmware that treats every client as accepted, data written to the server reaches no client.
        let reaches = firmware.dialect.acceptRule != .always
        func arrives(_ expected: [UInt8], _ count: Int) throws {
            try equal(count, reaches ? expected.count : 0)
            if reaches { try equal(peers.receive(expected.count, on: first), expected) }
        }
        call("WiFiServer.print(_:)", .sendData) { try arrives(bytes("to all"), server.print("to all")) }
        call("WiFiServer.write(_:)-[UInt8]", .sendData) { try arrives([1, 2, 3], server.write([1, 2, 3])) }
        call("WiFiServer.write(_:)-ArraySlice<UInt8>", .sendData) {
            try arrives(Array(pattern(5000)[1000...]), server.write(pattern(5000)[1000...]))
        }
        call("WiFiServer.accept()", .availData) {
            let second = try peers.connect(to: ownAddress, port: 8080)
            // Without accept, only clients that have bytes are returned.
            if firmware.dialect.acceptRule == .never { try peers.send(bytes("two"), on: second) }
            let client = try eventually("client") { try server.accept() }
            try equal(client.remotePort(), peers.port(of: second))
            try check(server.accept() == nil, "a client is handed out twice")
            if firmware.dialect.acceptRule == .never { try equal(collect(3) { try client.read($0) }, bytes("two")) }
            try client.print("welcome")
            try equal(peers.receive(7, on: second), bytes("welcome"))
            try check(server.accept() == nil, "a client is handed out twice")
            try client.stop()
            try equal(peers.receive(1, on: second), [])
            try peers.close(second)
        }
        // With firmware that ignores a second start on a slot, the port does not change either.
        let listening: UInt16 = has(.secondStartChangesNothing) ? 8080 : 8081
        call("WiFiServer.begin(_:)", .startServer) {
            try server.begin(8081)
            try equal(server.port, 8081)
            try equal(server.status(), true)
            let third = try peers.connect(to: ownAddress, port: listening)
            try peers.send(bytes("three"), on: third)
            let client = try eventually("client") { try server.available() }
            try equal(client.remotePort(), peers.port(of: third))
            try peers.close(third)
            try client.stop()
        }
        call("WiFiServer.end()") {
            try server.end()
            try equal(server.isListening, false)
            try equal(server.status(), false)
            // Without STOP_SERVER the port stays in use until a reset.
            let port = (try? peers.connect(to: ownAddress, port: listening)) != nil
            try equal(port, has(.stopLeavesServers))
            try peers.close(first)
        }
        call("WiFi.reset()") {
            try wifi.reset()
            try check((try? peers.connect(to: ownAddress, port: listening)) == nil, "a reset module listens")
            try join()
        }
    }
}
