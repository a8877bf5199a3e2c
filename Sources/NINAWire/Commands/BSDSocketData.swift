// BSD sockets: data transfer.

/// SEND: sends bytes on a connection.
///
///     E0 77 02 | 0001 socket | len data | EE        reply: E0 F7 01 | 02 count (big endian) | EE
///
/// The byte order of the count differs from SEND_DATA.
public struct BSDSend: SocketDataCommand {
    public typealias Reply = BSDByteCount

    public var socket = SocketNumber(rawValue: 0)
    public var data: ArraySlice<UInt8> = []

    public init() {}

    public static var opcode: Opcode { .bsdSend }
    public static var summary: StaticString { "send bytes on a BSD socket" }
}

/// RECV: receives bytes on a connection.
///
///     E0 78 02 | 01 socket | 02 size (little endian) | EE        reply: E0 F8 01 | len data | EE
///
/// A reply without bytes means that the peer closed, no bytes are available, or an error occurred (see ERRNO). Nina-fw
/// returns at most 4076 bytes.
public struct BSDRecv: SocketReadCommand {
    public typealias Reply = ReadBytes

    public var socket = SocketNumber(rawValue: 0)
    public var size: UInt16 = 0

    public init() {}

    public static var opcode: Opcode { .bsdRecv }
    public static var summary: StaticString { "receive bytes on a BSD socket" }
}

/// SENDTO: sends a datagram.
///
///     E0 79 04 | 0001 socket | 0004 address | 0002 port (big endian) | len data | EE
///     reply: E0 F9 01 | 02 count (big endian) | EE
public struct BSDSendto: Command {
    public typealias Reply = BSDByteCount

    /// The socket, by lwip's number.
    public var socket = SocketNumber(rawValue: 0)
    /// The destination address.
    public var address = IPv4Address.any
    /// The destination port, big endian on the wire.
    public var port: UInt16 = 0
    /// The bytes.
    public var data: ArraySlice<UInt8> = []

    public init() {}
    public init(socket: SocketNumber, address: IPv4Address, port: UInt16, data: ArraySlice<UInt8>) {
        self.socket = socket
        self.address = address
        self.port = port
        self.data = data
    }

    public static var opcode: Opcode { .bsdSendto }
    public static var summary: StaticString { "send a datagram on a BSD socket" }
    public static var width: LengthWidth { .word }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
        try coder.address("address", &address)
        try coder.u16("port", .big, &port)
        try coder.bytes("data", .dataAsPresent, &data)
    }
}

/// RECVFROM: receives a datagram.
///
///     E0 7A 02 | 01 socket | 02 size (little endian) | EE
///     reply: E0 FA 03 | 0004 address | 0002 port (little endian) | len data | EE
public struct BSDRecvfrom: SocketReadCommand {
    /// The datagram.
    public struct Reply: Layout, Equatable, Sendable {
        /// The sender's address.
        public var address = IPv4Address.any
        /// The sender's port, little endian on the wire: the firmware sends it low byte first.
        public var port: UInt16 = 0
        /// As much as was requested; empty when there is no datagram, in which case the rest is undefined.
        public var data: ArraySlice<UInt8> = []

        public init() {}
        public init(address: IPv4Address, port: UInt16, data: ArraySlice<UInt8>) {
            self.address = address
            self.port = port
            self.data = data
        }

        public static var width: LengthWidth { .word }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.address("address", &address)
            try coder.u16("port", .little, &port)
            try coder.bytes("data", .data, &data)
        }
    }

    public var socket = SocketNumber(rawValue: 0)
    public var size: UInt16 = 0

    public init() {}

    public static var opcode: Opcode { .bsdRecvfrom }
    public static var summary: StaticString { "receive a datagram on a BSD socket" }
}
