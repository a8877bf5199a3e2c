import NINAWire
import Testing

@testable import NINACoprocessor

/// A client that `available` has handed out and that has ended: the firmware closes its socket, and the slot goes on referring to
/// the socket's number. Protocol/dialects.md, AVAIL_DATA.
@Suite(.timeLimit(.minutes(10))) struct FirmwareStaleSlotTests {
    /// A bench whose slot 1 is stale: its client of the server in slot 0 has ended.
    private func stale(servers: Int = 1) throws -> DeviceHarness {
        let bench = try DeviceHarness.firmware(.arduino200) { $0.backlog = 4 }
        _ = try bench.startedServer()
        for index in 1..<servers { _ = try bench.startedServer(4 + index, port: 80 + UInt16(index)) }
        let first = try #require(bench.network.connect(to: 80))
        first.send([1])
        #expect(try bench.available(0) == 1)
        #expect(try bench.read(1) == [1])
        first.finish()
        #expect(try bench.available(0) == 255)
        #expect(first.isFinished)
        // lwip gives each other number before it gives that one again.
        for _ in servers + 1..<10 { #expect(try bench.close(bench.socket()) == 1) }
        return bench
    }

    @Test func aNewClientAppearsUnderIt() throws {
        let bench = try stale()
        let next = try #require(bench.network.connect(to: 80))
        #expect(try bench.available(0) == 255)
        next.send([2, 3])
        #expect(bench.device.interrupt)
        #expect(try bench.available(0) == 1)
        #expect(try bench.remotePort(1) == next.endpoint.port)
        #expect(try bench.read(1) == [2, 3])
        #expect(try bench.send(1, [4]) == 1)
        #expect(next.read() == [4])
        #expect(try bench.state(1) == 4)
        // The one after it has another number, and a slot of its own.
        let other = try #require(bench.network.connect(to: 80))
        other.send([5])
        #expect(try bench.available(0) == 2)
        #expect(try bench.remotePort(2) == other.endpoint.port)
        #expect(try bench.stop(1) == 1)
        #expect(next.isFinished && !other.isFinished)
    }

    @Test func theNewClientIsOneOfItsOwnServer() throws {
        let bench = try stale(servers: 2)
        let next = try #require(bench.network.connect(to: 81))
        next.send([2])
        #expect(try bench.available(0) == 255)
        #expect(try bench.available(5) == 1)
        #expect(try bench.send(0, [6]) == 0)
        #expect(try bench.send(5, [7]) == 1)
        #expect(next.read() == [7])
    }

    @Test func itIsInUse() throws {
        let bench = try stale()
        _ = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 7))
        #expect(try bench.getSocket() == 2)
        #expect(try !bench.connect(1, to: 7))
        #expect(try bench.startServer(90, 1) == 0)
        #expect(try bench.send(1, [1]) == 0)
        #expect(try bench.unread(1) == 0)
        #expect(try bench.read(1) == [])
    }

    /// Then the next client has a slot as any other.
    @Test(arguments: [true, false]) func aCommandFreesIt(_ byStop: Bool) throws {
        let bench = try stale()
        #expect(try byStop ? bench.stop(1) == 1 : bench.state(1) == 0)
        #expect(try bench.getSocket() == 1)
        #expect(try bench.startUDP(5000, 1) == 1)
        let next = try #require(bench.network.connect(to: 80))
        next.send([2])
        #expect(try bench.available(0) == 2)
        #expect(try bench.remotePort(2) == next.endpoint.port)
    }

    /// In the server's list its place is free.
    @Test func itKeepsNoPlaceInTheList() throws {
        let bench = try DeviceHarness.firmware(.arduino148) { $0.backlog = 4 }
        let server = try bench.startedServer()
        let first = try #require(bench.network.connect(to: 80))
        first.send([1])
        #expect(try bench.available(server) == 1)
        let second = try #require(bench.network.connect(to: 80))
        #expect(try bench.available(server) == 1)
        #expect(try bench.read(1) == [1])
        first.finish()
        #expect(try bench.available(server) == 255)
        let third = try #require(bench.network.connect(to: 80))
        second.send([2])
        third.send([3])
        let slot = try bench.available(server)
        #expect(try bench.remotePort(slot) == third.endpoint.port)
    }
}
