import Glibc
import LinuxIO
import NINACoprocessor
import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessorLinux

/// A network, one of its connections, and a peer that reads only on request.
final class StreamBench {
    private final class Observer: NetworkObserver {
        var events: [NetworkEvent] = []
        func networkEvent(_ event: NetworkEvent) { events.append(event) }
    }

    let reactor: Reactor
    let environment: NetworkEnvironment
    let network: LinuxNetwork
    private let observer = Observer()
    private(set) var socket = NetworkSocket.invalid
    private var owned: FileDescriptor?
    let peer: Int32
    private let listener: NetworkSocket

    init(sendBuffer: Int? = nil) throws {
        reactor = try Reactor()
        environment = NetworkEnvironment(
            reactor: reactor, options: EmulatorOptions(socketPath: nil), log: { _, _ in })
        network = LinuxNetwork(
            ownAddress: .loopback, bindAddress: .loopback, resolverOwner: 1, environment: environment, log: { _, _ in })
        network.observer = observer
        listener = try network.listen(port: 0, backlog: 1).get()
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

    var events: [NetworkEvent] { observer.events }

    /// The descriptor of the connection.
    var number: Int32? { network.entry(socket)?.number }

    func stream() throws -> LinuxStream { try stream(socket) }
    func stream(_ socket: NetworkSocket) throws -> LinuxStream { try #require(network.entry(socket)?.stream) }

    /// One more connection of the network, and its peer.
    func anotherConnection() throws -> (socket: NetworkSocket, peer: StreamPeer) {
        let place = try TCPSocket.localEndpoint(try #require(network.entry(listener)).number)
        let peer = StreamPeer(try TCPSocket.connect(to: place, from: nil))
        var rounds = Rounds(1000)
        while rounds.next() {
            _ = try reactor.runOnce(timeoutNanoseconds: 10_000_000)
            if let accepted = try network.accept(listener).get() { return (accepted.0, peer) }
        }
        throw NetworkBench.Missing()
    }

    func send(_ count: Int) -> Int? { network.send(socket, ArraySlice(repeating: 7, count: count)) }

    /// Sends until no more bytes are accepted.
    func fill() -> Int {
        var sum = 0
        var rounds = Rounds(20_000)
        while let count = send(4000), count > 0, rounds.next() { sum += count }
        return sum
    }

    /// Sends whole frames until one is held.
    /// - Returns: the number of bytes sent.
    func hold() throws -> Int {
        var sum = 0
        var rounds = Rounds(1000)
        while try stream().batchDeadline == nil, rounds.next() { sum += try #require(send(4000)) }
        return sum
    }

    var untransmitted: Int { network.entry(socket).map { TCPSocket.untransmittedBytes($0.number) } ?? -1 }

    /// The peer resets the connection.
    func reset() throws {
        try TCPSocket.resetOnClose(peer)
        owned = nil
        _ = try reactor.runOnce(timeoutNanoseconds: 100_000_000)
    }

    /// The peer ends the connection.
    func closePeer() { owned = nil }

    /// The peer sends bytes, as many as the kernel takes.
    func sendFromPeer(_ bytes: ArraySlice<UInt8>) -> Int {
        guard !bytes.isEmpty, case .sent(let count) = bytes.withUnsafeBytes({ TCPSocket.send(peer, $0) }) else {
            return 0
        }
        return count
    }

    /// The peer sends bytes of which the last one is urgent.
    func sendUrgentFromPeer(_ bytes: [UInt8]) -> Int { Self.sendUrgent(peer, bytes) }

    static func sendUrgent(_ peer: Int32, _ bytes: [UInt8]) -> Int {
        Glibc.send(peer, bytes, bytes.count, Int32(MSG_OOB))
    }

    /// What the peer receives.
    func receive(_ limit: Int = 65_536) -> [UInt8] { StreamPeer.receive(peer, limit) }

    func read() -> Int { receive().count }

    /// The peer reads until it has a number of bytes, while the reactor runs.
    /// - Returns: the number of bytes it has read.
    func readAll(_ count: Int) throws -> Int {
        var received = 0
        var rounds = Rounds(20_000)
        while received < count, rounds.next() {
            received += read()
            _ = try reactor.runOnce(timeoutNanoseconds: 1_000_000)
        }
        return received
    }

    /// Whether this many bytes arrive at the peer, and are unread there.
    func peerHas(_ count: Int) -> Bool { arrives { TCPSocket.readableBytes(peer) == count } }

    /// Whether this many bytes arrive at the coprocessor, and are unread there.
    func coprocessorHas(_ count: Int) -> Bool { arrives { network.readableBytes(socket) == count } }

    /// Whether a condition holds at last.
    func arrives(_ hasArrived: () -> Bool) -> Bool {
        var rounds = Rounds(1000)
        while rounds.next() {
            if hasArrived() { return true }
            _ = try? DescriptorWait.wait(peer, for: .edgeTriggered, deadline: MonotonicClock.nanoseconds() + 1_000_000)
        }
        return hasArrived()
    }

    /// Reports pending events.
    func settle() throws {
        var rounds = Rounds(1000)
        while try reactor.runOnce(timeoutNanoseconds: 0) > 0, rounds.next() {}
    }
}

/// The peer of a connection.
final class StreamPeer {
    private let descriptor: FileDescriptor
    init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

    /// Waits for the connection.
    var isConnected: Bool {
        let deadline = MonotonicClock.deadline(after: 10_000_000_000)
        _ = try? DescriptorWait.wait(descriptor.rawValue, for: .writable, deadline: deadline)
        return TCPSocket.connectResult(descriptor.rawValue) == nil
    }

    func receive() -> [UInt8] { Self.receive(descriptor.rawValue, 65_536) }

    static func receive(_ number: Int32, _ limit: Int) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: limit)
        let result = buffer.withUnsafeMutableBytes { TCPSocket.receive(number, into: $0, peek: false) }
        if case .received(let count) = result { return Array(buffer.prefix(count)) }
        return []
    }
}
