// Commands that send datagrams and pings.

/// INSERT_DATABUF: appends bytes to the datagram that SEND_UDP will send.
///
///     E0 46 02 | 0001 socket | len data | EE        reply: 1, or 0 for a failure or no bytes
///
/// The firmware holds 1500 bytes for one datagram.
public struct InsertDatabuf: SocketDataCommand {
    public var socket = SocketNumber(rawValue: 0)
    public var data: ArraySlice<UInt8> = []

    public init() {}

    public static var opcode: Opcode { .insertDatabuf }
    public static var summary: StaticString { "append bytes to a datagram" }
}

/// SEND_UDP: sends the datagram to the address of the last START_CLIENT or of the last datagram received.
///
///     E0 39 01 | 01 socket | EE        reply: 1, or 0 for a failure
public struct SendUDP: SocketCommand {
    public var socket = SocketNumber(rawValue: 0)

    public init() {}

    public static var opcode: Opcode { .sendUDP }
    public static var summary: StaticString { "send a datagram" }
}

/// PING: sends an echo request and waits for the reply, 5 s at most.
///
///     E0 3E 02 | 04 address | 01 ttl | EE        reply: E0 BE 01 | 02 time (little endian, signed) | EE
public struct Ping: Command {
    /// The round trip.
    public struct Reply: Layout, Equatable, Sendable {
        /// Time in milliseconds, -1 without a reply.
        public var milliseconds: Int16 = 0

        public init() {}
        public init(milliseconds: Int16) { self.milliseconds = milliseconds }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.i16("time_ms", .little, &milliseconds)
        }
    }

    /// The host to ping.
    public var address = IPv4Address.any
    /// Time to live: the maximum number of hops.
    public var ttl: UInt8 = 0

    public init() {}
    public init(address: IPv4Address, ttl: UInt8) {
        self.address = address
        self.ttl = ttl
    }

    public static var opcode: Opcode { .ping }
    public static var summary: StaticString { "send an echo request" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.address("address", &address)
        try coder.u8("ttl", &ttl)
    }
}
