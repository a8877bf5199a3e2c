import NINALink
import NINAWire
import Testing

@testable import NINACoprocessor

/// The network in memory keeps the contract of `Network`.
@Suite(.timeLimit(.minutes(5))) struct VirtualNetworkTests {
    final class Watcher: NetworkObserver {
        var events: [NetworkEvent] = []
        func networkEvent(_ event: NetworkEvent) { events.append(event) }
    }

    let network = VirtualNetwork()
    let watcher = Watcher()

    init() { network.observer = watcher }

    /// Without a test's clock, events have the time of the coprocessor's last call.
    @Test func hasNoTimeOfItsOwn() { #expect(VirtualNetwork().now == MonotonicInstant(nanoseconds: 0)) }

    @Test func announcesEachConnectionAsItArrives() throws {
        let listener = try network.listen(port: 80, backlog: 1).get()
        #expect(network.listen(port: 80, backlog: 1) == .failure(.addressInUse))
        let first = try #require(network.connect(to: 80))
        _ = try #require(network.connect(to: 80))
        #expect(network.connect(to: 80) == nil)
        #expect(network.connect(to: 81) == nil)
        #expect(watcher.events == [.pending(listener), .pending(listener)])
        #expect(try network.accept(listener).get()?.1 == first.endpoint)
        #expect(watcher.events.count == 2, "a client that stays queued is not reported again")
        #expect(network.hasPendingConnection(listener))
        network.setDropsRequests(listener, true)
        #expect(network.connect(to: 80) == nil)
        network.abort(listener)
        #expect(network.openSockets == 1)
    }

    @Test func carriesBytes() throws {
        network.capacity = 4
        let listener = try network.listen(port: 80, backlog: 1).get()
        let peer = try #require(network.connect(to: 80))
        peer.send([1, 2, 3])
        let (socket, _) = try #require(try network.accept(listener).get())
        var buffer: [UInt8] = [0, 0]
        #expect(network.receive(socket, into: &buffer, limit: 9, peek: true) == .received(2))
        #expect(network.receive(socket, into: &buffer, limit: 1, peek: false) == .received(1))
        #expect(network.readableBytes(socket) == 2)
        peer.finish()
        #expect(network.isOpen(socket))
        #expect(network.receive(socket, into: &buffer, limit: 9, peek: false) == .received(2))
        #expect(buffer == [2, 3])
        #expect(!network.isOpen(socket))
        #expect(network.receive(socket, into: &buffer, limit: 9, peek: false) == .closed)
        #expect(network.send(socket, [1, 2, 3]) == 3)
        #expect(network.send(socket, [4, 5, 6]) == 1)
        #expect(network.send(socket, [5]) == 0)
        watcher.events = []
        network.notifyWhenWritable(socket)
        #expect(peer.read() == [1, 2, 3, 4] && peer.read() == [])
        #expect(watcher.events == [.writable(socket)])
        network.finish(socket, sending: [5, 6])
        #expect(peer.read() == [5, 6] && peer.isFinished)
        #expect(network.send(socket, [1]) == nil)
    }

    @Test func closesEverything() throws {
        _ = try network.listen(port: 80, backlog: 1).get()
        let queued = try #require(network.connect(to: 80))
        _ = try network.connect(to: Endpoint(address: .loopback, port: 9)).get()
        network.resolve([0x61], token: 1)
        network.closeAll()
        watcher.events = []
        network.poll()
        #expect(watcher.events.isEmpty)
        #expect(queued.wasReset && network.openSockets == 0)
    }

    /// A datagram socket without a port of its own gets one, each another; a port that is named is kept, and is one's own.
    @Test func datagramSocketsHavePorts() throws {
        let endpoint = Endpoint(address: .loopback, port: 9)
        for port in [0, 0, 1, 5000] as [UInt16] {
            let socket = try network.openDatagram(port: port, group: nil).get()
            #expect(network.sendDatagram(socket, [7], to: endpoint))
        }
        let ports = network.datagrams.map(\.port)
        #expect(ports[0] >= 49_152 && ports[1] >= 49_152 && ports[0] != ports[1] && ports[2...] == [1, 5000])
        #expect(network.openDatagram(port: 1, group: nil) == .failure(.addressInUse))
        #expect(network.openSockets == 4)
    }
}
