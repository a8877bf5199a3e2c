import Glibc
import LinuxIO
import TestThreads
import Testing

/// Paths that a Unix socket cannot listen on or be reached at, and what becomes of the file.
@Suite(.timeLimit(.minutes(10))) struct UnixSocketPathTests {
    private func listenErrno(_ path: String) -> Errno? {
        errno { () throws(LinuxError) in
            _ = try UnixSocket.listen(path: path, backlog: 1, claimDeadline: MonotonicClock.deadline(after: patience))
        }
    }

    private func inode(_ path: String) -> UInt? {
        var status = stat()
        return lstat(path, &status) == 0 ? UInt(status.st_ino) : nil
    }

    /// Nobody is to be reached there now, but somebody listens.
    @Test func aListenerWithoutRoomKeepsItsPath() throws {
        let scratch = try Scratch()
        let path = scratch.file("s")
        let listener = try UnixSocket.listen(path: path, backlog: 0)
        let first = try UnixSocket.connectWithoutWaiting(path: path)
        let firstNumber = first.rawValue
        #expect(fcntl(firstNumber, F_GETFL) & O_NONBLOCK != 0)
        #expect(
            throws: LinuxError("connect", .wouldBlock, path)
        ) { _ = try UnixSocket.connectWithoutWaiting(path: path) }
        let before = inode(path)
        #expect(listenErrno(path) == .addressInUse)
        #expect(inode(path) == before)
        first.close()
        listener.close()
    }

    /// A socket of datagrams, of which one cannot tell whether it is stale.
    @Test func aSocketOfAnotherKindKeepsItsPath() throws {
        let scratch = try Scratch()
        let path = scratch.file("s")
        let socket = FileDescriptor(adopting: Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let number = socket.rawValue
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
        let before = inode(path)
        #expect(before != nil)
        #expect(listenErrno(path) == .addressInUse)
        #expect(inode(path) == before)
        #expect(
            errno { () throws(LinuxError) in _ = try UnixSocket.connect(path: path, timeoutNanoseconds: nil) }
                == .wrongProtocolType)
        socket.close()
    }

    /// A stranger can neither find out whether this user's private socket has a listener, nor remove one in a folder
    /// like /tmp.
    @Test(.enabled(if: Apart.isAllowed, "needs root to be another user")) func aStrangerLeavesThePath() throws {
        let scratch = try Scratch()
        try #require(chmod(scratch.path, 0o1777) == 0)
        let (hidden, stale) = (scratch.file("hidden"), scratch.file("stale"))
        let listener = try UnixSocket.listen(path: hidden)
        let other = try UnixSocket.listen(path: stale, mode: 0o666)
        try #require(Glibc.shutdown(other.rawValue, Int32(SHUT_RDWR)) == 0)
        let before = [inode(hidden), inode(stale)]
        let (first, second) = try Apart.asUser { (listenErrno(hidden), listenErrno(stale)) }
        #expect(first == .accessDenied)
        #expect(second == .notPermitted)
        #expect([inode(hidden), inode(stale)] == before)
        listener.close()
        other.close()
    }

    /// Whatever the process's mask is, and the mask stays.
    @Test(arguments: [0o600, 0o660, 0o666, 0o777] as [UInt32]) func theFileHasItsMode(_ mode: UInt32) throws {
        let scratch = try Scratch()
        let path = scratch.file("s")
        let listener = try UnixSocket.listen(path: path, mode: mode)
        #expect(FileMode.permissions(path) == mode)
        listener.close()
    }

    @Test func aConnectedSocketHasNoTimeouts() throws {
        let scratch = try Scratch()
        let path = scratch.file("s")
        let listener = try UnixSocket.listen(path: path)
        for timeout in [patience, nil] {
            let client = try UnixSocket.connect(path: path, timeoutNanoseconds: timeout)
            let number = client.rawValue
            for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                var value = timeval(tv_sec: 7, tv_usec: 7)
                var size = socklen_t(MemoryLayout<timeval>.size)
                #expect(getsockopt(number, SOL_SOCKET, option, &value, &size) == 0)
                #expect(value.tv_sec == 0 && value.tv_usec == 0)
            }
            client.close()
        }
        listener.close()
    }

    @Test func whatDoesNotListenHasNothingToAccept() throws {
        let pair = try UnixSocket.pair(nonblocking: true)
        let number = pair.first.rawValue
        #expect(throws: LinuxError("accept4", .invalidArgument, "descriptor \(number)")) {
            _ = try UnixSocket.accept(number)
        }
        #expect(throws: LinuxError("accept4", .badDescriptor, "descriptor -1")) { _ = try UnixSocket.accept(-1) }
    }

    @Test func onlyASocketHasAPeer() throws {
        let pair = try UnixSocket.pair(nonblocking: true)
        #expect(try UnixSocket.peerUser(pair.first.rawValue) == Environment.userID)
        #expect(errno { () throws(LinuxError) in _ = try UnixSocket.peerUser(-1) } == .badDescriptor)
        let null = try CharacterDevice.open(path: "/dev/null")
        let number = null.rawValue
        #expect(errno { () throws(LinuxError) in _ = try UnixSocket.peerUser(number) } == .notSocket)
        #expect(errno { () throws(LinuxError) in _ = try UnixSocket.claimAbstract(name: "") } == .invalidArgument)
    }

    @Test(arguments: [true, false]) func pairsAreBlockingOrNot(nonblocking: Bool) throws {
        let pair = try UnixSocket.pair(nonblocking: nonblocking)
        for number in [pair.first.rawValue, pair.second.rawValue] {
            #expect((fcntl(number, F_GETFL) & O_NONBLOCK != 0) == nonblocking)
            #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0)
        }
    }

    /// The folder of a path without one is the current one, and of "/s" the root.
    @Test func theFolderOfAPathIsLocked() throws {
        let scratch = try Scratch()
        #expect(listenErrno(scratch.file("missing/s")) == .noEntry)
        FileDescriptor(adopting: open(scratch.file("plain"), O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)).close()
        #expect(throws: LinuxError("open", .notDirectory, scratch.file("plain"))) {
            _ = try UnixSocket.listen(path: scratch.file("plain/s"))
        }
        #expect(listenErrno("/") == .notSocket)
        #expect(listenErrno(".") == .notSocket)
    }

    /// Another process claims a path in the same folder at this time, and is done soon.
    @Test func aClaimWaitsForTheOneBefore() throws {
        let scratch = try Scratch()
        let directory = FileDescriptor(adopting: open(scratch.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        let number = directory.rawValue
        try #require(flock(number, LOCK_EX | LOCK_NB) == 0)
        let pair = try UnixSocket.pair(nonblocking: true)
        let (told, listening) = (pair.first.rawValue, pair.second.rawValue)
        let path = scratch.file("s")
        try DetachedThread.start {
            let failure = errno { () throws(LinuxError) in
                let deadline = MonotonicClock.deadline(after: patience)
                _ = try UnixSocket.listen(path: path, backlog: 1, claimDeadline: deadline)
            }
            _ = send(listening, failure == nil ? "done" : "failed")
        }
        let early = try DescriptorWait.wait(told, for: .readable, deadline: MonotonicClock.deadline(after: 10_000_000))
        #expect(early.isEmpty)
        try #require(flock(number, LOCK_UN) == 0)
        try waitUntilReady(told, .readable)
        #expect(receiveText(told) == "done")
        directory.close()
    }
}
