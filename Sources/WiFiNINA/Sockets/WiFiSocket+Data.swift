import NINALink
import NINAWire

/// A socket option of a ``WiFiSocket``, at level SOL_SOCKET.
public struct SocketOption: RawRepresentable, Hashable, Sendable {
    /// lwip's number.
    public var rawValue: UInt32
    /// An option with lwip's number.
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// SO_ACCEPTCONN, read-only: 0 unless the socket listens.
    public static let acceptsConnections = SocketOption(rawValue: 0x0002)
    /// SO_REUSEADDR: allows reusing a port. When set it reads as 4.
    public static let reuseAddress = SocketOption(rawValue: 0x0004)
    /// SO_KEEPALIVE: probes idle connections. When set it reads as 8.
    public static let keepAlive = SocketOption(rawValue: 0x0008)
    /// SO_BROADCAST: allows sending broadcast datagrams. When set it reads as 0x20.
    public static let broadcast = SocketOption(rawValue: 0x0020)
    /// SO_RCVBUF: the size of the receive buffer in bytes.
    public static let receiveBuffer = SocketOption(rawValue: 0x1002)
    /// SO_ERROR: the errno of a pending error; reading clears it.
    public static let error = SocketOption(rawValue: 0x1007)
    /// SO_TYPE: 1 for a stream, 2 for datagrams.
    public static let type = SocketOption(rawValue: 0x1008)
}

// Data transfer and options of a socket.

extension WiFiSocket {
    /// Sends bytes on a stream, or one datagram to the connected address.
    /// - Returns: the number of bytes taken by the module; fewer than given, or 0, when the other end does not read.
    public func send(_ bytes: ArraySlice<UInt8>) throws(WiFiError) -> Int {
        let number = try checked()
        var rest = bytes
        while !rest.isEmpty {
            let frame = rest.prefix(Frame.longestSend)
            let count = Int(try driver.run(BSDSend(socket: number, data: frame)).count)
            rest = rest.dropFirst(min(count, frame.count))
            guard count == frame.count else {
                if count == 0, rest.count == bytes.count { _ = try driver.wouldBlock(.bsdSend) }
                break
            }
        }
        return bytes.count - rest.count
    }

    /// Sends bytes on a stream; see ``send(_:)-(ArraySlice<UInt8>)``.
    public func send(_ bytes: [UInt8]) throws(WiFiError) -> Int { try send(bytes[...]) }

    /// Sends all bytes on a stream, waiting until the module has taken them.
    /// - Throws: `.timedOut(.write)`.
    public func sendAll(_ bytes: [UInt8], timeout: Duration = .seconds(30)) throws(WiFiError) {
        let deadline = driver.now.advanced(by: timeout)
        var rest = bytes[...]
        while true {
            rest = rest.dropFirst(try send(rest))
            if rest.isEmpty { return }
            guard try wait(for: [.writable, .error], until: deadline) else { throw .timedOut(.write) }
        }
    }

    /// Sends a datagram.
    /// - Parameters:
    ///   - bytes: 1 to 1472 bytes.
    ///   - address: the destination address.
    ///   - port: the destination port.
    public func sendTo(_ bytes: [UInt8], _ address: IPv4Address, port: UInt16) throws(WiFiError) {
        let command = BSDSendto(socket: try checked(), address: address, port: port, data: bytes[...])
        guard Int(try driver.run(command).count) == bytes.count, !bytes.isEmpty else {
            throw driver.socketError(.bsdSendto)
        }
    }

    /// Receives the available bytes of a stream, or a datagram.
    /// - Parameter limit: the maximum number of bytes, up to 4076; the rest of a datagram is lost.
    /// - Returns: an empty array when none are available; nil when the other end has closed and everything was read.
    public func receive(_ limit: Int) throws(WiFiError) -> [UInt8]? {
        let size = UInt16(max(0, min(limit, BSDCommands.longestReceive)))
        let data = try driver.run(BSDRecv(socket: try checked(), size: size)).data
        guard data.isEmpty, size > 0 else { return Array(data) }
        switch try driver.socketErrno(.bsdRecv) {
        case .wouldBlock: return []
        case .none, .notConnected: return nil
        case let error: throw .socketFailed(.bsdRecv, error)
        }
    }

    /// Receives a datagram and its sender; nil when none is available.
    /// - Parameter limit: the maximum number of bytes, up to 4076; the rest of the datagram is lost.
    public func receiveFrom(
        _ limit: Int
    ) throws(WiFiError) -> (bytes: [UInt8], address: IPv4Address, port: UInt16)? {
        let size = UInt16(max(1, min(limit, BSDCommands.longestReceive)))
        let reply = try driver.run(BSDRecvfrom(socket: try checked(), size: size))
        guard reply.data.isEmpty else { return (Array(reply.data), reply.address, reply.port) }
        _ = try driver.wouldBlock(.bsdRecvfrom)
        return nil
    }

    /// The number of bytes that can be received now (FIONREAD).
    public func available() throws(WiFiError) -> Int {
        let zero: [UInt8] = [0, 0, 0, 0]
        let value = try driver.run(
            BSDIoctl(socket: try checked(), request: BSDIoctl.fionread, value: zero[...])
        ).value
        guard value.count >= 4 else { throw driver.socketError(.bsdIoctl) }
        return Int(clamping: BSDCommands.number(value))
    }

    /// Sets an option.
    /// - Throws: `.socketFailed` with `.noSuchOption` or `.invalid`.
    public func setOption(_ option: SocketOption, _ value: UInt32) throws(WiFiError) {
        var bytes: [UInt8] = []
        for place in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * place))) }
        try succeed(BSDSetsockopt(socket: try checked(), option: option.rawValue, value: bytes[...]))
    }

    /// The value of an option.
    /// - Throws: see ``setOption(_:_:)``.
    public func option(_ option: SocketOption) throws(WiFiError) -> UInt32 {
        guard let value = try driver.bsd.option(try checked(), option, on: driver) else {
            throw driver.socketError(.bsdGetsockopt)
        }
        return value
    }
}
