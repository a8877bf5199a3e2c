// Commands that transfer the bytes of connections.

/// GET_DATA: reads or peeks one byte.
///
///     E0 2C 02 | 01 socket | 01 peek | EE        reply: E0 AC 01 | 01 byte | EE        FF when there is none
public struct GetData: Command {
    /// The byte.
    public struct Reply: Layout, Equatable, Sendable {
        /// The byte; FF also when there is none.
        public var byte: UInt8 = 0

        public init() {}
        public init(byte: UInt8) { self.byte = byte }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u8("byte", &byte)
        }
    }

    /// The slot.
    public var socket = SocketNumber(rawValue: 0)
    /// Not 0: peeks, leaving the byte in the stream.
    public var peek: UInt8 = 0

    public init() {}
    public init(socket: SocketNumber, peek: Bool) {
        self.socket = socket
        self.peek = peek ? 1 : 0
    }

    public static var opcode: Opcode { .getData }
    public static var summary: StaticString { "read or peek one byte" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
        try coder.u8("peek", &peek)
    }
}

/// SEND_DATA: sends bytes on a connection, or on a server slot to all its clients, in which case the count is the sum.
///
///     E0 44 02 | 0001 socket | len data | EE        reply: E0 C4 01 | 02 count (little endian) | EE
public struct SendData: SocketDataCommand {
    public typealias Reply = ByteCount

    public var socket = SocketNumber(rawValue: 0)
    public var data: ArraySlice<UInt8> = []

    public init() {}

    public static var opcode: Opcode { .sendData }
    public static var summary: StaticString { "send bytes on a connection, or to all clients of a server" }
}

/// GET_DATABUF: reads the bytes of a connection.
///
///     E0 45 02 | 0001 socket | 0002 size (little endian) | EE        reply: E0 C5 01 | len data | EE
public struct GetDatabuf: SocketReadCommand {
    public typealias Reply = ReadBytes

    public var socket = SocketNumber(rawValue: 0)
    public var size: UInt16 = 0

    public init() {}

    public static var opcode: Opcode { .getDatabuf }
    public static var summary: StaticString { "read bytes of a connection" }
    public static var width: LengthWidth { .word }
}

/// DATA_SENT: whether the data has been sent; every firmware replies 1.
///
///     E0 2A 01 | 01 socket | EE        reply: 1
public struct DataSent: SocketCommand {
    public var socket = SocketNumber(rawValue: 0)

    public init() {}

    public static var opcode: Opcode { .dataSent }
    public static var summary: StaticString { "whether the bytes were sent (always 1)" }
}
