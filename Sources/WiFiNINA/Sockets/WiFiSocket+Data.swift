import NINALink
import NINAWire

/// An option of a ``WiFiSocket``, of the level SOL_SOCKET.
public struct SocketOption: RawRepresentable, Hashable, Sendable {
    /// lwip's number.
    public var rawValue: UInt32
    /// An option by lwip's number.
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// SO_ACCEPTCONN, which can only be read: 0 unless the socket listens.
    public static let acceptsConnections = SocketOption(rawValue: 0x0002)
    /// SO_REUSEADDR: a port that was used before can be taken. Read, it is the bit 4.
    public static let reuseAddress = SocketOption(rawValue: 0x0004)
    /// SO_KEEPALIVE: idle connections are probed. Read, it is the bit 8.
    public static let keepAlive = SocketOption(rawValue: 0x0008)
    /// SO_BROADCAST: broadcast datagrams may be sent. Read, it is the bit 0x20.
    public static let broadcast = SocketOption(rawValue: 0x0020)
    /// SO_RCVBUF: bytes that are kept for the program.
    public static let receiveBuffer = SocketOption(rawValue: 0x1002)
    /// SO_ERROR: the errno of what has failed meanwhile, which reading forgets.
    public static let error = SocketOption(rawValue: 0x1007)
    /// SO_TYPE: 1 for a stream, 2 for datagrams.
    public static let type = SocketOption(rawValue: 0x1008)
}

// The bytes of a socket, and its options.

extension WiFiSocket {
    /// Sends bytes of a stream, or one datagram to where it is connected.
    /// - Returns: how many the module has taken; fewer than given, 0 even, when the other end does not read.
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

    /// Sends bytes of a stream; as ``send(_:)-(ArraySlice<UInt8>)``.
    public func send(_ bytes: [UInt8]) throws(WiFiError) -> Int { try send(bytes[...]) }

    /// Sends all bytes of a stream, waiting until the module has taken them.
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
    ///   - bytes: 1 to 1472.
    ///   - address: whom it is for.
    ///   - port: the port there.
    public func sendTo(_ bytes: [UInt8], _ address: IPv4Address, port: UInt16) throws(WiFiError) {
        let command = BSDSendto(socket: try checked(), address: address, port: port, data: bytes[...])
        guard Int(try driver.run(command).count) == bytes.count, !bytes.isEmpty else {
            throw driver.socketError(.bsdSendto)
        }
    }

    /// Takes the bytes of a stream that are there, or a datagram.
    /// - Parameter limit: how many at most, of 4076; of a datagram the rest is lost.
    /// - Returns: an empty array when there are none now, nil when the other end has closed and all was taken.
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

    /// Takes a datagram with its sender; nil when there is none now.
    /// - Parameter limit: how many bytes at most, of 4076; the rest of the datagram is lost.
    public func receiveFrom(
        _ limit: Int
    ) throws(WiFiError) -> (bytes: [UInt8], address: IPv4Address, port: UInt16)? {
        let size = UInt16(max(1, min(limit, BSDCommands.longestReceive)))
        let reply = try driver.run(BSDRecvfrom(socket: try checked(), size: size))
        guard reply.data.isEmpty else { return (Array(reply.data), reply.address, reply.port) }
        _ = try driver.wouldBlock(.bsdRecvfrom)
        return nil
    }

    /// Bytes that can be taken now (FIONREAD).
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
    /// - Throws: as ``setOption(_:_:)``.
    public func option(_ option: SocketOption) throws(WiFiError) -> UInt32 {
        guard let value = try driver.bsd.option(try checked(), option, on: driver) else {
            throw driver.socketError(.bsdGetsockopt)
        }
        return value
    }
}
