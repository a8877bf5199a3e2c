import LinuxIO

/// Runs a blocking body in its own thread.
package func inThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        do {
            try DetachedThread.start(stackBytes: 1 << 20) { continuation.resume(with: Result { try body() }) }
        } catch {
            continuation.resume(throwing: error)
        }
    }
}

/// An external server that echoes received bytes, each connection in its own thread.
package final class EchoPeer {
    package let port: UInt16
    private let isOver = SharedCount()

    package init() throws {
        let listener = try TCPSocket.listen(
            on: IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0), backlog: 64)
        port = try TCPSocket.localEndpoint(listener.rawValue).port
        let number = listener.release()
        try DetachedThread.start { [isOver] in
            let listener = FileDescriptor(adopting: number)
            while isOver.value == 0 { Self.accept(listener.rawValue) }
        }
    }

    /// Stops listening.
    package func end() { isOver.add(1) }

    private static func accept(_ listener: Int32) {
        let deadline = MonotonicClock.nanoseconds() + 100_000_000
        _ = try? DescriptorWait.wait(listener, for: .readable, deadline: deadline)
        guard let connection = try? TCPSocket.accept(listener) else { return }
        let number = connection.takeDescriptor().release()
        try? DetachedThread.start { echo(FileDescriptor(adopting: number)) }
    }

    private static func echo(_ descriptor: consuming FileDescriptor) {
        guard let peer = try? TCPPeer(accepted: descriptor) else { return }
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let result = buffer.withUnsafeMutableBytes { TCPSocket.receiveWaiting(peer.number, into: $0) }
            guard case .received(let count) = result, (try? peer.send(Array(buffer[..<count]))) != nil else { return }
        }
    }
}
