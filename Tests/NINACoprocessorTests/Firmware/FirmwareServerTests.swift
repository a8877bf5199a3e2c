import NINAWire
import Testing

@testable import NINACoprocessor

/// Servers and the pool of sockets of each firmware: Protocol/dialects.md, START_SERVER, AVAIL_DATA and Servers.
@Suite(.timeLimit(.minutes(10))) struct FirmwareServerTests {
    // MARK: AVAIL_DATA

    @Test func availableTakesOneClientACall() throws {
        let bench = try DeviceHarness.firmware(.arduino200) { $0.backlog = 4 }
        let server = try bench.startedServer()
        let peers = (0..<3).compactMap { _ in bench.network.connect(to: 80) }
        #expect(peers.count == 3)
        for isLast in [false, false, true] {
            #expect(bench.device.interrupt)
            #expect(try bench.available(server) == 255)
            #expect(bench.device.interrupt != isLast)
        }
        #expect(try bench.available(server) == 255)
    }

    @Test func availableHandsOutAClientWhileOthersWait() throws {
        let bench = try DeviceHarness.firmware(.arduino200) { $0.backlog = 4 }
        let server = try bench.startedServer()
        let peers = (0..<3).compactMap { _ in bench.network.connect(to: 80) }
        peers[0].send([1])
        #expect(try bench.available(server) == 1)
        #expect(try bench.read(1) == [1])
        #expect(bench.device.interrupt, "two are still waiting")
        #expect(try bench.accept(server) == 2)
        #expect(try bench.remotePort(2) == peers[1].endpoint.port)
        #expect(try bench.accept(server) == 3)
        #expect(!bench.device.interrupt)
    }

    @Test func modernTakesAllAtOnce() throws {
        let bench = try DeviceHarness()
        let server = try bench.server()
        let peers = (0..<3).compactMap { _ in bench.network.connect(to: 80) }
        #expect(try bench.available(server) == 255)
        #expect(!bench.device.interrupt)
        #expect(peers.count == 3)
    }

    /// A new client takes the place of one that has left the list, and precedes clients that came earlier.
    @Test(arguments: Firmware.arduinoCode) func theListKeepsItsOrder(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware) { $0.backlog = 4 }
        let server = try bench.startedServer()
        let first = try #require(bench.network.connect(to: 80))
        #expect(try bench.available(server) == 255)
        let second = try #require(bench.network.connect(to: 80))
        #expect(try bench.available(server) == 255)
        first.finish()
        #expect(try bench.available(server) == 255)
        let third = try #require(bench.network.connect(to: 80))
        #expect(try bench.available(server) == 255)
        second.send([2])
        third.send([3])
        let slot = try bench.available(server)
        #expect(try bench.remotePort(slot) == third.endpoint.port)
        #expect(try bench.read(slot) == [3])
        #expect(try bench.remotePort(bench.available(server)) == second.endpoint.port)
    }

    // MARK: The pool

    /// A server and the clients use up lwip's sockets: the next client is accepted and closed at once.
    @Test(arguments: Firmware.real) func aFullPoolClosesTheNextClient(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware) { $0.backlog = 4 }
        let server = try bench.startedServer()
        let clients = try (1..<firmware.slots).map { _ in try bench.servedClient(server) }
        #expect(clients.map(\.0) == Array(1..<firmware.slots))
        let extra = try #require(bench.network.connect(to: 80))
        #expect(extra.isFinished && !extra.wasReset)
        #expect(!bench.device.interrupt)
        #expect(try bench.available(server) == 255)
        #expect(try bench.accept(server) == 255)
        for client in clients { #expect(try bench.state(client.0) == 4) }
        // Stopping a client frees its socket.
        #expect(try bench.stop(1) == 1)
        let (slot, next) = try bench.servedClient(server)
        #expect(slot == 1 && !next.isFinished)
    }

    /// The client that firmware holds for the host already has a socket.
    @Test(arguments: [Firmware.arduino200, .adafruit330]) func aHeldClientCounts(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware) { $0.backlog = 4 }
        let server = try bench.startedServer()
        for _ in 2..<firmware.slots { _ = try bench.servedClient(server) }
        let held = try #require(bench.network.connect(to: 80))
        #expect(bench.device.interrupt)
        #expect(try bench.byte(0x70, [1], [0]) == 255, "no number is left")
        let queued = try #require(bench.network.connect(to: 80))
        #expect(!held.isFinished && !queued.isFinished)
        #expect(try bench.accept(server) == firmware.slots - 1)
        #expect(queued.isFinished, "the firmware accepts the next client as soon as it holds none")
        #expect(!held.isFinished)
        #expect(!bench.device.interrupt)
    }

    /// BSD sockets and leaked sockets count too.
    @Test func everySocketCounts() throws {
        let bench = try DeviceHarness.firmware(.arduino200)
        for port in 80...83 {
            // Each further start leaks the listener before it.
            #expect(try bench.startServer(UInt16(port), 0) == 1)
        }
        for _ in 4..<10 { #expect(try bench.byte(0x70, [1], [0]) < 64) }
        #expect(try bench.getSocket() == 1)
        _ = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 7))
        #expect(try !bench.connect(1, to: 7))
        #expect(try bench.startUDP(5000, 1) == 0)
        let peer = try #require(bench.network.connect(to: 83))
        #expect(peer.isFinished)
    }

    @Test func modernKeepsThemWaiting() throws {
        let bench = try DeviceHarness { $0.slots = 2 }
        let server = try bench.server()
        _ = try bench.acceptedClient(server)
        let extra = try #require(bench.network.connect(to: 80))
        #expect(!extra.isFinished && !extra.wasReset)
        #expect(try bench.accept(server) == 255)
    }

    // MARK: START_SERVER

    @Test func firmware330ChangesNothingAtASecondStart() throws {
        let bench = try DeviceHarness.firmware(.adafruit330)
        let server = try bench.startedServer()
        #expect(try bench.startServer(80, server) == 1)
        #expect(try bench.startServer(81, server) == 1)
        #expect(bench.network.connect(to: 81) == nil)
        let peer = try #require(bench.network.connect(to: 80))
        #expect(try bench.accept(server) == 1)
        #expect(try bench.remotePort(1) == peer.endpoint.port)
        // Nor after STOP_CLIENT, which leaves the server listening.
        #expect(try bench.stop(server) == 1)
        #expect(try bench.startServer(82, server) == 1)
        #expect(bench.network.connect(to: 82) == nil)
        _ = try #require(bench.network.connect(to: 80))
        #expect(try bench.accept(server) == 2)
    }

    @Test func otherFirmwareLosesTheServerAtASecondStart() throws {
        for firmware in [Firmware.arduino200, .arduino148] {
            let bench = try DeviceHarness.firmware(firmware)
            let server = try bench.startedServer()
            let answersZero = !firmware.quirks.contains(.startAlwaysSucceeds)
            #expect(try bench.startServer(80, server) == (answersZero ? 0 : 1))
            #expect(try !bench.listens(server))
            // The slot is in use but has no server.
            #expect(try bench.getSocket() == 1)
            #expect(try bench.unread(server) == 0)
            #expect(try bench.startServer(81, server) == 1)
            #expect(try bench.listens(server))
            #expect(bench.network.connect(to: 80) != nil, "the old listener keeps its port")
            #expect(try bench.available(server) == 255)
            #expect(try bench.servedClient(server, 81).0 == 1)
        }
    }

    /// The clients belong to the slot's object, which a start on another port keeps in 2.0.0.
    @Test func firmware200KeepsItsClientsAtASecondStart() throws {
        let bench = try DeviceHarness.firmware(.arduino200) { $0.backlog = 4 }
        let server = try bench.startedServer()
        let listed = try #require(bench.network.connect(to: 80))
        #expect(try bench.available(server) == 255)
        let held = try #require(bench.network.connect(to: 80))
        #expect(try bench.startServer(81, server) == 1)
        #expect(bench.device.interrupt)
        listed.send([1])
        #expect(try bench.accept(server) == 1)
        #expect(try bench.remotePort(1) == held.endpoint.port)
        #expect(try bench.available(server) == 2)
        #expect(try bench.remotePort(2) == listed.endpoint.port)
    }

    /// An unknown type changes nothing.
    @Test(arguments: Firmware.real) func anUnknownTypeChangesNothing(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        let server = try bench.startedServer()
        #expect(try bench.startServer(81, server, type: 5) == 0)
        #expect(try bench.servedClient(server).0 == 1)
    }

    /// The slot is in use although its server does not listen.
    @Test(arguments: [Firmware.arduino148, .adafruit177, .adafruit122])
    func aServerWhosePortIsTakenTakesItsSlot(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        _ = try bench.startedServer(0)
        #expect(try bench.startServer(80, 1) == 1)
        #expect(try !bench.listens(1))
        #expect(try bench.getSocket() == 2)
        #expect(try bench.available(1) == 0)
        #expect(try bench.send(1, [1]) == 0)
        #expect(try bench.state(1) == 0)
        #expect(try bench.getSocket() == 1)
    }

    // MARK: A slot that was a server's

    /// START_CLIENT on the slot of a stopped server: the client is connected, but commands reach the server.
    @Test(arguments: Firmware.real) func aFormerServerComesFirst(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware) { $0.backlog = 4 }
        let outside = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 7))
        let server = try bench.startedServer()
        let (old, oldPeer) = try bench.servedClient(server)
        #expect(try bench.stop(server) == 1)
        #expect(try bench.getSocket() == server)
        #expect(try bench.connect(server, to: 7))
        let peer = outside.accepted[0]
        #expect(try bench.state(server) == 4)
        #expect(try bench.listens(server))
        // Bytes of the new connection are not reported, but can be read.
        peer.send([7, 8, 9])
        #expect(bench.device.interrupt)
        #expect(try bench.available(server) == 255)
        #expect(try bench.read(server) == [7, 8, 9])
        // SEND_DATA reaches the old server's clients; in 3.3.0 the new connection.
        let isOwn = firmware.quirks.contains(.serverWritesToItsSlot)
        let reachesOld = firmware.dialect.acceptRule == .never
        #expect(try bench.send(server, [5]) == (isOwn || reachesOld ? 1 : 0))
        #expect(peer.read() == (isOwn ? [5] : []))
        #expect(oldPeer.read() == (reachesOld ? [5] : []))
        // A client of the old server is reported.
        let next = try #require(bench.network.connect(to: 80))
        next.send([2])
        #expect(bench.device.interrupt)
        let named = try firmware.dialect.acceptRule == .never ? bench.available(server) : bench.accept(server)
        #expect(named == 2)
        #expect(try bench.remotePort(named) == next.endpoint.port)
        #expect(try bench.state(old) == 4)
        // A reset ends this.
        bench.reset()
        try bench.join()
        #expect(try bench.connect(server, to: 7))
        outside.accepted[1].send([1])
        #expect(try bench.available(server) == 1)
        #expect(try bench.send(server, [1]) == 1)
    }

    /// While the slot is free the old server only listens: no IRQ, and no client is closed.
    @Test(arguments: Firmware.real) func aServerWithoutItsSlotWaits(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware) { $0.backlog = 4 }
        let server = try bench.startedServer()
        let listed = try #require(bench.network.connect(to: 80))
        if firmware.dialect.acceptRule != .always { #expect(try bench.available(server) == 255) }
        #expect(try bench.stop(server) == 1)
        #expect(!listed.isFinished && !listed.wasReset)
        let queued = try #require(bench.network.connect(to: 80))
        #expect(!bench.device.interrupt)
        #expect(try bench.accept(server) == 0)
        #expect(!queued.isFinished)
        // With a TCP client in the slot, both exist.
        _ = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 7))
        #expect(try bench.connect(server, to: 7))
        if firmware.dialect.acceptRule != .never { #expect(bench.device.interrupt) }
        queued.send([4])
        listed.send([3])
        #expect(bench.device.interrupt)
        #expect(try bench.available(server) == 1)
        #expect(try bench.remotePort(1) == listed.endpoint.port)
    }

    /// UDP and TLS do not consult the slot's server.
    @Test func otherTypesAreNotConcerned() throws {
        let bench = try DeviceHarness.firmware(.arduino200)
        let server = try bench.startedServer()
        #expect(try bench.stop(server) == 1)
        #expect(try bench.startUDP(5000, server) == 1)
        let alice = Endpoint(address: IPv4Address(10, 0, 0, 7), port: 7000)
        bench.network.send([1, 2], toPort: 5000, from: alice)
        #expect(try bench.unread(server) == 2)
        #expect(try bench.read(server) == [1, 2])
    }

    @Test func modernServesTheNewConnection() throws {
        let bench = try DeviceHarness()
        let outside = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 7))
        let server = try bench.server()
        #expect(try bench.stop(server) == 1)
        #expect(try bench.connect(server, to: 7))
        outside.accepted[0].send([1, 2])
        #expect(try bench.unread(server) == 2)
        #expect(try bench.send(server, [3]) == 1)
        #expect(outside.accepted[0].read() == [3])
    }
}
