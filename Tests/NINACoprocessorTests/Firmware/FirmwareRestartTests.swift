import NINAWire
import Testing

@testable import NINACoprocessor

/// START_SERVER again on a slot that has a server: Protocol/dialects.md, START_SERVER.
@Suite(.timeLimit(.minutes(10))) struct FirmwareRestartTests {
    /// 2.0.0: the clients are those of the slot's object, and come back after a start that has failed.
    @Test func firmware200KeepsItsClientsOverAFailedStart() throws {
        let bench = try DeviceHarness.firmware(.arduino200) { $0.backlog = 4 }
        let server = try bench.startedServer()
        let listed = try #require(bench.network.connect(to: 80))
        #expect(try bench.available(server) == 255)
        let held = try #require(bench.network.connect(to: 80))
        #expect(bench.device.interrupt)
        #expect(try bench.startServer(80, server) == 0)
        listed.send([1])
        #expect(!bench.device.interrupt)
        #expect(try bench.unread(server) == 0)
        #expect(try bench.send(server, [5]) == 0)
        #expect(try bench.startServer(80, server) == 0)
        #expect(try bench.getSocket() == 1, "the slot stays one for TCP")
        #expect(try bench.startServer(81, server) == 1)
        #expect(bench.device.interrupt)
        #expect(try bench.send(server, [5]) == 1)
        #expect(listed.read() == [5] && held.read() == [])
        #expect(try bench.accept(server) == 1)
        #expect(try bench.remotePort(1) == held.endpoint.port)
        #expect(try bench.available(server) == 2)
        #expect(try bench.remotePort(2) == listed.endpoint.port)
    }

    /// Before 1.5 each start makes a new server: the old one's clients stay connected, and are nobody's.
    @Test(arguments: [Firmware.arduino148, .adafruit177, .adafruit122], [UInt16(80), 81])
    func olderFirmwareBeginsWithAnEmptyList(_ firmware: Firmware, _ port: UInt16) throws {
        let bench = try DeviceHarness.firmware(firmware) { $0.backlog = 4 }
        let server = try bench.startedServer()
        let (slot, inSlot) = try bench.servedClient(server)
        let listed = try #require(bench.network.connect(to: 80))
        #expect(try bench.available(server) == 255)
        #expect(try bench.startServer(port, server) == 1)
        if port == 80 { #expect(try bench.startServer(82, server) == 1) }
        inSlot.send([1])
        listed.send([2])
        #expect(try bench.available(server) == 255)
        #expect(try bench.send(server, [5]) == 0)
        #expect(inSlot.read() == [] && listed.read() == [])
        #expect(!listed.isFinished && !listed.wasReset)
        // The one with a slot is served there.
        #expect(try bench.read(slot) == [1])
        #expect(try bench.state(slot) == 4)
        // Two lost sockets, or three, and the client count in the pool.
        let used = bench.device.device.context.numbers.holders.count { $0 != .free }
        #expect(used == 4)
    }

    /// Firmware that closes every connection when it leaves its network closes the lost ones too.
    @Test(arguments: [Firmware.arduino148, .arduino200]) func lostClientsEndWithTheNetwork(_ firmware: Firmware) throws
    {
        let bench = try DeviceHarness.firmware(firmware) { $0.backlog = 4 }
        let server = try bench.startedServer()
        let listed = try #require(bench.network.connect(to: 80))
        #expect(try bench.available(server) == 255)
        _ = try bench.startServer(80, server)
        #expect(!listed.isFinished)
        _ = try bench.ask(0x30)
        #expect(listed.isFinished)
        let used = bench.device.device.context.numbers.holders.count { $0 != .free }
        #expect(used == 1, "the lost listener")
    }

    @Test func firmware330KeepsClientsAndListener() throws {
        let bench = try DeviceHarness.firmware(.adafruit330)
        let server = try bench.startedServer()
        let held = try #require(bench.network.connect(to: 80))
        let before = bench.device.device.context.numbers.holders
        #expect(try bench.startServer(81, server) == 1)
        #expect(bench.device.device.context.numbers.holders == before)
        #expect(bench.device.interrupt)
        #expect(try bench.accept(server) == 1)
        #expect(try bench.remotePort(1) == held.endpoint.port)
    }

    /// A UDP start that fails leaves the server in its slot.
    @Test(arguments: Firmware.real) func aFailedDatagramStartLeavesTheServer(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware) { $0.backlog = 4 }
        #expect(try bench.startUDP(5000, 1) == 1)
        let server = try bench.startedServer()
        #expect(try bench.startUDP(5000, server) == 0)
        #expect(try bench.getSocket() == 2)
        #expect(try bench.listens(server))
        #expect(try bench.servedClient(server).0 == 2)
    }

    // MARK: Modern

    /// Clients of a server that has moved or ended are not those of the next one on its slot.
    @Test(arguments: [true, false]) func modernGivesNoServerTheClientsOfAnother(_ moves: Bool) throws {
        let bench = try DeviceHarness()
        let server = try bench.server()
        let (slot, accepted) = try bench.acceptedClient(server)
        let listed = try #require(bench.network.connect(to: 80))
        listed.send([1])
        #expect(try bench.available(server) != 255)
        let waiting = try #require(bench.network.connect(to: 80))
        #expect(try bench.available(server) != 255)
        if !moves { #expect(try bench.stop(server) == 1) }
        #expect(try bench.startServer(81, server) == 1)
        #expect(listed.isFinished && waiting.isFinished)
        #expect(bench.network.connect(to: 80) == nil)
        accepted.send([2])
        #expect(try bench.available(server) == 255)
        #expect(try bench.send(server, [5]) == 0)
        #expect(accepted.read() == [])
        #expect(try bench.read(slot) == [2])
        #expect(try bench.startServer(81, server) == 1, "the same port changes nothing")
        let next = try bench.acceptedClient(server, 81)
        #expect(try bench.send(server, [6]) == 1)
        #expect(next.1.read() == [6] && accepted.read() == [])
    }
}
