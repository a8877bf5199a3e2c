import NINALink
import NINAWire
import Testing

@testable import NINACoprocessor

/// The network in memory keeps the contract of `Network`.
@Suite(.timeLimit(.minutes(10))) struct VirtualNetworkTests {
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

    // MARK: Events

    /// What was asked for is reported once, and not before `poll`.
    @Test func reportsEachResultOnce() throws {
        network.hosts["box"] = .loopback
        network.ping(.loopback, timeToLive: 1, token: 1)
        network.ping(IPv4Address(10, 0, 0, 9), timeToLive: 1, token: 2)
        network.resolve([0x62, 0x6F, 0x78], token: 3)
        network.resolve([0x61], token: 4)
        let refused = try network.connect(to: Endpoint(address: .loopback, port: 9)).get()
        #expect(watcher.events.isEmpty)
        network.poll()
        #expect(
            watcher.events == [
                .resolved(token: 3, .loopback), .resolved(token: 4, nil), .connected(refused, .refused),
                .echoed(token: 1, milliseconds: 5),
            ])
        network.poll()
        #expect(watcher.events.count == 4)
    }

    @Test func answersWhenTheTestWants() throws {
        network.answersAtOnce = false
        let outside = Endpoint(address: IPv4Address(10, 0, 0, 1), port: 7)
        let listener = network.listen(at: outside)
        network.ping(.loopback, timeToLive: 1, token: 1)
        network.resolve([0x61], token: 2)
        let socket = try network.connect(to: outside).get()
        let closed = try network.connect(to: outside).get()
        network.abort(closed)
        network.poll()
        #expect(watcher.events.isEmpty && listener.accepted.isEmpty)
        for _ in 0..<2 {
            network.resolveNow()
            network.connectNow()
        }
        #expect(watcher.events == [.resolved(token: 2, nil), .connected(socket, nil)])
        #expect(listener.accepted.count == 1)
        #expect(listener.accepted[0].endpoint.address == network.ownAddress)
        network.answersAtOnce = true
        network.poll()
        #expect(watcher.events.last == .echoed(token: 1, milliseconds: 5))
    }

    /// Only of a socket that has unread bytes then.
    @Test func reportsUnreadBytesOnRequest() throws {
        let listener = try network.listen(port: 80, backlog: 1).get()
        let peer = try #require(network.connect(to: 80))
        let (socket, _) = try #require(try network.accept(listener).get())
        watcher.events = []
        network.notifyWhenReadable(socket)
        network.poll()
        #expect(watcher.events.isEmpty)
        peer.send([1])
        watcher.events = []
        network.poll()
        #expect(watcher.events.isEmpty, "the request is over")
        network.notifyWhenReadable(socket)
        network.poll()
        network.poll()
        #expect(watcher.events == [.readable(socket)])
        network.notifyWhenReadable(socket)
        network.ping(.loopback, timeToLive: 1, token: 1)
        network.closeAll()
        watcher.events = []
        network.poll()
        #expect(watcher.events.isEmpty && peer.wasReset)
    }

    // MARK: Limits and ends

    @Test func theFullestPeerTakesNothing() throws {
        let listener = try network.listen(port: 80, backlog: 1).get()
        let peer = try #require(network.connect(to: 80))
        let (socket, _) = try #require(try network.accept(listener).get())
        network.limitSendBuffer(socket, to: 3)
        #expect(network.send(socket, [1, 2, 3, 4]) == 3)
        network.capacity = 2
        #expect(network.send(socket, [4]) == 0)
        #expect(peer.read() == [1, 2, 3])
        #expect(network.send(socket, [4, 5, 6]) == 2)
        watcher.events = []
        #expect(peer.read() == [4, 5])
        #expect(watcher.events.isEmpty, "nobody has asked for room")
    }

    @Test func tellsAResetFromAnEnd() throws {
        let listener = try network.listen(port: 80, backlog: 4).get()
        let peers = (0..<3).compactMap { _ in network.connect(to: 80) }
        let sockets = try (0..<3).map { _ in try #require(try network.accept(listener).get()).0 }
        var buffer: [UInt8] = [0]
        #expect(network.receive(sockets[0], into: &buffer, limit: 1, peek: false) == .nothing)
        peers[0].send([1])
        peers[0].reset()
        #expect(network.receive(sockets[0], into: &buffer, limit: 1, peek: false) == .reset)
        #expect(network.readableBytes(sockets[0]) == 0 && !network.isOpen(sockets[0]))
        #expect(network.send(sockets[0], [1]) == nil)
        watcher.events = []
        peers[1].finish()
        #expect(watcher.events == [.readable(sockets[1])])
        #expect(network.receive(sockets[1], into: &buffer, limit: 1, peek: false) == .closed)
        #expect(network.send(sockets[1], [1]) == 1)
        network.abort(sockets[2])
        #expect(peers[2].wasReset && !peers[1].wasReset && !peers[0].wasReset)
        #expect(network.receive(sockets[2], into: &buffer, limit: 1, peek: false) == .closed)
    }

    @Test func withoutResourcesAClientStaysInTheQueue() throws {
        let listener = try network.listen(port: 80, backlog: 1).get()
        let peer = try #require(network.connect(to: 80))
        network.isOutOfResources = true
        #expect(throws: NetworkFailure.noResources) { try network.accept(listener).get() }
        #expect(network.openDatagram(port: 1, group: nil) == .failure(.noResources))
        network.isOutOfResources = false
        #expect(try network.accept(listener).get()?.1 == peer.endpoint)
        #expect(try network.accept(listener).get() == nil)
        #expect(!network.hasPendingConnection(listener))
    }

    @Test func datagramsReachThePortAndTheGroup() throws {
        let group = IPv4Address(224, 0, 0, 7)
        let sender = Endpoint(address: .loopback, port: 9)
        let plain = try network.openDatagram(port: 1, group: nil).get()
        let member = try network.openDatagram(port: 2, group: group).get()
        #expect(network.send([1, 2, 3], toPort: 1, from: sender))
        #expect(!network.send([4], toPort: 1, group: group, from: sender))
        #expect(network.send([5], toPort: 2, group: group, from: sender))
        #expect(network.send([], toPort: 2, from: sender), "nothing arrives of it")
        #expect(!network.send([6], toPort: 3, from: sender))
        #expect(watcher.events == [.readable(plain), .readable(member)])
        var buffer: [UInt8] = [0, 0]
        let first = try #require(network.receiveDatagram(plain, into: &buffer))
        #expect(first.0 == 2 && first.1 == sender && buffer == [1, 2], "the rest is lost")
        #expect(network.receiveDatagram(plain, into: &buffer) == nil)
        #expect(try #require(network.receiveDatagram(member, into: &buffer)).0 == 1)
        #expect(buffer == [5, 2])
        network.closeDatagram(member)
        #expect(!network.sendDatagram(member, [1], to: sender))
        #expect(network.openSockets == 1)
    }

    /// Ports of the dynamic range, which begins again after its end.
    @Test func portsBeginAgain() throws {
        let endpoint = Endpoint(address: .loopback, port: 9)
        for _ in 0...UInt16.max - 49_152 {
            network.closeDatagram(try network.openDatagram(port: 0, group: nil).get())
        }
        #expect(network.sendDatagram(try network.openDatagram(port: 0, group: nil).get(), [1], to: endpoint))
        #expect(network.datagrams.map(\.port) == [49_152])
    }
}
