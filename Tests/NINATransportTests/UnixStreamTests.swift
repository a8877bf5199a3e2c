import Glibc
import LinuxIO
import NINALink
import NINATransport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct UnixStreamTests {
    private var deadline: MonotonicInstant {
        MonotonicInstant(nanoseconds: MonotonicClock.nanoseconds()).advanced(by: .seconds(20))
    }

    /// A stream, and the connection that a listener has accepted for it.
    private final class Peer {
        private struct NoConnection: Error {}

        let stream: UnixStream
        private var descriptor: FileDescriptor?
        let number: Int32

        init(until deadline: MonotonicInstant) throws {
            let path =
                "\(Environment.temporaryDirectory)/nina-stream-\(Environment.processID)-\(UInt32.random(in: 0 ... .max)).sock"
            defer { UnixSocket.removeSocketFile(path: path) }
            let listener = try UnixSocket.listen(path: path)
            stream = try UnixStream(path: path, until: deadline)
            guard let accepted = try UnixSocket.accept(listener.rawValue) else { throw NoConnection() }
            number = accepted.rawValue
            descriptor = consume accepted
        }

        func close() { descriptor = nil }
    }

    private func bytes(_ count: Int, _ seed: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 251 &+ seed) }
    }

    /// Bytes arrive whole and in order, even if the kernel takes only part of them per call.
    @Test(arguments: [0, 1, 4100, 800_000])
    func bytesArriveInOrder(count: Int) async throws {
        let peer = try Peer(until: deadline)
        defer { withExtendedLifetime(peer) {} }
        let number = peer.number
        let end = deadline.nanoseconds
        let received = AsyncStream<[UInt8]>.makeStream()
        try DetachedThread.start { received.continuation.yield(Self.read(number, count, until: end)) }
        var output = ByteQueue()
        let message = bytes(count, 1)
        output.append(message)
        try peer.stream.send(&output, until: deadline)
        #expect(output.isEmpty)
        var arrived = received.stream.makeAsyncIterator()
        #expect(await arrived.next() == message)
    }

    /// A device that reads nothing: what has not been taken may be sent again.
    @Test func aSendWithoutRoomTakesNothing() throws {
        let peer = try Peer(until: deadline)
        defer { withExtendedLifetime(peer) {} }
        let stream = peer.stream
        var sent: [UInt8] = []
        var rounds = Rounds(100_000)
        var fault: LinkError?
        var output = ByteQueue()
        while fault == nil, rounds.next() {
            let message = bytes(10, sent.count)
            output.append(message)
            do throws(LinkError) {
                try stream.send(&output, until: stream.now.advanced(by: .milliseconds(1)))
                sent += message
            } catch {
                fault = error
            }
        }
        #expect(fault == LinkError(.timedOut, .transfer))
        #expect(throws: LinkError(.timedOut, .transfer)) {
            try stream.send(&output, until: MonotonicInstant(nanoseconds: 0))
        }
        #expect(Self.read(peer.number, sent.count, until: deadline.nanoseconds) == sent)
        let rest = output.bytes
        try stream.send(&output, until: deadline)
        #expect(rest.count == 10)
        #expect(Self.read(peer.number, rest.count, until: deadline.nanoseconds) == rest)
        // More than there is room for: a part of it is sent, and what would follow has no beginning.
        output.append(bytes(4_000_000, 5))
        #expect(throws: LinkError.truncated) {
            try stream.send(&output, until: stream.now.advanced(by: .milliseconds(1)))
        }
    }

    /// Reads in small pieces, so that the sender's calls take only part of their bytes.
    private static func read(_ descriptor: Int32, _ count: Int, until end: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1000)
        while bytes.count < count {
            guard let events = try? DescriptorWait.wait(descriptor, for: .readable, deadline: end), !events.isEmpty,
                case .received(let part) = buffer.withUnsafeMutableBytes({ UnixSocket.receive(descriptor, into: $0) })
            else { return bytes }
            bytes += buffer[..<part]
        }
        return bytes
    }

    /// What the kernel is told to wait is never longer than the call may take, and at most a second. It rounds to its ticks.
    @Test func theKernelWaitsNoLongerThanTheCall() throws {
        let peer = try Peer(until: deadline)
        defer { withExtendedLifetime(peer) {} }
        let stream = peer.stream
        let number = peer.number
        let own = try #require(stream.activityDescriptor)
        var buffer = MessageBuffer(acceptsHostMessages: true)
        for (seconds, limit) in [(60, 1_000_000), (0.5, 500_000), (60, 1_000_000), (2, 1_000_000)] as [(Double, Int)] {
            #expect([7].withUnsafeBytes { UnixSocket.send(number, $0) } == .sent(8))
            // The bytes are there already.
            #expect(try stream.receive(into: &buffer, until: stream.now.advanced(by: .seconds(seconds))))
            var time = timeval()
            var size = socklen_t(MemoryLayout<timeval>.size)
            #expect(getsockopt(own, SOL_SOCKET, SO_RCVTIMEO, &time, &size) == 0)
            let microseconds = time.tv_sec * 1_000_000 + Int(time.tv_usec)
            #expect((1...limit + 20_000).contains(microseconds))
        }
        peer.close()
        #expect(throws: LinkError.self) { _ = try stream.receive(into: &buffer, until: deadline) }
    }
}
