import Glibc
import LinuxIO
import Testing

/// What sockets tell of themselves.
@Suite(.timeLimit(.minutes(10))) struct SocketStateTests {
    /// A time-out of connecting is not one of the connection.
    @Test func aConnectionHasNoTimeOutOfItsOwn() throws {
        let scratch = try Scratch()
        let listener = try UnixSocket.listen(path: scratch.file("s"))
        for timeout in [nil, patience] {
            let client = try UnixSocket.connect(path: scratch.file("s"), timeoutNanoseconds: timeout)
            var time = timeval(tv_sec: 9, tv_usec: 9)
            var size = socklen_t(MemoryLayout<timeval>.size)
            #expect(getsockopt(client.rawValue, SOL_SOCKET, SO_SNDTIMEO, &time, &size) == 0)
            #expect(time.tv_sec == 0 && time.tv_usec == 0)
        }
        listener.close()
    }

    @Test func aWaitingConnectionIsSeen() throws {
        let scratch = try Scratch()
        let unix = try UnixSocket.listen(path: scratch.file("s"))
        let tcp = try TCPSocket.listen(on: IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0))
        #expect(!UnixSocket.hasPendingConnection(unix.rawValue) && !TCPSocket.hasPendingConnection(tcp.rawValue))
        let client = try UnixSocket.connect(path: scratch.file("s"), timeoutNanoseconds: patience)
        #expect(UnixSocket.hasPendingConnection(unix.rawValue))
        let other = try TCPSocket.connect(to: try TCPSocket.localEndpoint(tcp.rawValue))
        try waitUntilReady(tcp.rawValue, .readable)
        #expect(TCPSocket.hasPendingConnection(tcp.rawValue))
        // No connection, no socket, no descriptor.
        #expect(!UnixSocket.hasPendingConnection(client.rawValue) && !TCPSocket.hasPendingConnection(other.rawValue))
        #expect(!UnixSocket.hasPendingConnection(1_000_000) && !UnixSocket.hasPendingConnection(-1))
        for socket in [unix.release(), tcp.release(), client.release(), other.release()] { close(socket) }
    }

    /// A server whose queue is full is there; so is a socket of another type. Neither is replaced.
    @Test func aBusySocketFileIsNotStale() throws {
        let scratch = try Scratch()
        let listener = try UnixSocket.listen(path: scratch.file("s"), backlog: 0)
        var clients: [Int32] = []
        while let client = try? UnixSocket.connectWithoutWaiting(path: scratch.file("s")), clients.count < 100 {
            clients.append(client.release())
        }
        #expect(
            errno { () throws(LinuxError) in _ = try UnixSocket.connectWithoutWaiting(path: scratch.file("s")) }
                == .wouldBlock)
        #expect(errno { () throws(LinuxError) in _ = try UnixSocket.listen(path: scratch.file("s")) } == .addressInUse)
        for client in clients { close(client) }
        let client = try UnixSocket.accept(listener.rawValue)?.release()
        #expect(client != nil)
        if let client { close(client) }
        let datagram = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array(scratch.file("d").utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(datagram, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0)
        #expect(errno { () throws(LinuxError) in _ = try UnixSocket.listen(path: scratch.file("d")) } == .addressInUse)
        #expect(access(scratch.file("d"), F_OK) == 0)
        close(datagram)
        listener.close()
    }

    /// A broadcast and a group: no connection can be begun.
    @Test func whatCannotBeBegunIsToldAtOnce() {
        for address in [0xFFFF_FFFF, 0xEF00_0001] as [UInt32] {
            let place = IPv4Endpoint(address: address, port: 9)
            #expect(errno { () throws(LinuxError) in _ = try TCPSocket.connect(to: place) } != nil)
        }
    }

    /// What the peer's kernel has no room for has not left.
    @Test func bytesThatHaveNotLeftAreCounted() throws {
        let listener = try TCPSocket.listen(on: IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0))
        let client = try TCPSocket.connect(to: try TCPSocket.localEndpoint(listener.rawValue))
        try waitUntilReady(client.rawValue, .writable)
        #expect(TCPSocket.untransmittedBytes(client.rawValue) == 0)
        let sum = fill(client.rawValue)
        let left = TCPSocket.untransmittedBytes(client.rawValue)
        #expect(left > 0 && left < sum)
        #expect(TCPSocket.untransmittedBytes(1_000_000) == 0 && TCPSocket.unsentBytes(1_000_000) == 0)
        #expect(TCPSocket.readableBytes(1_000_000) == 0)
        listener.close()
    }
}
