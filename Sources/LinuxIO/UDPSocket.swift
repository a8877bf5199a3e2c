import CLinux
import Glibc

/// UDP over IPv4. All sockets are nonblocking and close-on-exec, may send broadcasts, and receive their own multicasts
/// on this machine.
public enum UDPSocket {
    /// The result of receiving a datagram.
    public enum Receipt: Equatable, Sendable {
        /// The length of a datagram (bytes beyond the buffer are lost), its sender, and its destination address: 0
        /// unless ``UDPSocket/reportDestination(_:)`` was called.
        case received(Int, from: IPv4Endpoint, to: UInt32)
        /// No datagram is queued.
        case wouldBlock
        /// A pending error of the socket, for example from an ICMP message.
        case failed(Errno)
    }

    /// Opens a socket on a local address.
    ///
    /// - Parameters:
    ///   - endpoint: port 0 lets the kernel choose.
    ///   - isShared: whether other sockets may have the same address and port (SO_REUSEADDR): each receives multicasts
    ///     and broadcasts.
    /// - Throws: EADDRINUSE, EACCES, EADDRNOTAVAIL, EMFILE, ENFILE.
    public static func open(on endpoint: IPv4Endpoint, isShared: Bool = false) throws(LinuxError) -> FileDescriptor {
        let number = clinux_socket_udp()
        guard number >= 0 else { throw .current("socket", "AF_INET, SOCK_DGRAM") }
        let socket = FileDescriptor(adopting: number)
        guard clinux_set_broadcast(number) == 0 else { throw .current("setsockopt", "SO_BROADCAST") }
        if isShared, clinux_set_reuse_address(number) != 0 { throw .current("setsockopt", "SO_REUSEADDR") }
        guard endpoint.withPointer({ Glibc.bind(number, $0, $1) }) == 0 else {
            throw .current("bind", "\(endpoint)")
        }
        return socket
    }

    /// The port the socket is bound to.
    public static func localPort(_ descriptor: Int32) throws(LinuxError) -> UInt16 {
        try TCPSocket.localEndpoint(descriptor).port
    }

    /// Joins a multicast group on the interface with this address.
    ///
    /// - Throws: EINVAL when the address is not a multicast group, ENODEV, ENOBUFS.
    public static func join(_ descriptor: Int32, group: UInt32, interface: UInt32) throws(LinuxError) {
        guard clinux_join_group(descriptor, group.bigEndian, interface.bigEndian) == 0 else {
            throw .current("setsockopt", "IP_ADD_MEMBERSHIP \(IPv4Endpoint.text(of: group))")
        }
    }

    /// Sends multicasts through the interface with this address.
    public static func setMulticastInterface(_ descriptor: Int32, _ interface: UInt32) throws(LinuxError) {
        guard clinux_set_multicast_interface(descriptor, interface.bigEndian) == 0 else {
            throw .current("setsockopt", "IP_MULTICAST_IF \(IPv4Endpoint.text(of: interface))")
        }
    }

    /// Sends a datagram; nil when it was sent, otherwise the error.
    public static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, to endpoint: IPv4Endpoint) -> Errno? {
        let result = retrying {
            endpoint.withPointer {
                sendto(descriptor, bytes.baseAddress, bytes.count, clinux_msg_nosignal | clinux_msg_dontwait, $0, $1)
            }
        }
        return result < 0 ? Errno.current : nil
    }

    /// Makes ``receive(_:into:)`` also return the destination address of each datagram.
    public static func reportDestination(_ descriptor: Int32) throws(LinuxError) {
        guard clinux_report_destination(descriptor) == 0 else { throw .current("setsockopt", "IP_PKTINFO") }
    }

    /// Receives a datagram without waiting.
    public static func receive(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Receipt {
        var sender = IPv4Endpoint(address: 0, port: 0)
        var destination: UInt32 = 0
        let count = retrying {
            clinux_receive_datagram(
                descriptor, buffer.baseAddress, buffer.count, &sender.address, &sender.port, &destination)
        }
        if count >= 0 { return .received(count, from: sender, to: destination) }
        let errno = Errno.current
        return errno == .wouldBlock ? .wouldBlock : .failed(errno)
    }
}
