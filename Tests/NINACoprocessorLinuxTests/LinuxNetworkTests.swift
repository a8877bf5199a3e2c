import LinuxIO
import NINACoprocessor
import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessorLinux

/// Servers, connections and names of coprocessors on this machine.
@Suite(.timeLimit(.minutes(10))) struct LinuxNetworkTests {
    private static let own = IPv4Address(127, 88, 3, 1)
    private static let other = IPv4Address(127, 88, 3, 2)

    private func receive(_ network: LinuxNetwork, _ socket: NetworkSocket) -> (ReceiveOutcome, [UInt8]) {
        var buffer = [UInt8](repeating: 0, count: 100)
        let outcome = network.receive(socket, into: &buffer, limit: 100, peek: false)
        guard case .received(let count) = outcome else { return (outcome, []) }
        return (outcome, Array(buffer.prefix(count)))
    }

    private func freePort() throws -> UInt16 {
        let listener = try TCPSocket.listen(on: IPv4Endpoint(address: Self.own.rawValue, port: 0))
        let port = try TCPSocket.localEndpoint(listener.rawValue).port
        listener.close()
        return port
    }

    /// A server of the first network, and a connection of the second one to it.
    private func connected(
        _ bench: NetworkBench, _ port: UInt16
    ) throws -> (listener: NetworkSocket, client: NetworkSocket, server: NetworkSocket, remote: Endpoint) {
        let listener = try bench.networks[0].listen(port: port, backlog: 4).get()
        #expect(
            try bench.networks[0].accept(listener).get() == nil && !bench.networks[0].hasPendingConnection(listener))
        let client = try bench.networks[1].connect(to: Endpoint(address: Self.own, port: port)).get()
        #expect(bench.events(1).isEmpty, "never from inside a call")
        #expect(
            try bench.run {
                bench.events(0).contains(.pending(listener)) && bench.events(1).contains(.connected(client, nil))
            })
        #expect(bench.networks[0].hasPendingConnection(listener))
        let (server, remote) = try #require(try bench.networks[0].accept(listener).get())
        #expect(!bench.networks[0].hasPendingConnection(listener))
        return (listener, client, server, remote)
    }

    /// On a port that is another one of this machine, which both do not know.
    @Test func aServerIsFoundWhereItIs() throws {
        let (port, mapped) = (try freePort(), try freePort())
        let bench = try NetworkBench([Self.own, Self.other]) { $0.ports.map[port] = mapped }
        let (listener, client, server, remote) = try connected(bench, port)
        #expect(bench.logged("info: server on port \(port) is reachable at \(Self.own):\(mapped)"))
        #expect(remote.address == Self.other)
        #expect(bench.events(0) == [.pending(listener)] && bench.events(1) == [.connected(client, nil)])
        #expect(bench.networks[1].send(client, [1, 2, 3]) == 3)
        #expect(try bench.run { bench.events(0).contains(.readable(server)) })
        #expect(receive(bench.networks[0], server).1 == [1, 2, 3])
        #expect(receive(bench.networks[0], server).0 == .nothing)
        #expect(bench.networks[0].send(server, [4]) == 1)
        #expect(try bench.run { bench.events(1).contains(.readable(client)) })
        #expect(receive(bench.networks[1], client).1 == [4])
        // The end of one side is the other's.
        bench.networks[0].finish(server, sending: [5])
        #expect(try bench.run { receive(bench.networks[1], client).1 == [5] })
        #expect(try bench.run { receive(bench.networks[1], client).0 == .closed })
        #expect(!bench.networks[1].isOpen(client))
        bench.networks[1].finish(client, sending: [])
        #expect(try bench.run { bench.environment.lingering.isEmpty })
        // A port without its server is another machine's.
        bench.networks[0].abort(listener)
        #expect(bench.environment.place(Endpoint(address: Self.own, port: port)).port == port)
        #expect(bench.reactor.registrationCount == 0)
    }

    @Test func aServerThatIsNotThereRefuses() throws {
        let bench = try NetworkBench([Self.own, Self.other])
        let port = try freePort()
        switch bench.networks[1].connect(to: Endpoint(address: Self.own, port: port)) {
        case .success(let socket):
            #expect(try bench.run { !bench.events(1).isEmpty })
            #expect(bench.events(1) == [.connected(socket, .refused)])
            bench.networks[1].abort(socket)
        case .failure(let failure): #expect(failure == .refused)
        }
        #expect(bench.reactor.registrationCount == 0)
    }

    @Test func aPortHasOneServer() throws {
        let bench = try NetworkBench([Self.own])
        let port = try freePort()
        let listener = try bench.network.listen(port: port, backlog: 1).get()
        #expect(bench.network.listen(port: port, backlog: 1) == .failure(.addressInUse))
        #expect(bench.logged("warning: server on port \(port): bind \(Self.own):\(port)"))
        #expect(bench.reactor.registrationCount == 1)
        bench.network.abort(listener)
        bench.network.abort(try bench.network.listen(port: port, backlog: 1).get())
        #expect(bench.reactor.registrationCount == 0)
        let beyond = try NetworkBench([Self.own]) { $0.ports.offset = 1000 }
        #expect(beyond.network.listen(port: 64_536, backlog: 1) == .failure(.notPermitted))
        #expect(beyond.log == ["warning: port 64536 with its offset is not a port from 1 to 65535"])
    }

    /// The dropped ones are told nothing; they try again.
    @Test func requestsAreDroppedUntilTheyAreNot() throws {
        let bench = try NetworkBench([Self.own, Self.other])
        let port = try freePort()
        let listener = try bench.networks[0].listen(port: port, backlog: 4).get()
        bench.networks[0].setDropsRequests(listener, true)
        bench.networks[0].setDropsRequests(.invalid, false)
        let client = try bench.networks[1].connect(to: Endpoint(address: Self.own, port: port)).get()
        try bench.settle()
        #expect(bench.events(0).isEmpty && bench.events(1).isEmpty)
        bench.networks[0].setDropsRequests(listener, false)
        #expect(try bench.run { bench.events(0) == [.pending(listener)] })
        #expect(try bench.run { bench.events(1) == [.connected(client, nil)] })
        #expect(bench.log.count == 1)
    }

    @Test func manyConnectionsAreAnnouncedUntilAllAreAccepted() throws {
        let bench = try NetworkBench([Self.own, Self.other])
        let port = try freePort()
        let listener = try bench.networks[0].listen(port: port, backlog: 8).get()
        let clients = try (0..<5).map { _ in
            try bench.networks[1].connect(to: Endpoint(address: Self.own, port: port)).get()
        }
        #expect(try bench.run { bench.events(1).count == clients.count && !bench.events(0).isEmpty })
        var servers: Set<NetworkSocket> = []
        while let (server, _) = try bench.networks[0].accept(listener).get() { servers.insert(server) }
        #expect(servers.count == clients.count && !servers.contains(listener))
        // Nothing is announced that is not there any more.
        let count = bench.events(0).count
        try bench.settle()
        #expect(bench.events(0).count == count)
        let late = try bench.networks[1].connect(to: Endpoint(address: Self.own, port: port)).get()
        #expect(try bench.run { bench.events(0).count == count + 1 })
        #expect(bench.events(0).last == .pending(listener) && late != clients[4])
        for network in bench.networks { network.closeAll() }
        #expect(bench.reactor.registrationCount == bench.networks.count - 2 || !bench.environment.lingering.isEmpty)
    }

    private final class Acceptor: ReactorHandler {
        let accept: () -> Void
        init(_ accept: @escaping () -> Void) { self.accept = accept }
        func ready(_ events: ReadyEvents, token: UInt64) { accept() }
    }

    /// A command has accepted a connection before the event of that round: only one that is left is announced.
    @Test(arguments: [1, 2]) func anAcceptedConnectionIsNotAnnounced(_ count: Int) throws {
        let bench = try NetworkBench([Self.own])
        let listener = try bench.network.listen(port: try freePort(), backlog: 4).get()
        let number = try #require(bench.network.entry(listener)?.number)
        let place = try TCPSocket.localEndpoint(number)
        let pair = try UnixSocket.pair(nonblocking: true)
        var accepted = 0
        let acceptor = Acceptor {
            if accepted == 0, (try? bench.network.accept(listener).get()) != nil { accepted += 1 }
        }
        let registration = try bench.reactor.add(pair.first.rawValue, [.readable, .edgeTriggered], handler: acceptor)
        #expect([1].withUnsafeBytes { UnixSocket.send(pair.second.rawValue, $0) } != .wouldBlock)
        let clients = try (0..<count).map { _ in StreamPeer(try TCPSocket.connect(to: place)) }
        for client in clients { #expect(client.isConnected) }
        try bench.reactor.runOnce(timeoutNanoseconds: 1_000_000_000)
        #expect(accepted == 1)
        #expect(bench.events == (count == 1 ? [] : [.pending(listener)]))
        bench.reactor.remove(registration)
        withExtendedLifetime(pair) {}
    }

    /// A socket that is none: nothing happens.
    @Test func whatIsNoSocketDoesNothing() throws {
        let bench = try NetworkBench()
        let datagram = try bench.network.openDatagram(port: 0, group: nil).get()
        for socket in [NetworkSocket.invalid, datagram] {
            #expect(bench.network.send(socket, [1]) == nil)
            #expect(receive(bench.network, socket).0 == .closed)
            #expect(bench.network.readableBytes(socket) == 0 && !bench.network.hasReadableBytes(socket))
            #expect(!bench.network.isOpen(socket))
            bench.network.notifyWhenWritable(socket)
            bench.network.notifyWhenReadable(socket)
        }
        #expect(try bench.network.accept(.invalid).get() == nil && !bench.network.hasPendingConnection(.invalid))
        bench.network.finish(.invalid, sending: [1])
        bench.network.abort(.invalid)
        try bench.settle()
        #expect(bench.events.isEmpty && bench.reactor.registrationCount == 1 && bench.environment.lingering.isEmpty)
        bench.network.abort(datagram)
        #expect(bench.reactor.registrationCount == 0)
    }

    @Test func errorsHaveTheirMeaning() throws {
        let network = try NetworkBench().network
        for (errno, failure) in [
            (.addressInUse, .addressInUse), (.accessDenied, .notPermitted), (.notPermitted, .notPermitted),
            (.connectionRefused, .refused), (.networkUnreachable, .unreachable), (.hostUnreachable, .unreachable),
            (.addressNotAvailable, .unreachable), (.timedOut, .timedOut), (.connectionReset, .closed),
            (.brokenPipe, .closed), (.notConnected, .closed), (.connectionAborted, .closed),
            (.tooManyOpenFiles, .noResources), (.tooManyOpenFilesInSystem, .noResources), (.noMemory, .noResources),
            (.invalidArgument, .system(22)),
        ] as [(Errno, NetworkFailure)] {
            #expect(network.failure(errno) == failure, "\(errno)")
        }
    }

    /// The device stops: what it has not read costs the peer its end, as with any program.
    @Test func aStopEndsEverySocket() throws {
        for isRead in [true, false] {
            let bench = try StreamBench()
            _ = try bench.network.openDatagram(port: 0, group: nil).get()
            #expect(bench.coprocessorHas(bench.sendFromPeer([UInt8](repeating: 1, count: 20_000)[...])))
            try bench.settle()
            var buffer = [UInt8](repeating: 0, count: 4092)
            var received = 0
            var rounds = Rounds(100)
            while received < (isRead ? 20_000 : 8184), rounds.next(),
                case .received(let count) = bench.network.receive(
                    bench.socket, into: &buffer, limit: 4092, peek: false)
            {
                received += count
            }
            #expect(received == (isRead ? 20_000 : 8184))
            #expect(try bench.stream().hasReceivedAhead != isRead)
            bench.network.closeAll()
            #expect(bench.reactor.registrationCount == 0 && bench.environment.lingering.isEmpty)
            var end = ReceiveResult.wouldBlock
            rounds = Rounds(1000)
            while end == .wouldBlock, rounds.next() {
                _ = try DescriptorWait.wait(
                    bench.peer, for: .readable, deadline: MonotonicClock.deadline(after: 1_000_000_000))
                end = buffer.withUnsafeMutableBytes { TCPSocket.receive(bench.peer, into: $0) }
            }
            #expect(end == (isRead ? .endOfFile : .failed(.connectionReset)))
        }
    }

    @Test func anAbortIsAReset() throws {
        let bench = try NetworkBench([Self.own, Self.other])
        let (listener, client, server, _) = try connected(bench, try freePort())
        bench.networks[0].abort(server)
        #expect(try bench.run { bench.events(1).contains(.readable(client)) })
        #expect(receive(bench.networks[1], client).0 == .reset)
        #expect(bench.networks[1].send(client, [1]) == nil)
        bench.networks[0].abort(listener)
        bench.networks[1].abort(client)
        #expect(bench.reactor.registrationCount == 0)
    }
}
