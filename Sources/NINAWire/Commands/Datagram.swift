// Commands that send datagrams and pings.

/// INSERT_DATABUF: appends bytes to the datagram that SEND_UDP will send.
///
///     E0 46 02 | 0001 socket | len data | EE        reply: 1, or 0 for a failure or no bytes
///
/// The firmware holds 1500 bytes for one datagram.
public struct InsertDatabuf: Command {
    /// 1 when the bytes were taken.
    public typealias Reply = Acknowledgement

    /// The slot.
    public var socket = SocketNumber(rawValue: 0)
    /// The bytes.
    public var data: ArraySlice<UInt8> = []

    /// Nothing on slot 0.
    public init() {}
    /// Appends these bytes.
    public init(socket: SocketNumber, data: ArraySlice<UInt8>) {
        self.socket = socket
        self.data = data
    }

    /// Its number.
    public static var opcode: Opcode { .insertDatabuf }
    /// What it does.
    public static var summary: StaticString { "append bytes to a datagram" }
    /// Two bytes.
    public static var width: LengthWidth { .word }

    /// Slot and data.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
        try coder.bytes("data", .dataAsPresent, &data)
    }
}

/// SEND_UDP: sends the datagram to the address of the last START_CLIENT, or of the last datagram received.
///
///     E0 39 01 | 01 socket | EE        reply: 1, or 0 for a failure
public struct SendUDP: Command {
    /// 1 when the datagram was sent.
    public typealias Reply = Acknowledgement

    /// The slot.
    public var socket = SocketNumber(rawValue: 0)

    /// Slot 0.
    public init() {}
    /// Acts on this slot.
    public init(socket: SocketNumber) { self.socket = socket }

    /// Its number.
    public static var opcode: Opcode { .sendUDP }
    /// What it does.
    public static var summary: StaticString { "send a datagram" }

    /// The slot.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
    }
}

/// PING: sends an echo request and waits for the answer, 5 s at most.
///
///     E0 3E 02 | 04 address | 01 ttl | EE        reply: E0 BE 01 | 02 time (little endian, signed) | EE
public struct Ping: Command {
    /// The round trip.
    public struct Reply: Layout, Equatable, Sendable {
        /// Time in milliseconds, -1 when there was no answer.
        public var milliseconds: Int16 = 0

        /// Zero.
        public init() {}
        /// This time.
        public init(milliseconds: Int16) { self.milliseconds = milliseconds }

        /// One number.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.i16("time_ms", .little, &milliseconds)
        }
    }

    /// Whom to ask.
    public var address = IPv4Address.any
    /// How many routers it may pass.
    public var ttl: UInt8 = 0

    /// Zeros.
    public init() {}
    /// Asks this address.
    public init(address: IPv4Address, ttl: UInt8) {
        self.address = address
        self.ttl = ttl
    }

    /// Its number.
    public static var opcode: Opcode { .ping }
    /// What it does.
    public static var summary: StaticString { "send an echo request" }

    /// Address and time to live.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.address("address", &address)
        try coder.u8("ttl", &ttl)
    }
}
