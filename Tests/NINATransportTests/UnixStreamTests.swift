import LinuxIO
import NINALink
import NINATransport
import Testing

@Suite(.timeLimit(.minutes(5))) struct UnixStreamTests {
    private var deadline: MonotonicInstant {
        MonotonicInstant(nanoseconds: MonotonicClock.nanoseconds()).advanced(by: .seconds(20))
    }

    private func bytes(_ count: Int, _ seed: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 251 &+ seed) }
    }

    /// The pieces arrive whole and in order, even if the kernel takes only part of them per call.
    @Test(arguments: [0, 1, 4, 300_000], [1, 4092, 500_000])
    func twoPiecesArriveAsOneStream(header: Int, payload: Int) async throws {
        let path = "\(Environment.temporaryDirectory)/nina-pieces-\(Environment.processID)-\(header)-\(payload).sock"
        defer { UnixSocket.removeSocketFile(path: path) }
        let listener = try UnixSocket.listen(path: path)
        let stream = try UnixStream(path: path, until: deadline)
        guard let accepted = try UnixSocket.accept(listener.rawValue) else {
            Issue.record("no connection")
            return
        }
        let number = accepted.rawValue
        let end = deadline.nanoseconds
        let received = AsyncStream<[UInt8]>.makeStream()
        try DetachedThread.start {
            received.continuation.yield(Self.read(number, header + payload, until: end))
        }
        let (first, second) = (bytes(header, 1), bytes(payload, 2))
        try stream.send(first, followedBy: second, until: deadline)
        var arrived = received.stream.makeAsyncIterator()
        #expect(await arrived.next() == first + second)
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
}
