// BSD sockets: connections. Sockets have lwip's numbers (54 to 63), not slots (nina-fw 1.5.0 and newer).

/// SOCKET: creates a socket.
///
///     E0 70 02 | 01 type | 01 protocol | EE        reply: E0 F0 01 | 01 socket | EE
public struct BSDSocket: Command {
    public typealias Reply = GrantedSocket

    /// 1 stream, 2 datagram, 3 raw.
    public var type: UInt8 = 0
    /// 0 for the default protocol of the type.
    public var protocolNumber: UInt8 = 0

    public init() {}
    public init(type: UInt8, protocolNumber: UInt8) {
        self.type = type
        self.protocolNumber = protocolNumber
    }

    public static var opcode: Opcode { .bsdSocket }
    public static var summary: StaticString { "create a BSD socket" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("type", &type)
        try coder.u8("protocol", &protocolNumber)
    }
}

/// CLOSE: closes a socket.
///
///     E0 71 01 | 01 socket | EE        reply: 1, or 0 for a failure
public struct BSDClose: SocketCommand {
    public var socket = SocketNumber(rawValue: 0)

    public init() {}

    public static var opcode: Opcode { .bsdClose }
    public static var summary: StaticString { "close a BSD socket" }
}

/// ERRNO: the errno of the last of these commands.
///
///     E0 72 00 EE        reply: E0 F2 01 | 01 errno | EE
public struct BSDErrno: NoParameters {
    /// The errno.
    public struct Reply: Layout, Equatable, Sendable {
        /// Newlib's number: 9 EBADF, 11 EAGAIN, 104 ECONNRESET, 128 ENOTCONN.
        public var errno: UInt8 = 0

        public init() {}
        public init(errno: UInt8) { self.errno = errno }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u8("errno", &errno)
        }
    }

    public init() {}

    public static var opcode: Opcode { .bsdErrno }
    public static var summary: StaticString { "the errno of the last BSD command" }
}

/// BIND: binds a socket to a port on all addresses.
///
///     E0 73 02 | 01 socket | 02 port (big endian) | EE        reply: 1, or 0 for a failure
public struct BSDBind: Command {
    /// The socket, by lwip's number.
    public var socket = SocketNumber(rawValue: 0)
    /// The port, big endian on the wire.
    public var port: UInt16 = 0

    public init() {}
    public init(socket: SocketNumber, port: UInt16) {
        self.socket = socket
        self.port = port
    }

    public static var opcode: Opcode { .bsdBind }
    public static var summary: StaticString { "bind a BSD socket" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
        try coder.u16("port", .big, &port)
    }
}

/// LISTEN: makes a socket listen for connections.
///
///     E0 74 02 | 01 socket | 01 backlog | EE        reply: 1, or 0 for a failure
public struct BSDListen: Command {
    /// The socket, by lwip's number.
    public var socket = SocketNumber(rawValue: 0)
    /// The number of connections that may wait.
    public var backlog: UInt8 = 0

    public init() {}
    public init(socket: SocketNumber, backlog: UInt8) {
        self.socket = socket
        self.backlog = backlog
    }

    public static var opcode: Opcode { .bsdListen }
    public static var summary: StaticString { "listen on a BSD socket" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
        try coder.u8("backlog", &backlog)
    }
}

/// ACCEPT: accepts a connection.
///
///     E0 75 01 | 01 socket | EE        reply: E0 F5 03 | 01 socket | 04 address | 02 port (little endian) | EE
public struct BSDAccept: SocketCommand {
    /// The accepted connection.
    public struct Reply: Layout, Equatable, Sendable {
        /// Its socket; 255 for a failure, in which case the rest is undefined.
        public var socket = SocketNumber(rawValue: 0)
        /// The remote address.
        public var address = IPv4Address.any
        /// The remote port, little endian on the wire: the firmware sends it low byte first.
        public var port: UInt16 = 0

        public init() {}
        public init(socket: SocketNumber, address: IPv4Address, port: UInt16) {
            self.socket = socket
            self.address = address
            self.port = port
        }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.socket(&socket)
            try coder.address("address", &address)
            try coder.u16("port", .little, &port)
        }
    }

    public var socket = SocketNumber(rawValue: 0)

    public init() {}

    public static var opcode: Opcode { .bsdAccept }
    public static var summary: StaticString { "accept a connection on a BSD socket" }
}

/// CONNECT: connects a socket.
///
///     E0 76 03 | 01 socket | 04 address | 02 port (big endian) | EE        reply: 1, or 0 for a failure
public struct BSDConnect: Command {
    /// The socket, by lwip's number.
    public var socket = SocketNumber(rawValue: 0)
    /// The address.
    public var address = IPv4Address.any
    /// The port, big endian on the wire.
    public var port: UInt16 = 0

    public init() {}
    public init(socket: SocketNumber, address: IPv4Address, port: UInt16) {
        self.socket = socket
        self.address = address
        self.port = port
    }

    public static var opcode: Opcode { .bsdConnect }
    public static var summary: StaticString { "connect a BSD socket" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
        try coder.address("address", &address)
        try coder.u16("port", .big, &port)
    }
}
