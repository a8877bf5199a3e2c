import NINAWire
import WiFiNINA

// Servers and clients over BSD sockets, with firmware that has them.

extension APISuite {
    func familyCalls() {
        let server = WiFiServer(wifi, port: 8082, family: .bsd)
        var client = WiFiClient(wifi, family: .bsd)
        var ownAddress = IPv4Address.any
        call("WiFi.socketFamily") {
            try equal(wifi.socketFamily, .classic)
            wifi.socketFamily = .bsd
            try equal(WiFiServer(wifi).socketFamily, .bsd)
            wifi.socketFamily = .classic
        }
        call("WiFiServer.socketFamily") { try equal(server.socketFamily, .bsd) }
        call("WiFiClient.socketFamily") { try equal(client.socketFamily, .bsd) }
        call("WiFiServer.init(_:port:family:)", .bsdSocket, .bsdBind, .bsdListen, .bsdAccept, .bsdRecv, .bsdSend) {
            try equal(WiFiServer(wifi, port: 8082, family: .bsd).port, 8082)
            try join()
            ownAddress = try wifi.localIP()
            try server.begin()
            let first = try peers.connect(to: ownAddress, port: 8082)
            let second = try peers.connect(to: ownAddress, port: 8082)
            try peers.send(bytes("second"), on: second)
            let served = try eventually("client") { try server.available() }
            try equal(served.remotePort(), peers.port(of: second))
            try equal(collect(6) { try served.read($0) }, bytes("second"))
            try served.print("answer")
            try equal(peers.receive(6, on: second), bytes("answer"))
            let silent = try eventually("client") { try server.accept() }
            try equal(silent.remotePort(), peers.port(of: first))
            try silent.stop()
            try served.stop()
            try server.end()
            for peer in [first, second] { try peers.close(peer) }
        }
        call("WiFiClient.init(_:family:)", .bsdSocket, .bsdConnect, .bsdSend) {
            client = WiFiClient(wifi, family: .bsd)
            try client.connect(.address(peers.world.address), port: peers.listen(), timeout: .seconds(5))
            let peer = try peers.accept()
            try client.writeAll(pattern(10_000))
            try equal(peers.receive(10_000, on: peer), pattern(10_000))
            try client.stop()
            try peers.close(peer)
        }
    }
}
