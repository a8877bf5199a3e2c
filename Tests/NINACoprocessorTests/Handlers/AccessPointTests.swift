import NINAWire
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct AccessPointTests {
    private let name = Array("my-ap".utf8)

    private func secured(_ bench: DeviceHarness, _ passphrase: String) throws -> Int {
        try bench.byte(0x19, Array("my-ap2".utf8), Array(passphrase.utf8), [11])
    }

    @Test func opens() throws {
        let bench = try DeviceHarness(joined: false)
        #expect(try bench.byte(0x18, name, [6]) == 1)
        #expect(try bench.status() == 7)
        #expect(try bench.ask(0x21, [0xFF]) == [[192, 168, 4, 1], [255, 255, 255, 0], [192, 168, 4, 1]])
        #expect(try bench.ask(0x23, [0xFF]) == [name])
        #expect(try bench.ask(0x25, [0xFF]) == [[0, 0, 0, 0]])
        #expect(try bench.ask(0x26, [0xFF]) == [[7]])
        let address: [UInt8] = [0x04, 0x02, 0x01, 0xC4, 0x0A, 0x24]
        #expect(try bench.ask(0x24, [0xFF]) == [address])
        #expect(try bench.ask(0x22, [0xFF]) == [address])
        // Hosts send the name with a terminating NUL.
        #expect(try bench.byte(0x18, name + [0], [6]) == 1)
        #expect(try bench.ask(0x23) == [name])
    }

    @Test func takesTheAddressThatTheHostHasSet() throws {
        let bench = try DeviceHarness(joined: false)
        #expect(try bench.byte(0x14, [3], [10, 0, 0, 1], [10, 0, 0, 254], [255, 0, 0, 0]) == 0)
        #expect(try bench.byte(0x18, name, [6]) == 1)
        #expect(try bench.ask(0x21) == [[10, 0, 0, 1], [255, 0, 0, 0], [10, 0, 0, 254]])
        #expect(try bench.byte(0x14, [3], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]) == 0)
        #expect(try bench.ask(0x21)[0] == [192, 168, 4, 1])
    }

    @Test func opensWithAPassphrase() throws {
        let bench = try DeviceHarness(joined: false)
        #expect(try secured(bench, "long-enough") == 1)
        #expect(try bench.status() == 7)
        #expect(try bench.ask(0x23) == [Array("my-ap2".utf8)])
        #expect(try bench.ask(0x26) == [[4]])
        #expect(try secured(bench, "12345678") == 1)
        #expect(try bench.byte(0x18, name, [6]) == 1)
        #expect(try bench.ask(0x26) == [[7]])
    }

    @Test func aPassphraseThatIsTooShortEndsEverything() throws {
        let bench = try DeviceHarness()
        #expect(try secured(bench, "seven77") == 0)
        #expect(try bench.status() == 9)
        #expect(try bench.ask(0x23) == [[]])
        #expect(try bench.ask(0x21) == [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
        #expect(try bench.ping(.loopback) == -1)
        #expect(try secured(bench, "12345678\0") == 1)
        #expect(try secured(bench, "1234567\0") == 0)
        #expect(try bench.status() == 9)
        // A join in progress ends too.
        _ = try bench.byte(0x10, Array("open-net".utf8))
        #expect(try secured(bench, "") == 0)
        bench.pass(.seconds(1))
        #expect(try bench.status() == 9)
    }

    @Test func namesHaveOneTo32Bytes() throws {
        let bench = try DeviceHarness()
        #expect(throws: Refused.self) { try bench.byte(0x18, [], [6]) }
        #expect(throws: Refused.self) { try bench.byte(0x18, Array(repeating: 65, count: 33), [6]) }
        #expect(try bench.status() == 3)
        #expect(try bench.byte(0x18, Array(repeating: 65, count: 32), [6]) == 1)
    }

    @Test func theStationLeavesAndComesBack() throws {
        let bench = try DeviceHarness()
        let server = try bench.server()
        let (client, peer) = try bench.acceptedClient(server)
        #expect(try bench.byte(0x18, name, [6]) == 1)
        #expect(peer.isFinished)
        #expect(try bench.state(client) == 0)
        #expect(try bench.listens(server))
        // Servers and sockets work in the module's own network.
        let (other, station) = try bench.acceptedClient(server)
        #expect(try bench.send(other, [1, 2]) == 2)
        #expect(station.read() == [1, 2])
        #expect(try bench.ping(.loopback) == 5)
        // A scan does not end the access point.
        _ = try bench.exchange([0xE0, 0x27, 0x00, 0xEE])
        #expect(try bench.status() == 7)
        try bench.join()
        #expect(station.isFinished)
        #expect(try bench.ask(0x23) == [Array("lab-net".utf8)])
        #expect(try bench.ask(0x22) == [[0x03, 0x02, 0x01, 0xC4, 0x0A, 0x24]])
        #expect(try bench.ask(0x21)[0] == [127, 1, 0, 1])
    }

    @Test func disconnectEndsIt() throws {
        let bench = try DeviceHarness(joined: false)
        #expect(try bench.byte(0x18, name, [6]) == 1)
        #expect(try bench.byte(0x30, [0xFF]) == 1)
        #expect(try bench.status() == 0)
        #expect(try bench.ask(0x23) == [[]])
        #expect(try bench.ping(.loopback) == -1)
    }

    @Test func aJoinThatIsUnderWayEnds() throws {
        let bench = try DeviceHarness(joined: false)
        _ = try bench.byte(0x10, Array("open-net".utf8))
        #expect(try bench.byte(0x18, name, [6]) == 1)
        bench.pass(.seconds(1))
        #expect(try bench.status() == 7)
        // A join ends the access point, whatever its result.
        _ = try bench.byte(0x10, Array("nowhere".utf8))
        #expect(try bench.status() == 1)
        bench.pass(.seconds(1))
        #expect(try bench.status() == 4)
        #expect(try bench.ask(0x23) == [[]])
    }

    @Test func aResetEndsIt() throws {
        let bench = try DeviceHarness(joined: false)
        #expect(try bench.byte(0x18, name, [6]) == 1)
        bench.reset()
        #expect(try bench.status() == 0)
        #expect(try bench.ask(0x21)[0] == [0, 0, 0, 0])
    }

    /// A passphrase that is too short starts nothing, but the station has left its network: its connections end.
    @Test func aFailedAccessPointEndsConnections() throws {
        let bench = try DeviceHarness()
        let (client, peer) = try bench.acceptedClient(try bench.server())
        let (socket, other) = try bench.connected()
        #expect(try bench.byte(0x19, name, Array("short".utf8), [6]) == 0)
        #expect(try bench.state(client) == 0)
        #expect(peer.isFinished && other.isFinished)
        #expect(try bench.send(socket, [1]) == 0)
        #expect(try bench.byte(0x20) == 9)
    }
}
