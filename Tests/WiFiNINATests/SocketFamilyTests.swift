import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA

/// Servers and clients over BSD sockets: where they differ from slots. Common behavior is tested with both families in
/// the classes' own tests.
@Suite(.timeLimit(.minutes(10))) struct SocketFamilyTests {
    private func host(_ change: (inout Configuration) -> Void = { _ in }) throws -> Host {
        try Host(family: .bsd, change)
    }

    private func outside(_ host: Host) -> VirtualListener {
        host.network.listen(at: Endpoint(address: Host.address, port: 7))
    }

    @Test func isChosenForAllOrForOne() throws {
        let host = try Host()
        #expect(host.wifi.socketFamily == .classic)
        let classic = WiFiServer(host.wifi, port: 80)
        let bsd = WiFiServer(host.wifi, port: 81, family: .bsd)
        host.wifi.socketFamily = .bsd
        #expect(classic.socketFamily == .classic && bsd.socketFamily == .bsd)
        #expect(WiFiClient(host.wifi).socketFamily == .bsd)
        #expect(WiFiClient(host.wifi, family: .classic).socketFamily == .classic)
        #expect(WiFiSSLClient(host.wifi).client.socketFamily == .classic)
        // Both at once: each has the clients of its port, with numbers of its family.
        try classic.begin()
        try bsd.begin()
        let (one, first) = try host.acceptedClient(classic)
        let (two, second) = try host.acceptedClient(bsd)
        #expect(one.socketFamily == .classic && one.socket == SocketNumber(rawValue: 1))
        #expect(two.socketFamily == .bsd && two.socket == SocketNumber(rawValue: 57))
        try one.writeAll([1])
        try two.writeAll([2])
        #expect(first.read() == [1] && second.read() == [2])
        try host.wifi.disconnect()
        #expect(one.socket == .unavailable && two.socket == .unavailable)
        #expect(first.isFinished && second.isFinished)
        #expect(classic.isListening && bsd.isListening)
        #expect(try classic.status() && bsd.status())
    }

    /// 64 slots have the same numbers as 64 BSD sockets.
    @Test func numbersMayOverlap() throws {
        let host = try Host { $0.slots = 64 }
        let (one, first) = try host.acceptedClient(try host.server(80))
        host.wifi.socketFamily = .bsd
        let (two, second) = try host.acceptedClient(try host.server(81))
        #expect(one.socket.rawValue == 1 && two.socket.rawValue == 3)
        let (three, _) = try host.acceptedClient(try host.server(82))
        #expect(three.socket.rawValue == 5)
        first.send([1])
        second.send([2])
        #expect(try one.read(10) == [1])
        #expect(try two.read(10) == [2])
        try one.stop()
        #expect(try two.connected())
    }

    // MARK: Commands

    @Test func takesFewCommands() throws {
        let host = try host()
        _ = outside(host)
        let server = WiFiServer(host.wifi, port: 80)
        #expect(try host.commands { try server.begin() } == 5)
        let peer = try #require(host.network.connect(to: 80))
        var accepted: WiFiClient?
        #expect(try host.commands { accepted = try server.accept() } == 2)
        #expect(try host.commands { _ = try server.accept() } == 2)
        let client = try #require(accepted)
        peer.send(pattern(4000))
        #expect(try host.commands { _ = try client.waitForBytes(.seconds(1)) } == 1)
        #expect(try host.commands { _ = try client.read(4000) } == 0)
        #expect(try host.commands { _ = try client.available() } == 1)
        #expect(try host.commands { _ = try client.connected() } == 1)
        #expect(try host.commands { _ = try client.write(pattern(4083)) } == 1)
        #expect(try host.commands { _ = try (client.remoteIP(), client.remotePort()) } == 0)
        #expect(try host.commands { try client.stop() } == 1)
        var other = WiFiClient(host.wifi)
        // SOCKET, IOCTL, CONNECT, ERRNO, POLL twice, GETSOCKOPT.
        #expect(try host.commands { try other.connect(.address(Host.address), port: 7) } == 7)
    }

    /// IRQ does not cover BSD sockets: the module is polled, but not in a busy loop.
    @Test func waitsInPauses() throws {
        let host = try host()
        let server = try host.server()
        let (client, peer) = try host.acceptedClient(server)
        var commands = host.commands {
            #expect(throws: WiFiError.timedOut(.read)) { try client.waitForBytes(.seconds(10)) }
        }
        #expect(commands < 1000)
        var isActive = true
        commands = try host.commands { isActive = try host.wifi.waitForActivity(.seconds(10)) }
        #expect(!isActive)
        #expect(commands < 1100)
        host.network.capacity = 1000
        commands = host.commands {
            #expect(throws: WiFiError.timedOut(.write)) { try client.writeAll(pattern(2000), timeout: .seconds(10)) }
        }
        #expect(commands < 1000)
        host.network.answersAtOnce = false
        var other = WiFiClient(host.wifi)
        commands = host.commands {
            #expect(throws: WiFiError.connectFailed) {
                try other.connect(.address(Host.address), port: 7, timeout: .seconds(10))
            }
        }
        #expect(commands < 1000)
        #expect(peer.read() == Array(pattern(2000)[..<1000]))
    }

    @Test func activityIsBytesOrAClient() throws {
        let host = try host()
        let server = try host.server()
        #expect(try !host.wifi.waitForActivity(.milliseconds(100)))
        let peer = try #require(host.network.connect(to: 80))
        #expect(try host.wifi.waitForActivity(.milliseconds(100)))
        #expect(try server.available() == nil)
        #expect(try !host.wifi.waitForActivity(.milliseconds(100)))
        peer.send([1, 2])
        #expect(try host.wifi.waitForActivity(.milliseconds(100)))
        // The program has not queried them yet.
        #expect(try host.wifi.waitForActivity(.milliseconds(100)))
        let client = try #require(try server.available())
        #expect(try client.read() == 1)
        // The other byte is in the library's buffer, which the program knows.
        #expect(try !host.wifi.waitForActivity(.milliseconds(100)))
        peer.send([3])
        #expect(try host.wifi.waitForActivity(.milliseconds(100)))
        #expect(try client.read(10) == [2, 3])
        peer.finish()
        #expect(try !host.wifi.waitForActivity(.milliseconds(100)))
        #expect(try !client.connected())
        // A client in a slot ends the wait too, by IRQ.
        host.wifi.socketFamily = .classic
        let (_, other) = try host.acceptedClient(try host.server(81))
        #expect(try !host.wifi.waitForActivity(.milliseconds(100)))
        other.send([1])
        #expect(try host.wifi.waitForActivity(.milliseconds(100)))
    }

    // MARK: Servers

    @Test func acceptTakesWhatAvailableHasNotReturned() throws {
        let host = try host()
        let server = try host.server()
        let silent = try #require(host.network.connect(to: 80))
        let talking = try #require(host.network.connect(to: 80))
        let late = try #require(host.network.connect(to: 80))
        talking.send([1])
        let listed = try #require(try server.available())
        #expect(try listed.remotePort() == talking.endpoint.port)
        #expect(try server.accept()?.remotePort() == silent.endpoint.port)
        #expect(try server.accept()?.remotePort() == late.endpoint.port)
        #expect(try server.accept() == nil)
        silent.send([2])
        #expect(try listed.read() == 1)
        #expect(try server.available() == nil)
        try server.end()
        #expect(talking.isFinished && !silent.isFinished && !late.isFinished)
    }

    /// Connections for which no socket is left wait in the module's queue, and cause no polling.
    @Test func connectionsWaitForASocket() throws {
        let host = try host { $0.slots = 2 }
        let server = try host.server()
        let (first, _) = try host.acceptedClient(server)
        let second = try #require(host.network.connect(to: 80))
        #expect(try server.accept() == nil)
        #expect(try host.commands { _ = try server.accept() } == 0)
        #expect(try !host.wifi.waitForActivity(.milliseconds(20)))
        var other = WiFiClient(host.wifi)
        #expect(throws: WiFiError.noSocketAvailable) { try other.connect(.address(Host.address), port: 7) }
        try first.stop()
        #expect(try host.wifi.waitForActivity(.milliseconds(20)))
        #expect(try server.accept()?.remotePort() == second.endpoint.port)
    }

    @Test func writesToAllLeaveNoGaps() throws {
        let host = try host()
        host.network.capacity = 10_000
        let server = try host.server()
        let (_, slow) = try host.acceptedClient(server)
        let (_, gone) = try host.acceptedClient(server)
        let (_, fast) = try host.acceptedClient(server)
        slow.send([])
        gone.reset()
        #expect(try server.write(pattern(9000)) == 18_000)
        #expect(fast.read() == pattern(9000))
        #expect(try server.write(pattern(9000, 1)) == 10_000)
        #expect(slow.read() == pattern(9000) + pattern(9000, 1)[..<1000])
        #expect(fast.read() == pattern(9000, 1))
    }

    @Test(arguments: [Firmware.arduino200, .adafruit330]) func newerFirmwareServes(_ firmware: Firmware) throws {
        // The peer reads only when everything has been written.
        let host = try host {
            $0.firmware = firmware
            $0.sendBuffer = 64 * 1024
        }
        host.network.hosts["box"] = Host.address
        let outside = outside(host)
        let server = try host.server()
        let (client, peer) = try host.acceptedClient(server)
        peer.send(pattern(10_000))
        #expect(try client.waitForBytes(.seconds(1)) > 0)
        #expect(try client.read(20_000) == pattern(10_000))
        try client.writeAll(pattern(30_000))
        #expect(peer.read() == pattern(30_000))
        var other = WiFiClient(host.wifi)
        try other.connect("box", port: 7)
        try other.println("hello")
        #expect(outside.accepted[0].read() == Array("hello\r\n".utf8))
        try server.end()
        try server.begin()
        #expect(try server.status())
    }
}
