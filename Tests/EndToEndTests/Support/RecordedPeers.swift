import TestPeers
import LinuxIO
import NINAWire
import Testing

/// The external peers, acting as in a recording of the firmware.
final class RecordedPeers {
    private var peers: [String: TCPPeer] = [:]
    private var listeners: [String: SharedDescriptor] = [:]
    private var datagrams: [String: SharedDescriptor] = [:]

    private final class SharedDescriptor {
        let descriptor: FileDescriptor
        init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }
        var number: Int32 { descriptor.rawValue }
    }

    /// Disconnects all peers.
    func closeAll() {
        peers = [:]
        listeners = [:]
        datagrams = [:]
    }

    private func place(_ port: Int) -> IPv4Endpoint {
        IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: UInt16(port))
    }

    private func peer(_ name: String) throws -> TCPPeer { try #require(peers[name], "no peer is called \(name)") }

    /// One action: its name, the peer, a port, bytes.
    func act(_ action: String, _ name: String, port: Int?, bytes: [UInt8], other: String?) throws {
        switch action {
        case "tcp_connect": peers[name] = try TCPPeer(.loopback, port: UInt16(try #require(port)))
        case "tcp_send": try peer(name).send(bytes)
        case "tcp_expect":
            let found = try peer(name).read(bytes.count)
            #expect(found == bytes)
        case "tcp_expect_eof":
            let found = (try? peer(name).read(1)) ?? []
            #expect(found.isEmpty)
        case "tcp_close": peers[name] = nil
        case "tcp_listen":
            listeners[name] = SharedDescriptor(try TCPSocket.listen(on: place(try #require(port)), backlog: 8))
        case "tcp_accept":
            let listener = try #require(listeners[name])
            let deadline = MonotonicClock.nanoseconds() + 10_000_000_000
            _ = try DescriptorWait.wait(listener.number, for: .readable, deadline: deadline)
            guard let connection = try TCPSocket.accept(listener.number) else { throw LinuxError("accept", .timedOut) }
            peers[try #require(other)] = try TCPPeer(accepted: connection.takeDescriptor())
        case "udp_bind": datagrams[name] = SharedDescriptor(try UDPSocket.open(on: place(try #require(port))))
        case "udp_send":
            let socket = try #require(datagrams[name])
            let errno = bytes.withUnsafeBytes { UDPSocket.send(socket.number, $0, to: place(port ?? 0)) }
            #expect(errno == nil)
        case "udp_expect":
            let socket = try #require(datagrams[name])
            let deadline = MonotonicClock.nanoseconds() + 10_000_000_000
            _ = try DescriptorWait.wait(socket.number, for: .readable, deadline: deadline)
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let receipt = buffer.withUnsafeMutableBytes { UDPSocket.receive(socket.number, into: $0) }
            guard case .received(let count, _, _) = receipt else { throw LinuxError("recvfrom", .timedOut) }
            #expect(Array(buffer[..<count]) == bytes)
        default: Issue.record("the recording does something unknown: \(action)")
        }
    }
}
