import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA

/// Failures of servers and clients over BSD sockets.
@Suite(.timeLimit(.minutes(10))) struct SocketFamilyFailureTests {
    private func host(_ change: (inout Configuration) -> Void = { _ in }) throws -> Host {
        try Host(family: .bsd, change)
    }

    @Test func aResetIsFound() throws {
        let host = try host()
        let server = try host.server()
        for attempt in 0..<4 {
            let (client, peer) = try host.acceptedClient(server)
            peer.reset()
            switch attempt {
            case 0: #expect(try !client.connected())
            case 1: #expect(throws: WiFiError.connectionClosed(written: 0)) { try client.writeAll([1]) }
            case 2: #expect(try client.waitForBytes(.seconds(1)) == 0)
            default:
                #expect(try client.read(10) == [])
                #expect(try client.status() == .closed)
            }
            #expect(client.socket == .unavailable)
        }
        #expect(host.network.openSockets == 1)
    }

    /// A connection that is lost while the library waits for room, with unread bytes.
    @Test func aResetWhileFullIsFound() throws {
        let host = try host()
        host.network.capacity = 5000
        let (client, peer) = try host.acceptedClient(try host.server())
        peer.send([1, 2, 3])
        var sleeps = 0
        host.link.whileAsleep = {
            sleeps += 1
            if sleeps == 20 { peer.reset() }
        }
        let time = host.milliseconds {
            #expect(throws: WiFiError.connectionClosed(written: 5000)) { try client.writeAll(pattern(9000)) }
        }
        #expect(time < 1000)
        #expect(throws: WiFiError.connectionClosed(written: 0)) { try client.write([1]) }
        #expect(try client.connected())
        #expect(try client.read(10) == [1, 2, 3])
        #expect(try !client.connected())
        #expect(client.socket == .unavailable && host.network.openSockets == 1)
    }

    /// Two ends that both write before they read do not deadlock.
    @Test func aFullConnectionIsReadWhileItIsWritten() throws {
        let host = try host()
        host.network.capacity = 5000
        let (client, peer) = try host.acceptedClient(try host.server())
        var received: [UInt8] = []
        host.link.whileAsleep = {
            // It reads only after its own bytes were taken.
            peer.send(pattern(100))
            received += peer.read()
        }
        try client.writeAll(pattern(50_000))
        received += peer.read()
        #expect(received == pattern(50_000))
        #expect(try client.read(100) == pattern(100))
    }

    @Test(arguments: [true, false]) func aRestartEndsAll(_ isNoticed: Bool) throws {
        let host = try host()
        let server = try host.server()
        let (client, _) = try host.acceptedClient(server)
        let (full, _) = try host.acceptedClient(server)
        if isNoticed {
            try host.wifi.reset()
            #expect(!server.isListening && client.socket == .unavailable)
            #expect(throws: WiFiError.staleHandle(host.number(1))) { try client.read() }
        } else {
            #expect(host.device.boot(bluetooth: false, at: host.wifi.now))
            #expect(try client.read(10) == [])
            #expect(try !client.connected())
            #expect(throws: WiFiError.connectionClosed(written: 0)) { try full.write([1]) }
            #expect(throws: WiFiError.serverNotListening) { try server.accept() }
        }
        try host.wifi.begin("lab-net", passphrase: "correct-horse")
        try server.begin()
        let (next, peer) = try host.acceptedClient(server)
        try next.writeAll([1])
        #expect(peer.read() == [1])
    }

    @Test(arguments: [Firmware.arduino148, .adafruit177, .adafruit122])
    func olderFirmwareHasNone(_ firmware: Firmware) throws {
        let host = try host { $0.firmware = firmware }
        var client = WiFiClient(host.wifi)
        #expect(throws: WiFiError.unsupported(.bsdSocket)) { try client.connect(.address(Host.address), port: 7) }
        #expect(throws: WiFiError.unsupported(.bsdSocket)) { try client.connect("nowhere", port: 7) }
        #expect(throws: WiFiError.unsupported(.bsdSocket)) { try host.server() }
    }
}
