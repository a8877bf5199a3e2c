import LinuxIO

/// The remote end of a measurement: a TCP socket in its own thread that receives, sends or returns bytes as fast as
/// possible.
final class BulkPeer {
    let port: UInt16
    private let listener: FileDescriptor

    enum Direction { case takes, gives, returns }

    init(_ direction: Direction) throws {
        let listener = try TCPSocket.listen(on: IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0))
        port = try TCPSocket.localEndpoint(listener.rawValue).port
        let number = listener.rawValue
        self.listener = listener
        try DetachedThread.start { Self.serve(number, direction) }
    }

    private static func serve(_ listener: Int32, _ direction: Direction) {
        let deadline = MonotonicClock.nanoseconds() + 10_000_000_000
        guard let events = try? DescriptorWait.wait(listener, for: .readable, deadline: deadline), !events.isEmpty,
            let connection = try? TCPSocket.accept(listener),
            (try? BlockingMode.set(connection.descriptor.rawValue)) != nil
        else { return }
        let number = connection.descriptor.rawValue
        var bytes = [UInt8](repeating: 0x5A, count: 256 * 1024)
        switch direction {
        case .takes:
            while case .received = bytes.withUnsafeMutableBytes({ TCPSocket.receiveWaiting(number, into: $0) }) {}
        case .gives:
            while case .sent = bytes.withUnsafeBytes({ TCPSocket.sendWaiting(number, $0) }) {}
        case .returns:
            while case .received(let count) = bytes.withUnsafeMutableBytes({
                TCPSocket.receiveWaiting(number, into: $0)
            }) {
                guard
                    case .sent(count) = bytes.withUnsafeBytes({
                        TCPSocket.sendWaiting(number, UnsafeRawBufferPointer(rebasing: $0[..<count]))
                    })
                else { return }
            }
        }
    }
}
