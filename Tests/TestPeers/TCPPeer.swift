import LinuxIO
import NINAWire

/// An external TCP client with blocking calls that time out after 20 seconds.
package final class TCPPeer {
    private var owned: FileDescriptor?
    /// The descriptor number, valid until the peer is closed.
    package let number: Int32
    /// How long connecting took.
    package let connectNanoseconds: UInt64
    package let port: UInt16

    /// Connects to a server of a coprocessor.
    /// - Parameter source: the address to connect from; nil leaves it to the kernel.
    package init(_ address: IPv4Address, port: UInt16, from source: IPv4Address? = nil) throws {
        let start = MonotonicClock.nanoseconds()
        let descriptor = try TCPSocket.connect(
            to: IPv4Endpoint(address: address.rawValue, port: port), from: source?.rawValue)
        let events = try DescriptorWait.wait(descriptor.rawValue, for: .writable, deadline: start + 20_000_000_000)
        if let errno = TCPSocket.connectResult(descriptor.rawValue) {
            throw LinuxError("connect", events.isEmpty ? .timedOut : errno, "\(address):\(port)")
        }
        connectNanoseconds = MonotonicClock.nanoseconds() - start
        try BlockingMode.set(descriptor.rawValue)
        try TCPSocket.setReceiveTimeout(descriptor.rawValue, 20_000_000_000)
        try TCPSocket.setSendTimeout(descriptor.rawValue, 20_000_000_000)
        self.port = try TCPSocket.localEndpoint(descriptor.rawValue).port
        number = descriptor.rawValue
        owned = consume descriptor
    }

    /// Takes over a connection that was accepted.
    package init(accepted descriptor: consuming FileDescriptor) throws {
        connectNanoseconds = 0
        try BlockingMode.set(descriptor.rawValue)
        try TCPSocket.setReceiveTimeout(descriptor.rawValue, 20_000_000_000)
        try TCPSocket.setSendTimeout(descriptor.rawValue, 20_000_000_000)
        port = try TCPSocket.localEndpoint(descriptor.rawValue).port
        number = descriptor.rawValue
        owned = consume descriptor
    }

    package func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch rest.withUnsafeBytes({ TCPSocket.sendWaiting(number, $0) }) {
            case .sent(let count): rest = rest.dropFirst(count)
            case .wouldBlock: throw LinuxError("send", .timedOut)
            case .failed(let errno): throw LinuxError("send", errno)
            }
        }
    }

    /// Reads until the end of the stream, or until `count` bytes have arrived.
    package func read(_ count: Int = .max) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while bytes.count < count {
            let limit = min(buffer.count, count - bytes.count)
            let result = buffer.withUnsafeMutableBytes {
                TCPSocket.receiveWaiting(
                    number, into: UnsafeMutableRawBufferPointer(rebasing: $0[..<limit]))
            }
            switch result {
            case .received(let got): bytes.append(contentsOf: buffer[..<got])
            case .endOfFile: return bytes
            case .wouldBlock: throw LinuxError("recv", .timedOut)
            case .failed(let errno): throw LinuxError("recv", errno)
            }
        }
        return bytes
    }

    /// Makes closing reset the connection.
    package func reset() throws { try TCPSocket.resetOnClose(number) }

    /// Closes the connection now, instead of when the object is released.
    package func close() { owned = nil }
}

/// Runs bodies in separate threads and waits for all of them.
package enum Threads {
    /// - Returns: what each body returned or threw, in order.
    package static func run<Value: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Int) throws -> Value
    ) throws -> [Result<Value, any Error>] {
        let results = SharedResults<Value>(count)
        for index in 0..<count {
            try DetachedThread.start(stackBytes: 1 << 20) {
                results.set(index, Result { try body(index) })
            }
        }
        return try results.wait()
    }
}

/// Bytes that differ for each number and are easy to reproduce.
package func pattern(_ number: Int, count: Int) -> [UInt8] {
    var state = UInt32(truncatingIfNeeded: number &* 2_654_435_761 | 1)
    return (0..<count).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(truncatingIfNeeded: state >> 24)
    }
}
