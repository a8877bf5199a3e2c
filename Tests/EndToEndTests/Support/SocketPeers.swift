import APISuite
import LinuxIO
import NINAWire
import Testing

/// The world outside of the suite, by real sockets of this machine, a TLS server and a web server.
final class SocketPeers: SuitePeers {
    let world: World
    private let servers: [TLSServer]
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

    init() throws {
        let certificates = try TestCertificates.shared()
        let (secure, downloads) = (try TLSServer.python(), try TLSServer.downloads())
        servers = [secure, downloads]
        world = World(
            securePort: secure.port, greeting: TLSServer.greeting, authorityName: try certificates.subject("ca"),
            authorityKey: try certificates.point("ca"), downloadPort: downloads.port)
        datagrams = try UDPPeer()
        try datagrams.sendGroups(from: .loopback)
    }

    private func keep(_ peer: TCPPeer) -> Int {
        connections.append(peer)
        return connections.count - 1
    }

    func listen() throws -> UInt16 {
        let listener = try Listener()
        self.listener = listener
        return try TCPSocket.localEndpoint(listener.descriptor.rawValue).port
    }

    func accept() throws -> Int {
        let listener = try #require(listener)
        let deadline = MonotonicClock.nanoseconds() + 10_000_000_000
        _ = try DescriptorWait.wait(listener.descriptor.rawValue, for: .readable, deadline: deadline)
        guard let connection = try TCPSocket.accept(listener.descriptor.rawValue) else {
            throw LinuxError("accept", .timedOut)
        }
        return keep(try TCPPeer(accepted: connection.takeDescriptor()))
    }

    func connect(to address: IPv4Address, port: UInt16) throws -> Int {
        // A connection to this machine would else come from the module's own address.
        keep(try TCPPeer(address, port: port, from: .loopback))
    }

    func port(of connection: Int) -> UInt16 { connections[connection].port }
    func send(_ bytes: [UInt8], on connection: Int) throws { try connections[connection].send(bytes) }
    func receive(_ count: Int, on connection: Int) throws -> [UInt8] { try connections[connection].read(count) }
    func close(_ connection: Int) { connections[connection].close() }

    func datagramPort() -> UInt16 { datagrams.port }

    func sendDatagram(_ bytes: [UInt8], to address: IPv4Address, port: UInt16) throws {
        try datagrams.send(bytes, to: address, port)
    }

    func receiveDatagram() throws -> (bytes: [UInt8], address: IPv4Address, port: UInt16) {
        let (bytes, sender) = try datagrams.receive()
        return (bytes, IPv4Address(rawValue: sender.address), sender.port)
    }
}

/// A Bluetooth controller on a Unix socket that answers each packet with the event of a reset that has succeeded.
final class HCIControllerPeer {
    let path = EmulatorUnderTest.freshSocketPath()
    private let listener: FileDescriptor

    init() throws {
        listener = try UnixSocket.listen(path: path)
        let number = listener.rawValue
        try DetachedThread.start(stackBytes: 1 << 18) {
            let deadline = MonotonicClock.nanoseconds() + 60_000_000_000
            guard let ready = try? DescriptorWait.wait(number, for: .readable, deadline: deadline), !ready.isEmpty,
                let client = try? UnixSocket.accept(number), (try? BlockingMode.set(client.rawValue)) != nil
            else { return }
            var buffer = [UInt8](repeating: 0, count: 300)
            while case .received = buffer.withUnsafeMutableBytes({
                UnixSocket.receiveWaiting(client.rawValue, into: $0)
            }) {
                let event: [UInt8] = [4, 14, 4, 1, 3, 12, 0]
                _ = event.withUnsafeBytes { UnixSocket.sendWaiting(client.rawValue, $0) }
            }
        }
    }

    deinit { UnixSocket.removeSocketFile(path: path) }

    var options: [String] { ["--hci", "unix:\(path)"] }
}
