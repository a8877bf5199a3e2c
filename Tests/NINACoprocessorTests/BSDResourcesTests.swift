import NINALink
import NINAWire
import Testing

@testable import NINACoprocessor

/// BSD sockets of a network that has no sockets left.
@Suite(.timeLimit(.minutes(10))) struct BSDResourcesTests {
    /// A datagram socket gets its socket of the network by its first use, which may find none left.
    @Test func sendingToNeedsASocket() throws {
        let bench = try DeviceHarness()
        let remote = Endpoint(address: DeviceHarness.outside, port: 9)
        let socket = try bench.socket(2)
        bench.network.isOutOfResources = true
        #expect(try bench.send(socket, [1], to: remote) == 0)
        #expect(try bench.errno() == 105)
        #expect(try bench.bind(socket, 5353) == 0)
        #expect(try bench.connect(socket, to: remote) == 0)
        #expect(bench.network.datagrams.isEmpty && bench.network.openSockets == 0)
        bench.network.isOutOfResources = false
        #expect(try bench.send(socket, [1, 2], to: remote) == 2)
        // It keeps that one.
        bench.network.isOutOfResources = true
        #expect(try bench.send(socket, [3], to: remote) == 1)
        #expect(bench.network.datagrams.map(\.bytes) == [[1, 2], [3]])
        #expect(bench.network.openSockets == 1)
    }
}
