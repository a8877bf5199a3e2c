import NINAWire
import Testing

@testable import NINACoprocessor

/// START_SERVER of UDP on a slot that already has a UDP socket, as some drivers send before each datagram.
@Suite(.timeLimit(.minutes(10))) struct DatagramRestartTests {
    private let alice = Endpoint(address: IPv4Address(10, 0, 0, 7), port: 7000)

    @Test func samePortKeepsWhatHasCome() throws {
        let bench = try DeviceHarness()
        #expect(try bench.startUDP(5000, 0) == 1)
        bench.network.send([1, 2, 3], toPort: 5000, from: alice)
        #expect(try bench.startUDP(5000, 0) == 1)
        #expect(bench.device.interrupt)
        #expect(try bench.unread(0) == 3)
        #expect(try bench.read(0) == [1, 2, 3])
        #expect(try bench.remote(0) == alice)
    }

    @Test func anotherPortOrGroupIsAnotherSocket() throws {
        let bench = try DeviceHarness()
        #expect(try bench.startUDP(5000, 0) == 1)
        bench.network.send([1, 2, 3], toPort: 5000, from: alice)
        #expect(try bench.startUDP(5001, 0) == 1)
        #expect(try bench.unread(0) == 0)
        #expect(!bench.network.send([4], toPort: 5000, from: alice))
        bench.network.send([5], toPort: 5001, from: alice)
        #expect(try bench.startMulticast(DeviceHarness.multicast, 5001, 0) == 1)
        #expect(try bench.unread(0) == 0)
        bench.network.send([6, 7], toPort: 5001, group: DeviceHarness.multicast, from: alice)
        #expect(try bench.startMulticast(DeviceHarness.multicast, 5001, 0) == 1)
        #expect(try bench.read(0) == [6, 7])
    }
}
