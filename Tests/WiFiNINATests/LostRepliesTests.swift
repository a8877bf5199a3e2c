import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA

/// Replies that do not arrive: no BSD socket is lost for ever.
@Suite struct LostRepliesTests {
    /// Whatever command's reply is lost, the next connects find all sockets free.
    @Test(arguments: 0..<7) func aConnectThatFailsHalfwayLeavesNothing(_ commands: Int) throws {
        let host = try Host(family: .bsd)
        _ = host.network.listen(at: Endpoint(address: Host.address, port: 7))
        var client = WiFiClient(host.wifi)
        host.link.commandsAnswered = commands
        #expect(throws: WiFiError.self) { try client.connect(Host.address, port: 7) }
        host.link.commandsAnswered = nil
        var clients: [WiFiClient] = []
        for _ in 0..<10 {
            try client.connect(Host.address, port: 7)
            clients.append(client)
            client = WiFiClient(host.wifi)
        }
        for client in clients { #expect(try client.connected()) }
        #expect(throws: WiFiError.noSocketAvailable) { try client.connect(Host.address, port: 7) }
    }

    @Test(arguments: 0..<5) func aBeginThatFailsHalfwayCanBeRepeated(_ commands: Int) throws {
        let host = try Host(family: .bsd)
        let server = WiFiServer(host.wifi)
        host.link.commandsAnswered = commands
        #expect(throws: WiFiError.self) { try server.begin() }
        host.link.commandsAnswered = nil
        try server.begin()
        #expect(try server.status())
        #expect(host.network.openSockets == 1)
    }

    /// The connection is lost with the reply to ACCEPT; its socket is not.
    @Test(arguments: 0..<2) func anAcceptThatFailsHalfwayLeavesNothing(_ commands: Int) throws {
        let host = try Host(family: .bsd) { $0.slots = 10 }
        host.wifi.recoveryLimit = .resynchronise
        let server = try host.server()
        for _ in 0..<20 {
            let peer = try #require(host.network.connect(to: 80))
            host.link.commandsAnswered = commands
            #expect(throws: WiFiError.self) { try server.accept() }
            host.link.commandsAnswered = nil
            #expect(try server.accept() == nil)
            #expect(peer.isFinished)
        }
        #expect(host.network.openSockets == 1)
    }

    /// While a slot is in use, nothing says that an unknown number is not that slot's.
    @Test func slotsAreLeftAlone() throws {
        let host = try Host(family: .bsd)
        host.wifi.recoveryLimit = nil
        _ = host.network.listen(at: Endpoint(address: Host.address, port: 7))
        var classic = WiFiClient(host.wifi, family: .classic)
        try classic.connect(Host.address, port: 7)
        var client = WiFiClient(host.wifi)
        host.link.commandsAnswered = 0
        #expect(throws: WiFiError.self) { try client.connect(Host.address, port: 7) }
        host.link.commandsAnswered = nil
        // SOCKET, IOCTL, CONNECT, ERRNO, two times POLL, GETSOCKOPT: no CLOSE.
        #expect(try host.commands { try client.connect(Host.address, port: 7) } == 7)
        try classic.stop()
        try client.stop()
        #expect(try host.commands { try client.connect(Host.address, port: 7) } == 17)
    }
}
