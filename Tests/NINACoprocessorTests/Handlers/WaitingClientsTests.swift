import NINAWire
import Testing

@testable import NINACoprocessor

/// Clients that no command has taken yet: how many are held, and what happens when one cannot be accepted.
@Suite(.timeLimit(.minutes(10))) struct WaitingClientsTests {
    /// The next attempt is made after 100 ms; nothing is promised until then.
    @Test func aListenerThatCannotAcceptPauses() throws {
        let bench = try DeviceHarness()
        let server = try bench.server()
        let peer = try #require(bench.network.connect(to: 80))
        bench.network.isOutOfResources = true
        let start = bench.now
        #expect(try bench.accept(server) == 255)
        #expect(!bench.device.interrupt)
        #expect(bench.device.nextDeadline == start.advanced(by: .milliseconds(100)))
        bench.network.isOutOfResources = false
        bench.pass(.milliseconds(99))
        #expect(try bench.accept(server) == 255)
        #expect(!bench.device.interrupt)
        bench.pass(.milliseconds(1))
        #expect(bench.device.interrupt)
        #expect(bench.device.nextDeadline == nil)
        #expect(try bench.accept(server) == 1)
        #expect(try bench.remotePort(1) == peer.endpoint.port)
        #expect(!bench.device.interrupt)
    }

    /// A second failure makes another pause, and other servers are not concerned.
    @Test func eachServerPausesForItself() throws {
        let bench = try DeviceHarness()
        let first = try bench.server(80)
        let second = try bench.server(81)
        _ = try #require(bench.network.connect(to: 80))
        bench.network.isOutOfResources = true
        #expect(try bench.available(first) == 255)
        bench.pass(.milliseconds(100))
        let again = bench.now
        #expect(try bench.available(first) == 255)
        #expect(bench.device.nextDeadline == again.advanced(by: .milliseconds(100)))
        bench.network.isOutOfResources = false
        let other = try #require(bench.network.connect(to: 81))
        #expect(bench.device.interrupt)
        #expect(try bench.accept(second) == 2)
        #expect(try bench.remotePort(2) == other.endpoint.port)
        #expect(!bench.device.interrupt)
        #expect(try bench.stopServer(first) == 1)
        #expect(bench.device.nextDeadline == nil, "nobody is left to wait for")
    }

    /// Silent clients of all servers together: a client in the queue is not accepted before one of them leaves.
    @Test func theyAreBounded() throws {
        let bench = try DeviceHarness()
        let server = try bench.server(80)
        let other = try bench.server(81)
        let silent = (0..<60).compactMap { _ in bench.network.connect(to: 80) }
        #expect(try bench.available(server) == 255)
        let more = (0..<6).compactMap { _ in bench.network.connect(to: 81) }
        #expect(try bench.available(other) == 255)
        #expect(bench.network.openSockets == 2 + 64)
        #expect(!bench.device.interrupt)
        more[4].send([1])
        #expect(try bench.available(other) == 255)
        silent[7].finish()
        #expect(try bench.available(server) == 255)
        #expect(silent[7].isFinished)
        #expect(bench.device.interrupt)
        #expect(try bench.available(other) == 2)
        #expect(try bench.remotePort(2) == more[4].endpoint.port)
        // What waits can be accepted in its order.
        #expect(try bench.accept(server) == 3)
        #expect(try bench.remotePort(3) == silent[0].endpoint.port)
    }

    /// What a waiting client had not taken of a frame is delivered when the device stops.
    @Test func aStopDeliversWhatTheyWereSent() throws {
        let bench = try DeviceHarness()
        bench.network.capacity = 10
        let server = try bench.server()
        let (slot, inSlot) = try bench.acceptedClient(server)
        let silent = try #require(bench.network.connect(to: 80))
        let idle = try #require(bench.network.connect(to: 80))
        #expect(try bench.available(server) == 255)
        #expect(try bench.send(server, Array(1...15)) == 45)
        #expect(idle.read() + idle.read() == Array(1...15))
        #expect(try bench.state(slot) == 4)
        bench.device.halt(at: bench.now)
        for peer in [inSlot, silent] {
            #expect(peer.isFinished && !peer.wasReset)
            #expect(peer.read() == Array(1...15))
        }
        #expect(idle.wasReset)
        #expect(bench.network.openSockets == 0)
    }

    /// START_SERVER for UDP on a server's slot ends the server, also on the port of the same number.
    @Test func aServerBecomesAUDPSocket() throws {
        let bench = try DeviceHarness()
        let server = try bench.server(80)
        let silent = try #require(bench.network.connect(to: 80))
        #expect(try bench.available(server) == 255)
        #expect(try bench.startUDP(80, server) == 1)
        #expect(silent.isFinished)
        #expect(try !bench.listens(server))
        #expect(bench.network.connect(to: 80) == nil)
        bench.network.send([1, 2], toPort: 80, from: Endpoint(address: .loopback, port: 9))
        #expect(try bench.unread(server) == 2)
        #expect(try bench.startServer(80, server) == 0, "a UDP socket does not become a server")
        #expect(try bench.read(server) == [1, 2])
        #expect(try bench.startServer(81, 1, type: 9) == 0)
        #expect(try bench.startServer(81, 1, type: 2) == 0)
        #expect(try bench.getSocket() == 1)
    }
}
