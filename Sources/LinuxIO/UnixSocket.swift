import CLinux
import LinuxLibc

/// Unix stream sockets. All are close-on-exec; those of a server are nonblocking, those of `connect` blocking.
public enum UnixSocket: StreamSocket {
    /// How long `listen` waits for another process that is claiming a path in the same directory.
    private static let longestClaim: UInt64 = 2_000_000_000

    /// Listens on a path; the file has its mode from the moment it appears.
    ///
    /// Replaces a stale socket file, which has no listener. A lock on the directory, held during the call, serializes
    /// processes that start at the same time. Where other users may read the directory, they can hold that lock: there
    /// the call goes on without it after two seconds.
    ///
    /// - Throws: EADDRINUSE when another socket listens there, ENOTSOCK when the path is not a socket (it is left
    ///   unchanged), ENAMETOOLONG, EINVAL (an empty path), ENOENT, EACCES, EMFILE, ENFILE; EAGAIN when the directory,
    ///   a private one, stays locked.
    ///
    /// - Parameter mode: who may connect; 0600 is this user only.
    public static func listen(
        path: String, backlog: Int32 = 4096, mode: UInt32 = 0o600
    ) throws(LinuxError) -> FileDescriptor {
        try listen(
            path: path, backlog: backlog, mode: mode, claimDeadline: MonotonicClock.deadline(after: longestClaim))
    }

    /// As above, with a deadline for the lock on the directory.
    package static func listen(
        path: String, backlog: Int32, mode: UInt32 = 0o600, claimDeadline: UInt64
    ) throws(LinuxError) -> FileDescriptor {
        let address = try UnixAddress(path: path)
        let socket = try newSocket(nonblocking: true)
        // The file gets its mode from the socket, so it is never accessible to others.
        guard fchmod(socket.rawValue, mode) == 0 else { throw .current("fchmod", "the socket for \(path)") }
        let lock = try DirectoryLock(holding: path, deadline: claimDeadline)
        // The mask would take rights away that are meant. All else here is created with the mode it is to have.
        let mask = mode == 0o600 ? nil : umask(0)
        defer { if let mask { umask(mask) } }
        try bindReplacingStale(socket.rawValue, address, path)
        guard LinuxLibc.listen(socket.rawValue, backlog) == 0 else { throw .current("listen", path) }
        lock.release()
        return socket
    }

    /// Accepts a connection.
    ///
    /// - Returns: nil when none is pending.
    /// - Throws: EMFILE, ENFILE, ENOMEM: the connection stays pending, as with TCP.
    public static func accept(_ listener: Int32) throws(LinuxError) -> FileDescriptor? {
        while true {
            let number = clinux_accept(listener, nil, nil)
            if number >= 0 { return FileDescriptor(adopting: number) }
            let errno = Errno.current
            switch errno {
            case .wouldBlock: return nil
            case .interrupted, .connectionAborted: continue
            default: throw LinuxError("accept4", errno, "descriptor \(listener)")
            }
        }
    }

    /// Connects and returns a blocking socket without timeouts.
    ///
    /// - Parameters:
    ///   - path: the listener's path.
    ///   - timeoutNanoseconds: how long to wait while the listener's backlog is full; nil for no limit.
    /// - Throws: ENOENT, ECONNREFUSED (no listener), EACCES, ETIMEDOUT, ENAMETOOLONG, EMFILE, ENFILE.
    public static func connect(path: String, timeoutNanoseconds: UInt64?) throws(LinuxError) -> FileDescriptor {
        let address = try UnixAddress(path: path)
        let socket = try newSocket(nonblocking: false)
        let deadline = timeoutNanoseconds.map(MonotonicClock.deadline(after:))
        while true {
            if let deadline {
                try setSendTimeout(socket.rawValue, UInt64(MonotonicClock.remaining(until: deadline)))
            }
            if address.withPointer({ LinuxLibc.connect(socket.rawValue, $0, $1) }) == 0 { break }
            let errno = Errno.current
            if errno == .interrupted { continue }
            throw LinuxError("connect", errno == .wouldBlock ? .timedOut : errno, path)
        }
        if deadline != nil { try setSendTimeout(socket.rawValue, nil) }
        return socket
    }

    /// Connects without waiting and returns a connected nonblocking socket.
    ///
    /// - Throws: see `connect`; EAGAIN when the listener's backlog is full.
    public static func connectWithoutWaiting(path: String) throws(LinuxError) -> FileDescriptor {
        let address = try UnixAddress(path: path)
        let socket = try newSocket(nonblocking: true)
        let result = retrying { address.withPointer { LinuxLibc.connect(socket.rawValue, $0, $1) } }
        guard result == 0 else { throw .current("connect", path) }
        return socket
    }

    /// Claims a name among all processes of the machine (of the network namespace), by binding a datagram socket in the
    /// abstract namespace. Closing the descriptor ends the claim.
    ///
    /// - Returns: nil when the name is taken.
    /// - Throws: ENAMETOOLONG, EINVAL (an empty name), EMFILE, ENFILE.
    public static func claimAbstract(name: String) throws(LinuxError) -> FileDescriptor? {
        let address = try UnixAddress(abstract: name)
        let number = clinux_socket_unix_datagram()
        guard number >= 0 else { throw .current("socket", "AF_UNIX") }
        let socket = FileDescriptor(adopting: number)
        guard let errno = bindError(number, address) else { return socket }
        guard errno == .addressInUse else { throw LinuxError("bind", errno, "abstract name \(name)") }
        return nil
    }

    /// The user of the process at the other end of a connected socket; for a client the one that called `listen`.
    ///
    /// - Throws: ENOTSOCK, EBADF.
    public static func peerUser(_ descriptor: Int32) throws(LinuxError) -> UInt32 {
        var user: UInt32 = 0
        guard clinux_peer_user(descriptor, &user) == 0 else { throw .current("getsockopt", "SO_PEERCRED") }
        return user
    }

    /// Two sockets connected to each other.
    ///
    /// - Throws: EMFILE, ENFILE.
    public static func pair(nonblocking: Bool) throws(LinuxError) -> DescriptorPair {
        var numbers: [Int32] = [-1, -1]
        guard clinux_socketpair(nonblocking ? 1 : 0, &numbers) == 0 else { throw .current("socketpair") }
        return DescriptorPair((numbers[0], numbers[1]))
    }

    /// Removes the file of a listening socket, whoever listens there; see ``SocketFile`` for one's own. Does nothing if the path is not a socket or does not exist.
    public static func removeSocketFile(path: String) {
        if isSocket(path) == true { _ = LinuxLibc.unlink(path) }
    }

    private static func newSocket(nonblocking: Bool) throws(LinuxError) -> FileDescriptor {
        let number = clinux_socket_unix_stream(nonblocking ? 1 : 0)
        guard number >= 0 else { throw .current("socket", "AF_UNIX") }
        return FileDescriptor(adopting: number)
    }

    private static func bindError(_ descriptor: Int32, _ address: UnixAddress) -> Errno? {
        address.withPointer { LinuxLibc.bind(descriptor, $0, $1) } == 0 ? nil : Errno.current
    }

    private static func bindReplacingStale(
        _ descriptor: Int32, _ address: UnixAddress, _ path: String
    ) throws(LinuxError) {
        guard var errno = bindError(descriptor, address) else { return }
        if errno == .addressInUse, try removeStale(path, address) {
            guard let again = bindError(descriptor, address) else { return }
            errno = again
        }
        throw LinuxError("bind", errno, path)
    }

    /// Removes a stale socket file. Returns true when the path is free afterwards.
    private static func removeStale(_ path: String, _ address: UnixAddress) throws(LinuxError) -> Bool {
        guard let isSocket = isSocket(path) else { return true }
        guard isSocket else { throw LinuxError("bind", .notSocket, path) }
        let probe = try newSocket(nonblocking: true)
        if address.withPointer({ LinuxLibc.connect(probe.rawValue, $0, $1) }) == 0 { return false }
        let errno = Errno.current
        switch errno {
        case .connectionRefused, .noEntry: break
        case .wouldBlock, .inProgress, .wrongProtocolType: return false
        default: throw LinuxError("connect", errno, path)
        }
        guard LinuxLibc.unlink(path) == 0 || Errno.current == .noEntry else { throw .current("unlink", path) }
        return true
    }

    /// Whether a path is a socket itself (not a link to one); nil when it does not exist.
    private static func isSocket(_ path: String) -> Bool? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return status.st_mode & S_IFMT == S_IFSOCK
    }
}
