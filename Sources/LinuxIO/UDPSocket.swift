import CLinux
import LinuxLibc

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

    /// Which other sockets may have the same address and port. Each of those receives multicasts and broadcasts, but of
    /// what is sent to an address of one machine only one of them.
    public enum Sharing: Sendable {
        /// No other socket may use the port.
        case none
        /// Those of the same user that share it too (SO_REUSEPORT).
        case sameUser
        /// Those of any user that share it too (SO_REUSEADDR).
        case anyUser
        /// Those of any user that are there already and share it; none from now on.
        case joinsOthers
    }

    /// Opens a socket on a local address that may be shared with any user.
    /// - Throws: see ``open(on:sharing:)``.
    public static func open(on endpoint: IPv4Endpoint, isShared: Bool = false) throws(LinuxError) -> FileDescriptor {
        try open(on: endpoint, sharing: isShared ? .anyUser : .none)
    }

    /// Opens a socket on a local address.
    ///
    /// - Parameters:
    ///   - endpoint: port 0 lets the kernel choose. With a broadcast address or a multicast group the socket receives
    ///     what is sent to that, and nothing else.
    ///   - sharing: who else may have this address and port.
    /// - Throws: EADDRINUSE, EACCES, EADDRNOTAVAIL, EMFILE, ENFILE.
    public static func open(on endpoint: IPv4Endpoint, sharing: Sharing) throws(LinuxError) -> FileDescriptor {
        let number = clinux_socket_udp()
        guard number >= 0 else { throw .current("socket", "AF_INET, SOCK_DGRAM") }
        let socket = FileDescriptor(adopting: number)
        guard clinux_set_broadcast(number) == 0 else { throw .current("setsockopt", "SO_BROADCAST") }
        switch sharing {
        case .none: break
        case .sameUser:
            guard clinux_set_reuse_port(number) == 0 else { throw .current("setsockopt", "SO_REUSEPORT") }
        case .anyUser, .joinsOthers:
            guard clinux_set_reuse_address(number, 1) == 0 else { throw .current("setsockopt", "SO_REUSEADDR") }
        }
        guard endpoint.withPointer({ LinuxLibc.bind(number, $0, $1) }) == 0 else {
            throw .current("bind", "\(endpoint)")
        }
        if sharing == .joinsOthers, clinux_set_reuse_address(number, 0) != 0 {
            throw .current("setsockopt", "SO_REUSEADDR")
        }
        return socket
    }

    /// The port the socket is bound to.
    public static func localPort(_ descriptor: Int32) throws(LinuxError) -> UInt16 {
        try TCPSocket.localEndpoint(descriptor).port
    }

    /// Joins a multicast group on the interface with this address.
    ///
    /// The socket receives no other groups, and no datagrams to this one by other interfaces: by default it would
    /// receive what any socket of the machine has joined.
    ///
    /// - Throws: EINVAL when the address is not a multicast group, ENODEV, ENOBUFS.
    public static func join(_ descriptor: Int32, group: UInt32, interface: UInt32) throws(LinuxError) {
        guard clinux_receive_joined_groups_only(descriptor) == 0 else {
            throw .current("setsockopt", "IP_MULTICAST_ALL")
        }
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

    /// Makes ``receive(_:into:)`` also return the destination address of each datagram, and the other one the interface.
    public static func reportDestination(_ descriptor: Int32) throws(LinuxError) {
        guard clinux_report_destination(descriptor) == 0 else { throw .current("setsockopt", "IP_PKTINFO") }
    }

    /// Receives a datagram without waiting.
    public static func receive(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Receipt {
        var interface: UInt32 = 0
        return receive(descriptor, into: buffer, interface: &interface)
    }

    /// Receives a datagram without waiting.
    /// - Parameter interface: becomes the number of the interface by which it came; 0 unless
    ///   ``reportDestination(_:)`` was called.
    public static func receive(
        _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, interface: inout UInt32
    ) -> Receipt {
        var sender = IPv4Endpoint(address: 0, port: 0)
        var destination: UInt32 = 0
        let count = retrying {
            clinux_receive_datagram(
                descriptor, buffer.baseAddress, buffer.count, &sender.address, &sender.port, &destination, &interface)
        }
        if count >= 0 { return .received(count, from: sender, to: destination) }
        let errno = Errno.current
        return errno == .wouldBlock ? .wouldBlock : .failed(errno)
    }
}
