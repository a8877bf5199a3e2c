import Glibc
import LinuxIO
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10))) struct UnixSocketTests {
    private func mode(_ path: String) -> UInt32? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode : nil
    }

    private func listenErrno(_ path: String) -> Errno? {
        errno { () throws(LinuxError) in _ = try UnixSocket.listen(path: path) }
    }

    /// Leaves a socket file without a listener. Shutting the listener down ensures that, even while a child process
    /// that another test starts still holds a copy of its descriptor.
    private func leaveStaleSocket(_ path: String) throws {
        let listener = try UnixSocket.listen(path: path)
        try #require(Glibc.shutdown(listener.rawValue, Int32(SHUT_RDWR)) == 0)
    }

    @Test func listensPrivatelyAndConnects() throws {
        let scratch = try Scratch()
        let path = scratch.file("s")
        let listener = try UnixSocket.listen(path: path)
        let listening = listener.rawValue
        #expect(mode(path) == UInt32(S_IFSOCK) | 0o600)
        #expect(fcntl(listening, F_GETFD) & FD_CLOEXEC != 0)
        #expect(fcntl(listening, F_GETFL) & O_NONBLOCK != 0)
        #expect(!UnixSocket.hasPendingConnection(listening))
        let none = try UnixSocket.accept(listening) == nil
        #expect(none)

        let client = try UnixSocket.connect(path: path, timeoutNanoseconds: patience)
        let clientNumber = client.rawValue
        #expect(fcntl(clientNumber, F_GETFL) & O_NONBLOCK == 0)
        #expect(UnixSocket.hasPendingConnection(listening))
        guard let server = try UnixSocket.accept(listening) else {
            Issue.record("nothing to accept")
            return
        }
        let serverNumber = server.rawValue
        #expect(fcntl(serverNumber, F_GETFL) & O_NONBLOCK != 0)
        #expect(send(clientNumber, "hello") == .sent(5))
        #expect(receiveText(serverNumber) == "hello")
        #expect(receive(serverNumber) == .wouldBlock)
        client.close()
        try waitUntilReady(serverNumber, .readable)
        #expect(receive(serverNumber) == .endOfFile)
        #expect(send(serverNumber, "x") == .failed(.brokenPipe))
        UnixSocket.removeSocketFile(path: path)
        #expect(mode(path) == nil)
    }

    @Test func replacesAStaleSocket() throws {
        let scratch = try Scratch()
        let path = scratch.file("s")
        try leaveStaleSocket(path)
        #expect(mode(path) != nil)
        #expect(
            errno { () throws(LinuxError) in _ = try UnixSocket.connect(path: path, timeoutNanoseconds: patience) }
                == .connectionRefused)
        let listener = try UnixSocket.listen(path: path)
        let client = try UnixSocket.connect(path: path, timeoutNanoseconds: patience)
        let pending = UnixSocket.hasPendingConnection(listener.rawValue)
        #expect(pending)
        client.close()
    }

    @Test func refusesALiveSocket() throws {
        let scratch = try Scratch()
        let path = scratch.file("s")
        let listener = try UnixSocket.listen(path: path)
        #expect(listenErrno(path) == .addressInUse)
        let client = try UnixSocket.connect(path: path, timeoutNanoseconds: patience)
        client.close()
        listener.close()
    }

    @Test func refusesWhatIsNotASocket() throws {
        let scratch = try Scratch()
        let path = scratch.file("plain")
        let file = FileDescriptor(adopting: open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o644))
        let number = file.rawValue
        #expect(write(number, "abc", 3) == 3)
        let before = mode(path)
        #expect(listenErrno(path) == .notSocket)
        #expect(mode(path) == before)
        var status = stat()
        #expect(lstat(path, &status) == 0)
        #expect(status.st_size == 3)

        // A link is refused too, wherever it points.
        let link = scratch.file("link")
        #expect(symlink(scratch.file("nowhere"), link) == 0)
        #expect(listenErrno(link) == .notSocket)
        UnixSocket.removeSocketFile(path: path)
        #expect(mode(path) == before)
    }

    @Test func checksThePath() throws {
        let scratch = try Scratch()
        let room = 107 - scratch.path.utf8.count - 1
        let listener = try UnixSocket.listen(path: scratch.file(String(repeating: "n", count: room)))
        listener.close()
        #expect(listenErrno(scratch.file(String(repeating: "n", count: room + 1))) == .nameTooLong)
        #expect(listenErrno("") == .invalidArgument)
        #expect(listenErrno("a\0b") == .invalidArgument)
        #expect(listenErrno(scratch.file("missing/s")) == .noEntry)
        do {
            _ = try UnixSocket.listen(path: String(repeating: "n", count: 200))
            Issue.record("too long a path was accepted")
        } catch {
            #expect(error.description.contains("200 bytes, at most 107"))
            #expect(error.description.contains("ENAMETOOLONG"))
        }
    }

    @Test func leavesThePathAloneWhileAnotherClaimsIt() throws {
        let scratch = try Scratch()
        let path = scratch.file("s")
        try leaveStaleSocket(path)
        func claim() -> Errno? {
            errno { () throws(LinuxError) in
                _ = try UnixSocket.listen(path: path, backlog: 1, claimDeadline: 0)
            }
        }
        let directory = FileDescriptor(adopting: open(scratch.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        let number = directory.rawValue
        try #require(flock(number, LOCK_EX | LOCK_NB) == 0)
        #expect(claim() == .wouldBlock)
        try #require(flock(number, LOCK_UN) == 0)
        #expect(claim() == nil)
    }

    @Test(arguments: 0..<20) func oneOfManyClaimsAStalePath(round: Int) throws {
        let scratch = try Scratch()
        let path = scratch.file("s")
        try leaveStaleSocket(path)
        let reactor = try Reactor()
        let mailbox = reactor.mailbox
        let (winners, losers) = (Counter(), Counter())
        let gate = try UnixSocket.pair(nonblocking: true)
        let gateNumber = gate.first.rawValue
        for _ in 0..<8 {
            try DetachedThread.start {
                // All wait at the gate, to start at the same time.
                _ = try? DescriptorWait.wait(gateNumber, for: .readable, deadline: nil)
                do throws(LinuxError) {
                    // Kept open until the process ends, so that the others find a listener.
                    _ = try UnixSocket.listen(path: path).release()
                    winners.value.add(1, ordering: .relaxed)
                } catch {
                    if error.errno == .addressInUse { losers.value.add(1, ordering: .relaxed) }
                }
                mailbox.postWithReactor { reactor in
                    if winners.count + losers.count == 8 { reactor.stop() }
                }
            }
        }
        #expect(send(gate.second.rawValue, "x") == .sent(1))
        try reactor.run()
        #expect(winners.count == 1)
        #expect(losers.count == 7)
    }

    private final class Counter: Sendable {
        let value = Atomic(0)
        var count: Int { value.load(ordering: .relaxed) }
    }

    @Test func connectingToAFullBacklogTimesOut() throws {
        let scratch = try Scratch()
        let path = scratch.file("s")
        let listener = try UnixSocket.listen(path: path, backlog: 0)
        let first = try UnixSocket.connect(path: path, timeoutNanoseconds: nil)
        #expect(
            errno { () throws(LinuxError) in _ = try UnixSocket.connect(path: path, timeoutNanoseconds: 1_000_000) }
                == .timedOut)
        first.close()
        listener.close()
    }

    @Test func waitingCallsHonourTheirTimeouts() throws {
        let pair = try UnixSocket.pair(nonblocking: false)
        let (one, two) = (pair.first.rawValue, pair.second.rawValue)
        var bytes = [UInt8](repeating: 0, count: 16)
        try UnixSocket.setReceiveTimeout(one, 1)
        #expect(bytes.withUnsafeMutableBytes { UnixSocket.receiveWaiting(one, into: $0) } == .wouldBlock)
        try UnixSocket.setReceiveTimeout(one, nil)
        #expect(bytes.withUnsafeBytes { UnixSocket.sendWaiting(two, $0) } == .sent(16))
        #expect(bytes.withUnsafeMutableBytes { UnixSocket.receiveWaiting(one, into: $0) } == .received(16))
        try UnixSocket.setSendTimeout(one, 1)
        _ = fill(one)
        #expect(bytes.withUnsafeBytes { UnixSocket.sendWaiting(one, $0) } == .wouldBlock)
    }

    @Test func abstractNamesAreClaimedOnce() throws {
        let name = "linuxio-test-\(Environment.processID)-\(MonotonicClock.nanoseconds())"
        var claim = try UnixSocket.claimAbstract(name: name)
        let claimed = claim != nil
        #expect(claimed)
        let again = try UnixSocket.claimAbstract(name: name) == nil
        #expect(again)
        claim = nil
        // A child process of another test may hold a copy of the descriptor briefly.
        let deadline = patienceDeadline()
        var isFree = false
        while !isFree, MonotonicClock.nanoseconds() < deadline {
            isFree = try UnixSocket.claimAbstract(name: name) != nil
        }
        #expect(isFree)
        let long = String(repeating: "n", count: 108)
        #expect(errno { () throws(LinuxError) in _ = try UnixSocket.claimAbstract(name: long) } == .nameTooLong)
    }

    /// Whole seconds and parts of one; never 0, which the kernel takes as no limit. It rounds to its ticks.
    @Test func timeoutsAreWhatTheKernelHas() throws {
        let pair = try UnixSocket.pair(nonblocking: false)
        let number = pair.first.rawValue
        func limit(_ option: Int32) -> Int {
            var value = timeval()
            var size = socklen_t(MemoryLayout<timeval>.size)
            #expect(getsockopt(number, SOL_SOCKET, option, &value, &size) == 0)
            return value.tv_sec * 1_000_000 + Int(value.tv_usec)
        }
        let tick = 20_000
        for (nanoseconds, microseconds) in [
            (0, 1), (1, 1), (1000, 1), (1001, 2), (500_000_000, 500_000), (999_999_999, 1_000_000),
            (1_000_000_000, 1_000_000), (2_000_000_000, 2_000_000), (3_500_000_000, 3_500_000),
        ] as [(UInt64, Int)] {
            try UnixSocket.setReceiveTimeout(number, nanoseconds)
            try UnixSocket.setSendTimeout(number, nanoseconds)
            for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                #expect((microseconds...microseconds + tick).contains(limit(option)), "\(nanoseconds) ns")
            }
        }
        try UnixSocket.setReceiveTimeout(number, nil)
        #expect(limit(SO_RCVTIMEO) == 0 && limit(SO_SNDTIMEO) > 0)
        try UnixSocket.setSendTimeout(number, nil)
        #expect(limit(SO_SNDTIMEO) == 0)
    }
}
