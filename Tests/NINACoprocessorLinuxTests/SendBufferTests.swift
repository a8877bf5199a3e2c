import LinuxIO
import NINACoprocessor
import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessorLinux

/// The bounded send buffer on real sockets.
@Suite(.timeLimit(.minutes(5))) struct SendBufferTests {
    private final class Observer: NetworkObserver {
        var events: [NetworkEvent] = []
        func networkEvent(_ event: NetworkEvent) { events.append(event) }
    }

    /// A network, one of its connections, and a peer that reads only on request.
    private final class Bench {
        let reactor: Reactor
        let network: LinuxNetwork
        let observer = Observer()
        private(set) var socket = NetworkSocket.invalid
        private var owned: FileDescriptor?
        let peer: Int32

        init(sendBuffer: Int?) throws {
            reactor = try Reactor()
            let environment = NetworkEnvironment(
                reactor: reactor, options: EmulatorOptions(socketPath: nil), log: { _, _ in })
            network = LinuxNetwork(
                ownAddress: .loopback, bindAddress: .loopback, resolverOwner: 1, environment: environment,
                log: { _, _ in })
            network.observer = observer
            let listener = try network.listen(port: 0, backlog: 1).get()
            let place = try TCPSocket.localEndpoint(try #require(network.entry(listener)).number)
            let descriptor = try TCPSocket.connect(to: place, from: nil)
            peer = descriptor.rawValue
            owned = consume descriptor
            var rounds = Rounds(1000)
            while socket == .invalid, rounds.next() {
                _ = try reactor.runOnce(timeoutNanoseconds: 10_000_000)
                if let accepted = try network.accept(listener).get() { socket = accepted.0 }
            }
            if let sendBuffer { network.limitSendBuffer(socket, to: sendBuffer) }
        }

        func send(_ count: Int) -> Int? { network.send(socket, ArraySlice(repeating: 7, count: count)) }

        /// Sends until no more bytes are accepted.
        func fill() -> Int {
            var sum = 0
            var rounds = Rounds(20_000)
            while let count = send(4000), count > 0, rounds.next() { sum += count }
            return sum
        }

        var untransmitted: Int { network.entry(socket).map { TCPSocket.untransmittedBytes($0.number) } ?? -1 }

        /// The peer resets the connection.
        func reset() throws {
            try TCPSocket.resetOnClose(peer)
            owned = nil
            _ = try reactor.runOnce(timeoutNanoseconds: 100_000_000)
        }

        /// What the peer receives.
        func read() -> Int {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let result = buffer.withUnsafeMutableBytes { TCPSocket.receive(peer, into: $0, peek: false) }
            if case .received(let count) = result { return count }
            return 0
        }
    }

    @Test(arguments: [1, 100, 5744, 20_000]) func holdsThatManyBytesForAPeerThatDoesNotRead(_ limit: Int) throws {
        let bench = try Bench(sendBuffer: limit)
        let taken = bench.fill()
        #expect(taken - TCPSocket.readableBytes(bench.peer) <= limit, "the rest is in the peer's receive buffer")
        // Writability is reported when there is room, not before.
        bench.network.notifyWhenWritable(bench.socket)
        for _ in 0..<5 { _ = try bench.reactor.runOnce(timeoutNanoseconds: 5_000_000) }
        if bench.observer.events.contains(.writable(bench.socket)) {
            // The kernel may send a little to probe a window without room.
            #expect(bench.untransmitted < limit)
        }
        var received = 0
        var rounds = Rounds(20_000)
        while received < taken, rounds.next() {
            received += bench.read()
            _ = try bench.reactor.runOnce(timeoutNanoseconds: 1_000_000)
        }
        #expect(received == taken)
        var wait = Rounds(1000)
        while !bench.observer.events.contains(.writable(bench.socket)), wait.next() {
            _ = try bench.reactor.runOnce(timeoutNanoseconds: 5_000_000)
        }
        #expect(bench.observer.events.contains(.writable(bench.socket)))
        #expect(bench.send(1) == 1)
    }

    @Test func aFullConnectionThatIsResetIsGone() throws {
        let bench = try Bench(sendBuffer: 5744)
        _ = bench.fill()
        try bench.reset()
        #expect(bench.send(1) == nil)
    }

    @Test func withoutALimitTheKernelTakesMore() throws {
        let limited = try Bench(sendBuffer: 5744)
        let free = try Bench(sendBuffer: nil)
        #expect(free.fill() > limited.fill())
    }
}
