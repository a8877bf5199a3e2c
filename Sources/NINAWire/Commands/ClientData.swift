// Commands that move the bytes of connections.

/// GET_DATA: reads or peeks one byte.
///
///     E0 2C 02 | 01 socket | 01 peek | EE        reply: E0 AC 01 | 01 byte | EE        FF when there is none
public struct GetData: Command {
    /// The byte.
    public struct Reply: Layout, Equatable, Sendable {
        /// The byte; FF also when there was none.
        public var byte: UInt8 = 0

        /// Zero.
        public init() {}
        /// This byte.
        public init(byte: UInt8) { self.byte = byte }

        /// One byte.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u8("byte", &byte)
        }
    }

    /// The slot.
    public var socket = SocketNumber(rawValue: 0)
    /// Not 0: the byte stays where it is.
    public var peek: UInt8 = 0

    /// Reads from slot 0.
    public init() {}
    /// Reads or peeks a byte of this slot.
    public init(socket: SocketNumber, peek: Bool) {
        self.socket = socket
        self.peek = peek ? 1 : 0
    }

    /// Its number.
    public static var opcode: Opcode { .getData }
    /// What it does.
    public static var summary: StaticString { "read or peek one byte" }

    /// Slot and flag.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
        try coder.u8("peek", &peek)
    }
}

/// SEND_DATA: sends bytes on a connection, or on a server slot to all its clients.
///
///     E0 44 02 | 0001 socket | len data | EE        reply: E0 C4 01 | 02 count (little endian) | EE
public struct SendData: Command {
    /// How much the device took.
    public struct Reply: Layout, Equatable, Sendable {
        /// Bytes accepted (the sum over its clients for a server).
        public var count: UInt16 = 0

        /// None.
        public init() {}
        /// This many.
        public init(count: UInt16) { self.count = count }

        /// One number.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u16("count", .little, &count)
        }
    }

    /// The slot.
    public var socket = SocketNumber(rawValue: 0)
    /// At most ``Frame/longestSend`` bytes.
    public var data: ArraySlice<UInt8> = []

    /// Nothing on slot 0.
    public init() {}
    /// Sends these bytes.
    public init(socket: SocketNumber, data: ArraySlice<UInt8>) {
        self.socket = socket
        self.data = data
    }

    /// Its number.
    public static var opcode: Opcode { .sendData }
    /// What it does.
    public static var summary: StaticString { "send bytes on a connection, or to all clients of a server" }
    /// Two bytes.
    public static var width: LengthWidth { .word }

    /// Slot and data.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
        try coder.bytes("data", .dataAsPresent, &data)
    }
}

/// GET_DATABUF: reads the bytes of a connection.
///
///     E0 45 02 | 0001 socket | 0002 size (little endian) | EE        reply: E0 C5 01 | len data | EE
public struct GetDatabuf: Command {
    /// The bytes read.
    public struct Reply: Layout, Equatable, Sendable {
        /// At most as many as were asked for, none when there is nothing.
        public var data: ArraySlice<UInt8> = []

        /// None.
        public init() {}
        /// These bytes.
        public init(data: ArraySlice<UInt8>) { self.data = data }

        /// Two bytes.
        public static var width: LengthWidth { .word }

        /// The bytes.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.bytes("data", .data, &data)
        }
    }

    /// The slot.
    public var socket = SocketNumber(rawValue: 0)
    /// The most bytes to return; devices clamp it to ``Frame/longestReceive``.
    public var size: UInt16 = 0

    /// Nothing of slot 0.
    public init() {}
    /// Reads up to this many bytes.
    public init(socket: SocketNumber, size: UInt16) {
        self.socket = socket
        self.size = size
    }

    /// Its number.
    public static var opcode: Opcode { .getDatabuf }
    /// What it does.
    public static var summary: StaticString { "read bytes of a connection" }
    /// Two bytes.
    public static var width: LengthWidth { .word }

    /// Slot and size.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
        try coder.u16("size", .little, &size)
    }
}

/// DATA_SENT: whether what was sent has left; every firmware answers 1.
///
///     E0 2A 01 | 01 socket | EE        reply: 1
public struct DataSent: Command {
    /// Always 1.
    public typealias Reply = Acknowledgement

    /// The slot.
    public var socket = SocketNumber(rawValue: 0)

    /// Slot 0.
    public init() {}
    /// Acts on this slot.
    public init(socket: SocketNumber) { self.socket = socket }

    /// Its number.
    public static var opcode: Opcode { .dataSent }
    /// What it does.
    public static var summary: StaticString { "whether the bytes were sent (always 1)" }

    /// The slot.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
    }
}
