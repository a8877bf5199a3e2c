// BSD sockets: connections. Their numbers are those of lwip (54 to 63), not slots (nina-fw 1.5.0 and newer).

/// SOCKET: makes a socket.
///
///     E0 70 02 | 01 type | 01 protocol | EE        reply: E0 F0 01 | 01 socket | EE
public struct BSDSocket: Command {
    /// The socket.
    public struct Reply: Layout, Equatable, Sendable {
        /// Its number, 255 for a failure.
        public var socket = SocketNumber(rawValue: 0)

        /// Number 0.
        public init() {}
        /// This socket.
        public init(socket: SocketNumber) { self.socket = socket }

        /// One number.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.socket(&socket)
        }
    }

    /// 1 stream, 2 datagram, 3 raw.
    public var type: UInt8 = 0
    /// 0 for the protocol of the type.
    public var protocolNumber: UInt8 = 0

    /// Zeros.
    public init() {}
    /// A socket of this type.
    public init(type: UInt8, protocolNumber: UInt8) {
        self.type = type
        self.protocolNumber = protocolNumber
    }

    /// Its number.
    public static var opcode: Opcode { .bsdSocket }
    /// What it does.
    public static var summary: StaticString { "make a BSD socket" }

    /// Type and protocol.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("type", &type)
        try coder.u8("protocol", &protocolNumber)
    }
}

/// CLOSE: closes a socket.
///
///     E0 71 01 | 01 socket | EE        reply: 1, or 0 for a failure
public struct BSDClose: Command {
    /// 1 when it was closed.
    public typealias Reply = Acknowledgement

    /// The socket, a number of lwip.
    public var socket = SocketNumber(rawValue: 0)

    /// Socket 0.
    public init() {}
    /// Acts on this socket.
    public init(socket: SocketNumber) { self.socket = socket }

    /// Its number.
    public static var opcode: Opcode { .bsdClose }
    /// What it does.
    public static var summary: StaticString { "close a BSD socket" }

    /// The socket.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
    }
}

/// ERRNO: why the last of these commands failed.
///
///     E0 72 00 EE        reply: E0 F2 01 | 01 errno | EE
public struct BSDErrno: Command {
    /// The errno.
    public struct Reply: Layout, Equatable, Sendable {
        /// A number of newlib: 9 EBADF, 11 EAGAIN, 104 ECONNRESET, 128 ENOTCONN.
        public var errno: UInt8 = 0

        /// Zero.
        public init() {}
        /// This errno.
        public init(errno: UInt8) { self.errno = errno }

        /// One byte.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u8("errno", &errno)
        }
    }

    /// No parameters.
    public init() {}

    /// Its number.
    public static var opcode: Opcode { .bsdErrno }
    /// What it does.
    public static var summary: StaticString { "the errno of the last BSD command" }

    /// No parameters.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {}
}

/// BIND: gives a socket a port at every address.
///
///     E0 73 02 | 01 socket | 02 port (big endian) | EE        reply: 1, or 0 for a failure
public struct BSDBind: Command {
    /// 1 when it was bound.
    public typealias Reply = Acknowledgement

    /// The socket, a number of lwip.
    public var socket = SocketNumber(rawValue: 0)
    /// The port, big endian on the wire.
    public var port: UInt16 = 0

    /// Zeros.
    public init() {}
    /// Binds this socket.
    public init(socket: SocketNumber, port: UInt16) {
        self.socket = socket
        self.port = port
    }

    /// Its number.
    public static var opcode: Opcode { .bsdBind }
    /// What it does.
    public static var summary: StaticString { "bind a BSD socket" }

    /// Socket and port.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
        try coder.u16("port", .big, &port)
    }
}

/// LISTEN: makes a socket wait for connections.
///
///     E0 74 02 | 01 socket | 01 backlog | EE        reply: 1, or 0 for a failure
public struct BSDListen: Command {
    /// 1 when it listens.
    public typealias Reply = Acknowledgement

    /// The socket, a number of lwip.
    public var socket = SocketNumber(rawValue: 0)
    /// How many connections may wait.
    public var backlog: UInt8 = 0

    /// Zeros.
    public init() {}
    /// Listens on this socket.
    public init(socket: SocketNumber, backlog: UInt8) {
        self.socket = socket
        self.backlog = backlog
    }

    /// Its number.
    public static var opcode: Opcode { .bsdListen }
    /// What it does.
    public static var summary: StaticString { "listen on a BSD socket" }

    /// Socket and backlog.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
        try coder.u8("backlog", &backlog)
    }
}

/// ACCEPT: takes a connection.
///
///     E0 75 01 | 01 socket | EE        reply: E0 F5 03 | 01 socket | 04 address | 02 port (little endian) | EE
public struct BSDAccept: Command {
    /// The connection.
    public struct Reply: Layout, Equatable, Sendable {
        /// Its number; 255 for a failure, and then the rest means nothing.
        public var socket = SocketNumber(rawValue: 0)
        /// The address.
        public var address = IPv4Address.any
        /// The port, little endian on the wire: the firmware sends it low byte first.
        public var port: UInt16 = 0

        /// Zero.
        public init() {}
        /// This connection.
        public init(socket: SocketNumber, address: IPv4Address, port: UInt16) {
            self.socket = socket
            self.address = address
            self.port = port
        }

        /// Socket, address and port.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.socket(&socket)
            try coder.address("address", &address)
            try coder.u16("port", .little, &port)
        }
    }

    /// The socket, a number of lwip.
    public var socket = SocketNumber(rawValue: 0)

    /// Socket 0.
    public init() {}
    /// Acts on this socket.
    public init(socket: SocketNumber) { self.socket = socket }

    /// Its number.
    public static var opcode: Opcode { .bsdAccept }
    /// What it does.
    public static var summary: StaticString { "take a connection of a BSD socket" }

    /// The socket.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
    }
}

/// CONNECT: connects a socket.
///
///     E0 76 03 | 01 socket | 04 address | 02 port (big endian) | EE        reply: 1, or 0 for a failure
public struct BSDConnect: Command {
    /// 1 when it is connected.
    public typealias Reply = Acknowledgement

    /// The socket, a number of lwip.
    public var socket = SocketNumber(rawValue: 0)
    /// The address.
    public var address = IPv4Address.any
    /// The port, big endian on the wire.
    public var port: UInt16 = 0

    /// Zeros.
    public init() {}
    /// Connects this socket.
    public init(socket: SocketNumber, address: IPv4Address, port: UInt16) {
        self.socket = socket
        self.address = address
        self.port = port
    }

    /// Its number.
    public static var opcode: Opcode { .bsdConnect }
    /// What it does.
    public static var summary: StaticString { "connect a BSD socket" }

    /// Socket, address and port.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
        try coder.address("address", &address)
        try coder.u16("port", .big, &port)
    }
}
