import APISuite
import LinuxIO
import NINAWire

/// The suite's peers, on real sockets of this machine.
package final class SocketPeers: SuitePeers {
    package let world: World
    private var listener: Listener?
    private var connections: [TCPPeer] = []
    private let datagrams: UDPPeer

    private final class Listener {
        let descriptor: FileDescriptor
        init() throws {
            descriptor = try TCPSocket.listen(
                on: IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0), backlog: 8)
        }
    }

    /// - Parameter world: describes servers that are already running.
    package init(world: World) throws {
        self.world = world
        datagrams = try UDPPeer()
        try datagrams.sendGroups(from: .loopback)
    }

    private func keep(_ peer: TCPPeer) -> Int {
        connections.append(peer)
        return connections.count - 1
    }

    package func listen() throws -> UInt16 {
        let listener = try Listener()
        self.listener = listener
        return try TCPSocket.localEndpoint(listener.descriptor.rawValue).port
    }

    package func accept() throws -> Int {
        guard let listener else { throw Unexpected("no listener is open") }
        let deadline = MonotonicClock.nanoseconds() + 10_000_000_000
        _ = try DescriptorWait.wait(listener.descriptor.rawValue, for: .readable, deadline: deadline)
        guard let connection = try TCPSocket.accept(listener.descriptor.rawValue) else {
            throw LinuxError("accept", .timedOut)
        }
        return keep(try TCPPeer(accepted: connection.takeDescriptor()))
    }

    package func connect(to address: IPv4Address, port: UInt16) throws -> Int {
        // Otherwise a connection to this machine would come from the module's own address.
        keep(try TCPPeer(address, port: port, from: .loopback))
    }

    package func port(of connection: Int) -> UInt16 { connections[connection].port }
    package func send(_ bytes: [UInt8], on connection: Int) throws { try connections[connection].send(bytes) }
    package func receive(_ count: Int, on connection: Int) throws -> [UInt8] { try connections[connection].read(count) }
    package func close(_ connection: Int) { connections[connection].close() }

    package func datagramPort() -> UInt16 { datagrams.port }

    package func sendDatagram(_ bytes: [UInt8], to address: IPv4Address, port: UInt16) throws {
        try datagrams.send(bytes, to: address, port)
    }

    package func receiveDatagram() throws -> (bytes: [UInt8], address: IPv4Address, port: UInt16) {
        let (bytes, sender) = try datagrams.receive()
        return (bytes, IPv4Address(rawValue: sender.address), sender.port)
    }
}
