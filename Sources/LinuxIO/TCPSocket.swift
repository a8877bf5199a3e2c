import CLinux
import LinuxLibc

/// An accepted connection and its peer.
@frozen
public struct AcceptedConnection: ~Copyable, Sendable {
    /// The connected socket.
    public let descriptor: FileDescriptor
    /// The peer's address and port.
    public let remoteEndpoint: IPv4Endpoint

    /// Takes the socket out.
    public consuming func takeDescriptor() -> FileDescriptor { descriptor }
}

/// TCP over IPv4. All sockets are non-blocking and close-on-exec.
///
/// Urgent data arrives in line with the rest, as in lwip, which ignores the urgent pointer. A receive ends before the
/// last urgent byte even when more bytes are there (tcp(7)).
public enum TCPSocket: StreamSocket {
    /// Listens on an address (SO_REUSEADDR).
    ///
    /// - Parameters:
    ///   - endpoint: port 0 lets the kernel choose, see `localEndpoint`.
    ///   - backlog: the number of connections that may wait to be accepted; the kernel caps it at `somaxconn`.
    /// - Throws: EADDRINUSE, EACCES (a privileged port), EADDRNOTAVAIL, EMFILE, ENFILE.
    public static func listen(on endpoint: IPv4Endpoint, backlog: Int32 = 4096) throws(LinuxError) -> FileDescriptor {
        let socket = try newSocket()
        guard setReuseAddress(socket.rawValue) == 0 else {
            throw .current("setsockopt", "SO_REUSEADDR for \(endpoint)")
        }
        guard endpoint.withPointer({ LinuxLibc.bind(socket.rawValue, $0, $1) }) == 0 else {
            throw .current("bind", "\(endpoint)")
        }
        guard LinuxLibc.listen(socket.rawValue, backlog) == 0 else {
            throw .current("listen", "\(endpoint)")
        }
        return socket
    }

    /// Accepts a connection, with TCP_NODELAY set.
    ///
    /// - Returns: nil when none is pending. Connections that failed before they were accepted are skipped.
    /// - Throws: EMFILE, ENFILE, ENOBUFS, ENOMEM: the connection stays pending, so do not watch a level-triggered
    ///   listener until a descriptor is free.
    public static func accept(_ listener: Int32) throws(LinuxError) -> AcceptedConnection? {
        while true {
            let (number, endpoint) = IPv4Endpoint.filledIn { address, length in
                clinux_accept(listener, address, length)
            }
            if number >= 0 {
                // Fails only for a connection that is already lost, which its first use reports.
                _ = clinux_set_nodelay(number)
                return AcceptedConnection(descriptor: FileDescriptor(adopting: number), remoteEndpoint: endpoint)
            }
            let errno = Errno.current
            switch errno.rawValue {
            case EAGAIN:
                return nil
            case EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, ENETUNREACH:
                // Errors of the pending connection, not of the listener.
                continue
            default:
                throw LinuxError("accept4", errno, "descriptor \(listener)")
            }
        }
    }

    /// Starts connecting, with TCP_NODELAY set. When the socket becomes writable, `connectResult` returns the outcome.
    ///
    /// - Parameters:
    ///   - endpoint: the destination.
    ///   - source: the local address to connect from; nil leaves it to the kernel.
    /// - Throws: immediate errors: ENETUNREACH, EADDRNOTAVAIL, EACCES, EMFILE, ENFILE, or ECONNREFUSED.
    public static func connect(
        to endpoint: IPv4Endpoint, from source: UInt32? = nil
    ) throws(LinuxError) -> FileDescriptor {
        let socket = try newSocket()
        _ = clinux_set_nodelay(socket.rawValue)
        if let source {
            // The kernel chooses the port when connecting: then only the pair of endpoints has to be unique, not the
            // port.
            _ = clinux_bind_without_port(socket.rawValue)
            let local = IPv4Endpoint(address: source, port: 0)
            guard local.withPointer({ LinuxLibc.bind(socket.rawValue, $0, $1) }) == 0 else {
                throw .current("bind", "\(local)")
            }
        }
        let result = endpoint.withPointer { LinuxLibc.connect(socket.rawValue, $0, $1) }
        if result != 0 {
            // An interrupted connect continues too.
            let errno = Errno.current
            guard errno == .inProgress || errno == .interrupted else {
                throw LinuxError("connect", errno, "\(endpoint)")
            }
        }
        return socket
    }

    /// The outcome of a connection attempt; reading it clears a pending error (SO_ERROR).
    ///
    /// - Returns: nil when connected, EINPROGRESS while it is in progress, otherwise the error.
    public static func connectResult(_ descriptor: Int32) -> Errno? {
        var error: Int32 = 0
        guard clinux_socket_error(descriptor, &error) == 0 else { return Errno.current }
        if error != 0 { return Errno(rawValue: error) }
        let (result, _) = IPv4Endpoint.filledIn { LinuxLibc.getpeername(descriptor, $0, $1) }
        if result == 0 { return nil }
        let errno = Errno.current
        return errno == .notConnected ? .inProgress : errno
    }

    /// Makes closing the socket reset the connection and discard unsent bytes (SO_LINGER of 0).
    public static func resetOnClose(_ descriptor: Int32) throws(LinuxError) {
        guard clinux_reset_on_close(descriptor) == 0 else {
            throw .current("setsockopt", "SO_LINGER of descriptor \(descriptor)")
        }
    }

    /// The address and port the socket is bound to.
    public static func localEndpoint(_ descriptor: Int32) throws(LinuxError) -> IPv4Endpoint {
        let (result, endpoint) = IPv4Endpoint.filledIn { LinuxLibc.getsockname(descriptor, $0, $1) }
        guard result == 0 else { throw .current("getsockname", "descriptor \(descriptor)") }
        return endpoint
    }

    /// The peer's address and port; ENOTCONN without a connection.
    public static func remoteEndpoint(_ descriptor: Int32) throws(LinuxError) -> IPv4Endpoint {
        let (result, endpoint) = IPv4Endpoint.filledIn { LinuxLibc.getpeername(descriptor, $0, $1) }
        guard result == 0 else { throw .current("getpeername", "descriptor \(descriptor)") }
        return endpoint
    }

    /// Sets whether the kernel drops packets to a listening socket, so that connecting to it gets no reply. Established
    /// connections, accepted or not, are not affected.
    public static func dropNewConnections(_ listener: Int32, _ drop: Bool) throws(LinuxError) {
        guard clinux_drop_packets(listener, drop ? 1 : 0) == 0 else {
            throw .current("setsockopt", "\(drop ? "SO_ATTACH_FILTER" : "SO_DETACH_FILTER") of descriptor \(listener)")
        }
    }

    private static func newSocket() throws(LinuxError) -> FileDescriptor {
        let number = clinux_socket_tcp()
        guard number >= 0 else { throw .current("socket", "AF_INET") }
        // Accepted connections inherit it. Cannot fail on a TCP socket.
        _ = clinux_set_oob_inline(number)
        return FileDescriptor(adopting: number)
    }

    private static func setReuseAddress(_ descriptor: Int32) -> Int32 {
        var on: Int32 = 1
        return setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    }
}
