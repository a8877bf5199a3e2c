// BSD sockets: their state and options.

/// POLL: what can be done with a socket without waiting.
///
///     E0 7C 01 | 01 socket | EE        reply: E0 FC 01 | 01 events | EE
public struct BSDPoll: Command {
    /// The events.
    public struct Reply: Layout, Equatable, Sendable {
        /// Bits: 1 readable or closed, 2 writable, 4 error, 80 the question failed.
        public var events: UInt8 = 0

        /// Zero.
        public init() {}
        /// These events.
        public init(events: UInt8) { self.events = events }

        /// One byte.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u8("events", &events)
        }
    }

    /// The socket, a number of lwip.
    public var socket = SocketNumber(rawValue: 0)

    /// Socket 0.
    public init() {}
    /// Acts on this socket.
    public init(socket: SocketNumber) { self.socket = socket }

    /// Its number.
    public static var opcode: Opcode { .bsdPoll }
    /// What it does.
    public static var summary: StaticString { "what a BSD socket is ready for" }

    /// The socket.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
    }
}

/// GETPEERNAME: the other end of a connection.
///
///     E0 7F 01 | 01 socket | EE        reply: E0 FF 03 | 01 result | 04 address | 02 port (little endian) | EE
public struct BSDGetpeername: Command {
    /// The other end.
    public struct Reply: Layout, Equatable, Sendable {
        /// 1, or 0 for a failure, and then the rest means nothing.
        public var result: UInt8 = 0
        /// The address.
        public var address = IPv4Address.any
        /// The port, little endian on the wire: the firmware sends it low byte first.
        public var port: UInt16 = 0

        /// Zero.
        public init() {}
        /// This end.
        public init(result: UInt8, address: IPv4Address, port: UInt16) {
            self.result = result
            self.address = address
            self.port = port
        }

        /// Result, address and port.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u8("result", &result)
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
    public static var opcode: Opcode { .bsdGetpeername }
    /// What it does.
    public static var summary: StaticString { "the other end of a BSD socket" }

    /// The socket.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
    }
}

/// IOCTL: asks about a socket, or changes how it works.
///
///     E0 7B 03 | 01 socket | 04 request (little endian) | L value | EE        reply: E0 FB 01 | L value | EE
public struct BSDIoctl: Command {
    /// The value.
    public struct Reply: Layout, Equatable, Sendable {
        /// The value after the call, empty for a failure.
        public var value: ArraySlice<UInt8> = []

        /// None.
        public init() {}
        /// This value.
        public init(value: ArraySlice<UInt8>) { self.value = value }

        /// The value.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.bytes("value", .data, &value)
        }
    }

    /// The socket, a number of lwip.
    public var socket = SocketNumber(rawValue: 0)
    /// What to do: ``fionread`` or ``fionbio``.
    public var request: UInt32 = 0
    /// What is handed in, 4 bytes for both requests.
    public var value: ArraySlice<UInt8> = []

    /// Zeros.
    public init() {}
    /// Does this.
    public init(socket: SocketNumber, request: UInt32, value: ArraySlice<UInt8>) {
        self.socket = socket
        self.request = request
        self.value = value
    }

    /// How many bytes can be read.
    public static let fionread: UInt32 = 0x4004_667F
    /// Whether commands return at once (not 0) or wait.
    public static let fionbio: UInt32 = 0x8004_667E

    /// Its number.
    public static var opcode: Opcode { .bsdIoctl }
    /// What it does.
    public static var summary: StaticString { "control a BSD socket" }

    /// Socket, request and value.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
        try coder.u32("request", .little, &request)
        try coder.bytes("value", .data, &value)
    }
}

/// SETSOCKOPT: sets an option.
///
///     E0 7D 03 | 01 socket | 04 option (little endian) | L value | EE        reply: 1, or 0 for a failure
public struct BSDSetsockopt: Command {
    /// 1 when it was set.
    public typealias Reply = Acknowledgement

    /// The socket, a number of lwip.
    public var socket = SocketNumber(rawValue: 0)
    /// A number of lwip, at level SOL_SOCKET.
    public var option: UInt32 = 0
    /// At most 16 bytes.
    public var value: ArraySlice<UInt8> = []

    /// Zeros.
    public init() {}
    /// Sets this option.
    public init(socket: SocketNumber, option: UInt32, value: ArraySlice<UInt8>) {
        self.socket = socket
        self.option = option
        self.value = value
    }

    /// Its number.
    public static var opcode: Opcode { .bsdSetsockopt }
    /// What it does.
    public static var summary: StaticString { "set an option of a BSD socket" }

    /// Socket, option and value.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
        try coder.u32("option", .little, &option)
        try coder.bytes("value", .data, &value)
    }
}

/// GETSOCKOPT: the value of an option.
///
///     E0 7E 03 | 01 socket | 04 option (little endian) | 01 size | EE        reply: E0 FE 01 | L value | EE
public struct BSDGetsockopt: Command {
    /// The value.
    public struct Reply: Layout, Equatable, Sendable {
        /// The value, empty for a failure. Flags come as their bit, not as 1.
        public var value: ArraySlice<UInt8> = []

        /// None.
        public init() {}
        /// This value.
        public init(value: ArraySlice<UInt8>) { self.value = value }

        /// The value.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.bytes("value", .data, &value)
        }
    }

    /// The socket, a number of lwip.
    public var socket = SocketNumber(rawValue: 0)
    /// A number of lwip, at level SOL_SOCKET.
    public var option: UInt32 = 0
    /// The most bytes to return.
    public var size: UInt8 = 0

    /// Zeros.
    public init() {}
    /// Asks for this option.
    public init(socket: SocketNumber, option: UInt32, size: UInt8) {
        self.socket = socket
        self.option = option
        self.size = size
    }

    /// Its number.
    public static var opcode: Opcode { .bsdGetsockopt }
    /// What it does.
    public static var summary: StaticString { "an option of a BSD socket" }

    /// Socket, option and size.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
        try coder.u32("option", .little, &option)
        try coder.u8("size", &size)
    }
}
