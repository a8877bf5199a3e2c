// BSD sockets: state and options.

/// POLL: the events that a socket is ready for.
///
///     E0 7C 01 | 01 socket | EE        reply: E0 FC 01 | 01 events | EE
public struct BSDPoll: SocketCommand {
    /// The events.
    public struct Reply: Layout, Equatable, Sendable {
        /// Bits: 1 readable or closed, 2 writable, 4 error, 80 the poll failed.
        public var events: UInt8 = 0

        public init() {}
        public init(events: UInt8) { self.events = events }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u8("events", &events)
        }
    }

    public var socket = SocketNumber(rawValue: 0)

    public init() {}

    public static var opcode: Opcode { .bsdPoll }
    public static var summary: StaticString { "the events that a BSD socket is ready for" }
}

/// GETPEERNAME: the remote address of a connection.
///
///     E0 7F 01 | 01 socket | EE        reply: E0 FF 03 | 01 result | 04 address | 02 port (little endian) | EE
public struct BSDGetpeername: SocketCommand {
    /// The remote address.
    public struct Reply: Layout, Equatable, Sendable {
        /// 1, or 0 for a failure, in which case the rest is undefined.
        public var result: UInt8 = 0
        /// The address.
        public var address = IPv4Address.any
        /// The port, little endian on the wire: the firmware sends it low byte first.
        public var port: UInt16 = 0

        public init() {}
        public init(result: UInt8, address: IPv4Address, port: UInt16) {
            self.result = result
            self.address = address
            self.port = port
        }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u8("result", &result)
            try coder.address("address", &address)
            try coder.u16("port", .little, &port)
        }
    }

    public var socket = SocketNumber(rawValue: 0)

    public init() {}

    public static var opcode: Opcode { .bsdGetpeername }
    public static var summary: StaticString { "the remote address of a BSD socket" }
}

/// IOCTL: queries or configures a socket.
///
///     E0 7B 03 | 01 socket | 04 request (little endian) | L value | EE        reply: E0 FB 01 | L value | EE
public struct BSDIoctl: Command {
    public typealias Reply = OptionValue

    /// The socket, by lwip's number.
    public var socket = SocketNumber(rawValue: 0)
    /// ``fionread`` or ``fionbio``.
    public var request: UInt32 = 0
    /// The argument, 4 bytes for both requests.
    public var value: ArraySlice<UInt8> = []

    public init() {}
    public init(socket: SocketNumber, request: UInt32, value: ArraySlice<UInt8>) {
        self.socket = socket
        self.request = request
        self.value = value
    }

    /// The number of bytes that can be read.
    public static let fionread: UInt32 = 0x4004_667F
    /// Whether commands return at once (not 0) or block.
    public static let fionbio: UInt32 = 0x8004_667E

    public static var opcode: Opcode { .bsdIoctl }
    public static var summary: StaticString { "control a BSD socket" }

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
    /// The socket, by lwip's number.
    public var socket = SocketNumber(rawValue: 0)
    /// lwip's number of the option, at level SOL_SOCKET.
    public var option: UInt32 = 0
    /// At most 16 bytes.
    public var value: ArraySlice<UInt8> = []

    public init() {}
    public init(socket: SocketNumber, option: UInt32, value: ArraySlice<UInt8>) {
        self.socket = socket
        self.option = option
        self.value = value
    }

    public static var opcode: Opcode { .bsdSetsockopt }
    public static var summary: StaticString { "set an option of a BSD socket" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
        try coder.u32("option", .little, &option)
        try coder.bytes("value", .data, &value)
    }
}

/// GETSOCKOPT: reads an option.
///
///     E0 7E 03 | 01 socket | 04 option (little endian) | 01 size | EE        reply: E0 FE 01 | L value | EE
public struct BSDGetsockopt: Command {
    public typealias Reply = OptionValue

    /// The socket, by lwip's number.
    public var socket = SocketNumber(rawValue: 0)
    /// lwip's number of the option, at level SOL_SOCKET.
    public var option: UInt32 = 0
    /// The maximum number of bytes to return.
    public var size: UInt8 = 0

    public init() {}
    public init(socket: SocketNumber, option: UInt32, size: UInt8) {
        self.socket = socket
        self.option = option
        self.size = size
    }

    public static var opcode: Opcode { .bsdGetsockopt }
    public static var summary: StaticString { "an option of a BSD socket" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
        try coder.u32("option", .little, &option)
        try coder.u8("size", &size)
    }
}
