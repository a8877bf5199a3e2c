import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA

@Suite(.timeLimit(.minutes(10))) struct LoopbackServerTests {
    let network = VirtualNetwork()
    let wifi: WiFi

    init() throws {
        wifi = WiFi(link: try MessageLink.loopback(to: Coprocessor(network: network)))
        try wifi.begin("lab-net", passphrase: "correct-horse")
    }

    @Test func joins() throws {
        #expect(try wifi.status() == .connected)
        #expect(try wifi.firmwareVersion() == "3.5.0")
        #expect(try wifi.localIP() == IPv4Address(127, 1, 0, 1))
        #expect(try wifi.ssid() == "lab-net")
        #expect(try wifi.scanNetworks() == 2)
    }

    @Test func acceptsEachOnce() throws {
        let server = WiFiServer(wifi, port: 80)
        try server.begin()
        let first = try #require(network.connect(to: 80))
        let second = try #require(network.connect(to: 80))
        let a = try #require(try server.accept())
        let b = try #require(try server.accept())
        #expect(try server.accept() == nil)
        #expect(try a.remotePort() == first.endpoint.port)
        #expect(try b.remotePort() == second.endpoint.port)
        second.send(Array("hello".utf8))
        #expect(try b.read(100) == Array("hello".utf8))
        #expect(try b.write(Array("world".utf8)) == 5)
        #expect(second.read() == Array("world".utf8))
        try b.stop()
        #expect(second.isFinished)
        #expect(throws: WiFiError.staleHandle(SocketNumber(rawValue: 2))) { try b.read() }
        var client = WiFiClient(wifi)
        let outside = network.listen(at: Endpoint(address: IPv4Address(10, 0, 0, 1), port: 7))
        try client.connect(.address(IPv4Address(10, 0, 0, 1)), port: 7)
        #expect(outside.accepted.count == 1)
        #expect(throws: WiFiError.connectFailed) { try client.connect("nowhere", port: 7) }
    }
}
