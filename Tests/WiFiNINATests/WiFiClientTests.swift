import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA

@Suite(.timeLimit(.minutes(10))) struct WiFiClientTests {
    @Test(arguments: SocketFamily.allCases) func connects(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        host.network.hosts["box"] = Host.address
        let outside = host.network.listen(at: Endpoint(address: Host.address, port: 7))
        var client = WiFiClient(host.wifi)
        #expect(client.socket == .unavailable)
        #expect(try !client.connected())
        #expect(try client.status() == .closed)
        try client.stop()
        #expect(throws: WiFiError.notConnected) { try client.read() }
        #expect(throws: WiFiError.notConnected) { try client.write([1]) }
        try client.connect(.address(Host.address), port: 7)
        #expect(try client.connected())
        #expect(try client.remoteIP() == Host.address)
        #expect(try client.remotePort() == 7)
        let copy = client
        #expect(copy == client)
        // Connecting again stops the existing connection.
        try client.connect("box", port: 7)
        #expect(outside.accepted.count == 2)
        #expect(outside.accepted[0].isFinished && !outside.accepted[1].isFinished)
        #expect(copy != client)
        #expect(throws: WiFiError.staleHandle(host.number(0))) { try copy.read() }
        #expect(try !copy.connected())
        try copy.stop()
        #expect(try client.connected())
    }

    @Test(arguments: SocketFamily.allCases) func failsToConnect(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        var client = WiFiClient(host.wifi)
        #expect(throws: WiFiError.connectFailed) { try client.connect(.address(Host.address), port: 9) }
        #expect(throws: WiFiError.connectFailed) { try client.connect("nowhere", port: 9) }
        _ = host.network.listen(at: Endpoint(address: .any, port: 9))
        #expect(throws: WiFiError.connectFailed) { try client.connect("", port: 9) }
        #expect(throws: WiFiError.self) { try client.connect(.name(String(repeating: "x", count: 256)), port: 9) }
        #expect(client.socket == .unavailable)
        host.network.answersAtOnce = false
        for (timeout, expected) in [
            (Duration.milliseconds(250), 250), (.seconds(12), 12_000), (.zero, 1), (.seconds(90), 65_535),
        ] {
            let time = host.milliseconds {
                #expect(throws: WiFiError.connectFailed) {
                    try client.connect(.address(Host.address), port: 9, timeout: timeout)
                }
            }
            #expect((expected...expected + 1).contains(time))
        }
        #expect(host.network.openSockets == 0)
        #expect(try host.wifi.status() == .connected)
    }

    @Test(arguments: SocketFamily.allCases) func staleHandlesNeverTouchWhatCameAfter(_ family: SocketFamily) throws {
        // The second client has the first one's socket.
        let host = try Host(family: family) { $0.slots = 2 }
        let stale = WiFiError.staleHandle(host.number(1))
        let server = try host.server()
        let (old, first) = try host.acceptedClient(server)
        first.send([1])
        let copy = old
        try old.stop()
        #expect(first.isFinished)
        let (new, second) = try host.acceptedClient(server)
        second.send([2, 3])
        #expect(new.socket == host.number(1))
        for handle in [old, copy] {
            #expect(throws: stale) { try handle.available() }
            #expect(throws: stale) { try handle.read() }
            #expect(throws: stale) { try handle.peek() }
            #expect(throws: stale) { try handle.read(5) }
            var buffer: [UInt8] = [9]
            #expect(throws: stale) { try handle.read(into: &buffer) }
            #expect(throws: stale) { try handle.write(7) }
            #expect(throws: stale) { try handle.print("x") }
            #expect(throws: stale) { try handle.writeAll([1]) }
            #expect(throws: stale) { try handle.remoteIP() }
            #expect(throws: stale) { try handle.remotePort() }
            #expect(throws: stale) { try handle.waitForBytes(.seconds(1)) }
            #expect(try handle.status() == .closed)
            #expect(try !handle.connected())
            try handle.stop()
        }
        #expect(second.read() == [] && !second.isFinished)
        #expect(try new.read(10) == [2, 3])
    }

    /// The module must not free a socket whose bytes are in the library's buffer: the server's next client would
    /// be taken for this one.
    @Test(arguments: SocketFamily.allCases, [true, false])
    func bufferedBytesOutliveTheConnection(_ family: SocketFamily, _ isWriting: Bool) throws {
        let host = try Host(family: family)
        let server = try host.server()
        let first = try #require(host.network.connect(to: 80))
        first.send([1, 2, 3])
        first.finish()
        let old = try #require(try server.available())
        #expect(try old.peek() == 1)
        if isWriting {
            first.reset()
            #expect(throws: WiFiError.connectionClosed(written: 0)) { try old.write([1]) }
            #expect(throws: WiFiError.connectionClosed(written: 0)) { try old.write([1]) }
            #expect(try old.connected())
        } else {
            #expect(try old.status() == .established)
        }
        #expect(try old.read(2) == [1, 2])
        #expect(try old.connected())
        #expect(try server.available() == old)
        #expect(try old.read() == 3)
        let second = try #require(host.network.connect(to: 80))
        second.send([7])
        let new = try #require(try server.available())
        #expect(new != old)
        #expect(try new.remotePort() == second.endpoint.port)
        #expect(try new.read(10) == [7])
        #expect(try !old.connected())
        #expect(try new.connected())
    }

    @Test(arguments: SocketFamily.allCases) func connectedFreesWhatItFindsDead(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        let server = try host.server()
        let (client, peer) = try host.acceptedClient(server)
        peer.send([1])
        peer.finish()
        #expect(try client.connected())
        #expect(try client.read() == 1)
        #expect(try !client.connected())
        #expect(client.socket == .unavailable)
        let commands = try host.commands { _ = try client.connected() }
        #expect(commands == 0)
        #expect(host.network.openSockets == 1)
    }

    @Test(arguments: SocketFamily.allCases) func aFailedStopCanBeRepeated(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        let (client, peer) = try host.acceptedClient(try host.server())
        host.link.commandsLeft = 0
        let opcode = family == .bsd ? Opcode.bsdClose : .stopClient
        #expect(throws: WiFiError.link(LinkError(.timedOut, .readyForCommand), opcode)) { try client.stop() }
        host.link.commandsLeft = nil
        try client.stop()
        #expect(peer.isFinished)
        #expect(host.network.openSockets == 1)
    }

    @Test(arguments: SocketFamily.allCases) func waitsForBytes(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        let (client, peer) = try host.acceptedClient(try host.server())
        let time = host.milliseconds {
            #expect(throws: WiFiError.timedOut(.read)) { try client.waitForBytes(.milliseconds(500)) }
        }
        #expect((500...501).contains(time))
        #expect(throws: WiFiError.timedOut(.read)) { try client.waitForBytes(.zero) }
        peer.send([1, 2])
        #expect(try client.waitForBytes(.zero) == 2)
        #expect(try client.read(1) == [1])
        #expect(try client.waitForBytes(.zero) == 1)
        #expect(try client.read(1) == [2])
        peer.finish()
        #expect(try client.waitForBytes(.seconds(5)) == 0)
        #expect(client.socket == .unavailable)
    }

    @Test(arguments: SocketFamily.allCases) func aBusyNeighbourDoesNotEndTheWait(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        let server = try host.server()
        let (client, _) = try host.acceptedClient(server)
        let (_, loud) = try host.acceptedClient(server)
        loud.send([1])
        let time = host.milliseconds {
            #expect(throws: WiFiError.timedOut(.read)) { try client.waitForBytes(.milliseconds(100)) }
        }
        #expect((100...101).contains(time))
    }

    /// Written bytes are delivered; nothing waits.
    @Test(arguments: SocketFamily.allCases) func stopIsOneCommand(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        let (client, peer) = try host.acceptedClient(try host.server())
        try client.writeAll(pattern(4000))
        var time = 0
        #expect(try host.commands { time = try host.milliseconds { try client.stop() } } == 1)
        #expect(time < 10)
        #expect(peer.read() == pattern(4000))
        #expect(peer.isFinished)
        #expect(try host.commands { try client.stop() } == 0)
    }
}
