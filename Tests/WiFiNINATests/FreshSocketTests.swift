import NINACoprocessor
import NINALink
import Testing
import WiFiNINA

/// A connection starts without any state of the previous one on its socket.
@Suite(.timeLimit(.minutes(10))) struct FreshSocketTests {
    /// IRQ shows nothing: each client is queried at once, and then at intervals.
    @Test func aNewClientIsAskedAtOnce() throws {
        let network = VirtualNetwork()
        let link = FaultInjector(try MessageLink.loopback(to: Coprocessor(network: network)), seed: 1)
        let wifi = WiFi(link: link)
        try wifi.begin("open-net")
        let other = network.listen(at: Endpoint(address: Host.address, port: 7))
        link.stuckInterrupt = false
        // The clock starts at 0, which also means "never queried".
        try wifi.delay(.milliseconds(100))
        var client = WiFiClient(wifi)
        try client.connect(.address(Host.address), port: 7)
        let socket = client.socket
        #expect(try client.available() == 0)
        try client.connect(.address(Host.address), port: 7)
        #expect(client.socket == socket)
        other.accepted[1].send([1, 2])
        #expect(try client.available() == 2)
    }

    /// Neither buffered bytes nor gaps outlive their connection.
    @Test(arguments: SocketFamily.allCases) func aNewClientHasNoGaps(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        host.wifi.recoveryLimit = nil
        let other = host.network.listen(at: Endpoint(address: Host.address, port: 7))
        var client = WiFiClient(host.wifi)
        try client.connect(.address(Host.address), port: 7)
        other.accepted[0].send([1, 2, 3])
        #expect(try client.waitForBytes(.seconds(1)) == 3)
        #expect(try client.read() == 1)
        host.link.commandsAnswered = 0
        #expect(throws: WiFiError.self) { try client.write([1]) }
        host.link.commandsAnswered = nil
        #expect(throws: WiFiError.bytesLost(client.socket)) { try client.write([1]) }
        try client.connect(.address(Host.address), port: 7)
        #expect(try client.available() == 0)
        #expect(try client.write([4]) == 1)
        #expect(other.accepted[1].read() == [4])
    }
}
