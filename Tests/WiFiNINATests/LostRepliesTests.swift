import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA

/// Lost replies: no BSD socket is leaked for good.
@Suite(.timeLimit(.minutes(10))) struct LostRepliesTests {
    /// Whichever reply is lost, the next connects find all sockets free.
    @Test(arguments: 0..<7) func aConnectThatFailsHalfwayLeavesNothing(_ commands: Int) throws {
        let host = try Host(family: .bsd)
        _ = host.network.listen(at: Endpoint(address: Host.address, port: 7))
        var client = WiFiClient(host.wifi)
        host.link.commandsAnswered = commands
        #expect(throws: WiFiError.self) { try client.connect(.address(Host.address), port: 7) }
        host.link.commandsAnswered = nil
        var clients: [WiFiClient] = []
        for _ in 0..<10 {
            try client.connect(.address(Host.address), port: 7)
            clients.append(client)
            client = WiFiClient(host.wifi)
        }
        for client in clients { #expect(try client.connected()) }
        #expect(throws: WiFiError.noSocketAvailable) { try client.connect(.address(Host.address), port: 7) }
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

    /// The connection is lost with the reply to ACCEPT; its socket is not leaked.
    @Test(arguments: 0..<2) func anAcceptThatFailsHalfwayLeavesNothing(_ commands: Int) throws {
        let host = try Host(family: .bsd) { $0.slots = 10 }
        host.wifi.recoveryLimit = .resynchronize
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

    /// While a slot is in use, an unknown number may be that slot's.
    @Test func slotsAreLeftAlone() throws {
        let host = try Host(family: .bsd)
        host.wifi.recoveryLimit = nil
        _ = host.network.listen(at: Endpoint(address: Host.address, port: 7))
        var classic = WiFiClient(host.wifi, family: .classic)
        try classic.connect(.address(Host.address), port: 7)
        var client = WiFiClient(host.wifi)
        host.link.commandsAnswered = 0
        #expect(throws: WiFiError.self) { try client.connect(.address(Host.address), port: 7) }
        host.link.commandsAnswered = nil
        // SOCKET, IOCTL, CONNECT, ERRNO, POLL twice, GETSOCKOPT: no CLOSE.
        #expect(try host.commands { try client.connect(.address(Host.address), port: 7) } == 7)
        try classic.stop()
        try client.stop()
        #expect(try host.commands { try client.connect(.address(Host.address), port: 7) } == 17)
    }

    /// A command that was never sent has made no socket: there is nothing to close.
    @Test func aCommandThatWasNotSentLosesNothing() throws {
        let host = try Host(family: .bsd)
        host.wifi.recoveryLimit = nil
        _ = host.network.listen(at: Endpoint(address: Host.address, port: 7))
        var client = WiFiClient(host.wifi)
        host.link.commandsLeft = 0
        #expect(throws: WiFiError.self) { try client.connect(.address(Host.address), port: 7) }
        host.link.commandsLeft = nil
        // SOCKET, IOCTL, CONNECT, ERRNO, two times POLL, GETSOCKOPT: no CLOSE.
        #expect(try host.commands { try client.connect(.address(Host.address), port: 7) } == 7)
    }

    /// A start that never ran takes nothing from the slot's present owner.
    @Test(arguments: [Firmware.modern, .arduino200], [true, false])
    func aStartThatWasLostEndsNobodysConnection(_ firmware: Firmware, _ isServer: Bool) throws {
        let host = try Host { $0.firmware = firmware }
        host.wifi.recoveryLimit = .resynchronize
        _ = host.network.listen(at: Endpoint(address: Host.address, port: 7))
        let server = WiFiServer(host.wifi)
        let udp = WiFiUDP(host.wifi)
        // GET_SOCKET is answered, START_SERVER is not sent.
        host.link.commandsLeft = 1
        #expect(throws: WiFiError.self) { if isServer { try server.begin() } else { try udp.begin(8) } }
        host.link.commandsLeft = nil
        try host.wifi.delay(.seconds(2))
        var client = WiFiClient(host.wifi)
        try client.connect(.address(Host.address), port: 7)
        if isServer { try server.begin() } else { try udp.begin(8) }
        #expect(try client.connected())
        #expect(try client.write([1]) == 1)
    }

    /// Slot 0 is a slot: a connection whose reply was lost there ends, and the slot is used again.
    @Test(arguments: [Firmware.modern, .arduino200]) func whatIsLostOnSlot0IsFoundAgain(_ firmware: Firmware) throws {
        let host = try Host { $0.firmware = firmware }
        host.wifi.recoveryLimit = .resynchronize
        let outside = host.network.listen(at: Endpoint(address: Host.address, port: 7))
        var client = WiFiClient(host.wifi)
        // GET_SOCKET is answered, START_CLIENT is not.
        host.link.commandsAnswered = 1
        #expect(throws: WiFiError.self) { try client.connect(.address(Host.address), port: 7) }
        host.link.commandsAnswered = nil
        #expect(outside.accepted.map(\.isFinished) == [false])
        try client.connect(.address(Host.address), port: 7)
        #expect(outside.accepted.map(\.isFinished) == [true, false])
        #expect(client.socket == host.number(0))
        #expect(host.network.openSockets == 1)
    }

    /// In Arduino's firmware nothing stops a server, Protocol/dialects.md, STOP_CLIENT.
    @Test(arguments: [(Firmware.modern, true), (.modern, false), (.arduino200, false)])
    func aStartThatIsLostOnSlot0IsStopped(_ firmware: Firmware, _ isServer: Bool) throws {
        let host = try Host { $0.firmware = firmware }
        host.wifi.recoveryLimit = .resynchronize
        let server = WiFiServer(host.wifi, port: 7)
        let udp = WiFiUDP(host.wifi)
        host.link.commandsAnswered = 1
        #expect(throws: WiFiError.self) { if isServer { try server.begin() } else { try udp.begin(7) } }
        host.link.commandsAnswered = nil
        #expect(host.network.openSockets == 1)
        // The next slot that is asked for, of another kind.
        if isServer { try udp.begin(8) } else { try WiFiServer(host.wifi, port: 8).begin() }
        #expect(host.network.openSockets == 1)
        if isServer { try server.begin() } else { try udp.begin(7) }
        #expect(host.network.openSockets == 2)
    }

    /// Only the slot of the lost start is stopped.
    @Test(arguments: [true, false]) func aStartThatWasLostEndsNoOtherConnection(_ isServer: Bool) throws {
        let host = try Host()
        host.wifi.recoveryLimit = .resynchronize
        _ = host.network.listen(at: Endpoint(address: Host.address, port: 7))
        var client = WiFiClient(host.wifi)
        try client.connect(.address(Host.address), port: 7)
        let server = WiFiServer(host.wifi)
        let udp = WiFiUDP(host.wifi)
        for _ in 0..<3 {
            // GET_SOCKET is answered; START_SERVER runs without an answer.
            host.link.commandsAnswered = 1
            #expect(throws: WiFiError.self) { if isServer { try server.begin() } else { try udp.begin(8) } }
            host.link.commandsAnswered = nil
        }
        if isServer { try server.begin() } else { try udp.begin(8) }
        #expect(try client.connected())
        #expect(try client.write([1]) == 1)
        #expect(host.network.openSockets == 2)
    }

    /// The port of a start whose reply was lost becomes free again, whichever command follows.
    @Test func aStartThatWasLostKeepsNoPort() throws {
        let host = try Host()
        host.wifi.recoveryLimit = .resynchronize
        for _ in 0..<20 {
            host.link.commandsAnswered = 1
            #expect(throws: WiFiError.self) { try WiFiServer(host.wifi).begin() }
            host.link.commandsAnswered = 1
            #expect(throws: WiFiError.self) { try WiFiUDP(host.wifi).begin(7) }
            host.link.commandsAnswered = nil
        }
        try WiFiServer(host.wifi).begin()
        try WiFiUDP(host.wifi).begin(7)
        #expect(host.network.openSockets == 2)
    }

    /// SOCKET or the command after it: the program never receives the socket, so it is closed.
    @Test(arguments: 0..<2) func aSocketThatIsMadeHalfwayIsClosed(_ commands: Int) throws {
        let host = try Host()
        host.wifi.recoveryLimit = .resynchronize
        for _ in 0..<20 {
            host.link.commandsAnswered = commands
            #expect(throws: WiFiError.self) { try WiFiSocket(host.wifi, .stream) }
            host.link.commandsAnswered = nil
        }
        var sockets: [WiFiSocket] = []
        for _ in 0..<10 { sockets.append(try WiFiSocket(host.wifi, .stream)) }
        #expect(throws: WiFiError.socketFailed(.bsdSocket, .noSocketLeft)) { try WiFiSocket(host.wifi, .stream) }
    }

    @Test(arguments: 0..<2) func aSocketThatIsAcceptedHalfwayIsClosed(_ commands: Int) throws {
        let host = try Host()
        host.wifi.recoveryLimit = .resynchronize
        let listener = try WiFiSocket(host.wifi, .stream)
        try listener.bind(80)
        try listener.listen()
        for _ in 0..<20 {
            let peer = try #require(host.network.connect(to: 80))
            host.link.commandsAnswered = commands
            #expect(throws: WiFiError.self) { try listener.accept() }
            host.link.commandsAnswered = nil
            #expect(try listener.accept() == nil)
            #expect(peer.isFinished)
        }
    }
}
