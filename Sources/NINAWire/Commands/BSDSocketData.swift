// BSD sockets: their bytes.

/// SEND: sends bytes on a connection.
///
///     E0 77 02 | 0001 socket | len data | EE        reply: E0 F7 01 | 02 count (big endian) | EE
///
/// The order of the count differs from SEND_DATA.
public struct BSDSend: Command {
    /// How much was taken.
    public struct Reply: Layout, Equatable, Sendable {
        /// Bytes taken, big endian on the wire; 0 for a failure.
        public var count: UInt16 = 0

        /// None.
        public init() {}
        /// This many.
        public init(count: UInt16) { self.count = count }

        /// One number.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u16("count", .big, &count)
        }
    }

    /// The socket, a number of lwip.
    public var socket = SocketNumber(rawValue: 0)
    /// The bytes.
    public var data: ArraySlice<UInt8> = []

    /// Nothing on socket 0.
    public init() {}
    /// Sends these bytes.
    public init(socket: SocketNumber, data: ArraySlice<UInt8>) {
        self.socket = socket
        self.data = data
    }

    /// Its number.
    public static var opcode: Opcode { .bsdSend }
    /// What it does.
    public static var summary: StaticString { "send bytes on a BSD socket" }
    /// Two bytes.
    public static var width: LengthWidth { .word }

    /// Socket and data.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
        try coder.bytes("data", .dataAsPresent, &data)
    }
}

/// RECV: takes bytes of a connection.
///
///     E0 78 02 | 01 socket | 02 size (little endian) | EE        reply: E0 F8 01 | len data | EE
///
/// No bytes: the other end closed, or nothing is there, or an error; ERRNO tells.
public struct BSDRecv: Command {
    /// The bytes.
    public struct Reply: Layout, Equatable, Sendable {
        /// At most 4076 in nina-fw.
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

    /// The socket, a number of lwip.
    public var socket = SocketNumber(rawValue: 0)
    /// The most bytes to return, little endian on the wire.
    public var size: UInt16 = 0

    /// Nothing of socket 0.
    public init() {}
    /// Takes up to this many bytes.
    public init(socket: SocketNumber, size: UInt16) {
        self.socket = socket
        self.size = size
    }

    /// Its number.
    public static var opcode: Opcode { .bsdRecv }
    /// What it does.
    public static var summary: StaticString { "take bytes of a BSD socket" }

    /// Socket and size.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
        try coder.u16("size", .little, &size)
    }
}

/// SENDTO: sends a datagram.
///
///     E0 79 04 | 0001 socket | 0004 address | 0002 port (big endian) | len data | EE
///     reply: E0 F9 01 | 02 count (big endian) | EE
public struct BSDSendto: Command {
    /// How much was taken.
    public struct Reply: Layout, Equatable, Sendable {
        /// Bytes taken, big endian on the wire; 0 for a failure.
        public var count: UInt16 = 0

        /// None.
        public init() {}
        /// This many.
        public init(count: UInt16) { self.count = count }

        /// One number.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u16("count", .big, &count)
        }
    }

    /// The socket, a number of lwip.
    public var socket = SocketNumber(rawValue: 0)
    /// The address.
    public var address = IPv4Address.any
    /// The port, big endian on the wire.
    public var port: UInt16 = 0
    /// The bytes.
    public var data: ArraySlice<UInt8> = []

    /// Zeros.
    public init() {}
    /// Sends these bytes.
    public init(socket: SocketNumber, address: IPv4Address, port: UInt16, data: ArraySlice<UInt8>) {
        self.socket = socket
        self.address = address
        self.port = port
        self.data = data
    }

    /// Its number.
    public static var opcode: Opcode { .bsdSendto }
    /// What it does.
    public static var summary: StaticString { "send a datagram on a BSD socket" }
    /// Two bytes.
    public static var width: LengthWidth { .word }

    /// Socket, address, port and data.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
        try coder.address("address", &address)
        try coder.u16("port", .big, &port)
        try coder.bytes("data", .dataAsPresent, &data)
    }
}

/// RECVFROM: takes a datagram.
///
///     E0 7A 02 | 01 socket | 02 size (little endian) | EE
///     reply: E0 FA 03 | 0004 address | 0002 port (little endian) | len data | EE
public struct BSDRecvfrom: Command {
    /// The datagram.
    public struct Reply: Layout, Equatable, Sendable {
        /// The address.
        public var address = IPv4Address.any
        /// The port, little endian on the wire: the firmware sends it low byte first.
        public var port: UInt16 = 0
        /// As much of it as was asked for; none when there is none, and then the rest means nothing.
        public var data: ArraySlice<UInt8> = []

        /// Zero.
        public init() {}
        /// This datagram.
        public init(address: IPv4Address, port: UInt16, data: ArraySlice<UInt8>) {
            self.address = address
            self.port = port
            self.data = data
        }

        /// Two bytes.
        public static var width: LengthWidth { .word }

        /// Address, port and data.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.address("address", &address)
            try coder.u16("port", .little, &port)
            try coder.bytes("data", .data, &data)
        }
    }

    /// The socket, a number of lwip.
    public var socket = SocketNumber(rawValue: 0)
    /// The most bytes to return, little endian on the wire.
    public var size: UInt16 = 0

    /// Nothing of socket 0.
    public init() {}
    /// Takes up to this many bytes.
    public init(socket: SocketNumber, size: UInt16) {
        self.socket = socket
        self.size = size
    }

    /// Its number.
    public static var opcode: Opcode { .bsdRecvfrom }
    /// What it does.
    public static var summary: StaticString { "take a datagram of a BSD socket" }

    /// Socket and size.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
        try coder.u16("size", .little, &size)
    }
}
