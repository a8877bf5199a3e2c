import Glibc
import LinuxIO
import LinuxProcesses
import Testing

/// Waiting for one descriptor: a socket, a timer, the end of a process.
@Suite(.timeLimit(.minutes(10))) struct DescriptorWaitTests {
    private func ready(_ descriptor: Int32, _ interest: Interest) throws(LinuxError) -> ReadyEvents {
        try DescriptorWait.wait(descriptor, for: interest, deadline: 0)
    }

    @Test func tellsWhatIsReady() throws {
        let pair = try UnixSocket.pair(nonblocking: true)
        let (one, two) = (pair.first.rawValue, pair.second.rawValue)
        #expect(try ready(one, .readable).isEmpty)
        #expect(try ready(one, .writable) == .writable)
        #expect(try ready(one, [.readable, .writable, .edgeTriggered]) == .writable)
        #expect(send(two, "x") == .sent(1))
        #expect(try ready(one, .readable) == .readable)
        #expect(try ready(one, [.readable, .writable]) == [.readable, .writable])
        #expect(try DescriptorWait.wait(one, for: .readable, deadline: nil) == .readable)
        UnixSocket.shutdown(two)
        #expect(try ready(one, .readable) == [.readable, .hangUp, .peerClosed])
    }

    @Test func aDescriptorThatIsNotOpenFails() {
        for deadline in [0, nil] as [UInt64?] {
            #expect(
                throws: LinuxError("ppoll", .badDescriptor, "descriptor 1000000")
            ) { try DescriptorWait.wait(1_000_000, for: .readable, deadline: deadline) }
        }
    }

    /// A socket that is not connected has hung up and has nothing to read; a wrong number has nothing either.
    @Test func onlyAListenerHasPendingConnections() throws {
        let socket = FileDescriptor(adopting: Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        let number = socket.rawValue
        #expect(!TCPSocket.hasPendingConnection(number))
        #expect(!TCPSocket.hasPendingConnection(1_000_000))
        let pair = try UnixSocket.pair(nonblocking: true)
        let (one, two) = (pair.first.rawValue, pair.second.rawValue)
        #expect(!UnixSocket.hasPendingConnection(one))
        #expect(send(two, "x") == .sent(1))
        #expect(UnixSocket.hasPendingConnection(one))
        socket.close()
    }

    @Test func aTimerExpiresOnceItsTimeIsOver() throws {
        let timer = try TimerDescriptor()
        let number = timer.rawValue
        #expect(try ready(number, .readable).isEmpty)
        for soon in [0, 1, 1_000_000] as [UInt64] {
            try timer.arm(after: soon)
            try waitUntilReady(number, .readable)
            // Armed anew, it has not expired; the last arming counts.
            for late in [3_600_000_000_000, .max] as [UInt64] {
                try timer.arm(after: late)
                #expect(try ready(number, .readable).isEmpty)
            }
        }
        #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0)
    }

    @Test func aProcessIsReadableOnceItEnds() throws {
        let child = try ChildProcess("/bin/sleep", ["1000"])
        let process = try ProcessDescriptor.open(child.pid)
        let number = process.rawValue
        let own = try ProcessDescriptor.open(Environment.processID)
        #expect(try ready(own.rawValue, .readable).isEmpty)
        try child.terminate()
        try waitUntilReady(number, .readable)
        _ = try child.wait(timeoutNanoseconds: patience)
        #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0)
    }

    @Test func onlyProcessesHaveDescriptors() {
        for (pid, errno) in [(Int32.max, Errno.noProcess), (-1, .invalidArgument), (0, .invalidArgument)] {
            #expect(throws: LinuxError("pidfd_open", errno, "process \(pid)")) {
                _ = try ProcessDescriptor.open(pid)
            }
        }
    }
}
