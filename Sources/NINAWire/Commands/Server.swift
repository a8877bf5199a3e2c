// Server commands: listening sockets and the clients they hand out.

/// START_SERVER: listens on a port.
///
///     E0 28 03 | 02 port | 01 socket | 01 type | EE
///     E0 28 04 | 04 address | 02 port | 01 socket | 01 type | EE        reply: 1, or 0 for a failure
///
/// The firmware tells the forms apart by the count being 3 or not; the address is the group of type 3 (multicast).
public struct StartServer: Command {
    /// 1 when the server listens.
    public typealias Reply = Acknowledgement

    /// The multicast group, in the form that has it.
    public var address: IPv4Address?
    /// The port, big endian on the wire.
    public var port: UInt16 = 0
    /// The slot the server shall take.
    public var socket = SocketNumber(rawValue: 0)
    /// What it serves.
    public var type = SocketType.tcp

    /// Port 0 on slot 0.
    public init() {}
    /// A server on a port.
    public init(port: UInt16, socket: SocketNumber, type: SocketType) {
        self.port = port
        self.socket = socket
        self.type = type
    }

    /// Its number.
    public static var opcode: Opcode { .startServer }
    /// What it does.
    public static var summary: StaticString { "listen on a port" }
    /// Without and with an address.
    public static var forms: [StartServer] {
        var withAddress = StartServer()
        withAddress.address = .any
        return [StartServer(), withAddress]
    }

    /// Address (where there is one), port, socket and type.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        var count: UInt8 = address == nil ? 3 : 4
        try coder.parameterCount(&count)
        if count == 3 {
            address = nil
        } else {
            var group = address ?? .any
            try coder.address("address", &group)
            address = group
        }
        try coder.u16("port", .big, &port)
        try coder.socket(&socket)
        try coder.u8("type", &type.rawValue)
    }
}

/// GET_STATE_TCP: whether a slot has a listening server.
///
///     E0 29 01 | 01 socket | EE        reply: 1, or 0
public struct GetStateTCP: Command {
    /// 1 when the slot listens; 0 also for clients.
    public typealias Reply = Acknowledgement

    /// The slot.
    public var socket = SocketNumber(rawValue: 0)

    /// Slot 0.
    public init() {}
    /// Asks about this slot.
    public init(socket: SocketNumber) { self.socket = socket }

    /// Its number.
    public static var opcode: Opcode { .getStateTCP }
    /// What it does.
    public static var summary: StaticString { "whether a socket listens" }

    /// The slot.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
    }
}

/// AVAIL_DATA: on a client slot the number of bytes to be read; on a server slot the slot of a client, or 255.
///
///     E0 2B 01 | 01 socket | EE
///     E0 2B 02 | 01 socket | 01 accept | EE        reply: E0 AB 01 | 02 value (little endian) | EE
///
/// With accept 1 a server hands out each connection once (`WiFiServer::accept`), else it names a client that has
/// unread bytes (`WiFiServer::available`).
public struct AvailData: Command {
    /// Bytes, or the slot of a client.
    public struct Reply: Layout, Equatable, Sendable {
        /// Bytes to be read, or the slot of a client, 255 for none.
        public var value: UInt16 = 0

        /// Nothing.
        public init() {}
        /// A reply of this value.
        public init(value: UInt16) { self.value = value }

        /// One number.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u16("value", .little, &value)
        }
    }

    /// The slot.
    public var socket = SocketNumber(rawValue: 0)
    /// The accept flag, in the form that has it.
    public var accept: UInt8?

    /// Slot 0 without a flag.
    public init() {}
    /// Asks about this slot.
    public init(socket: SocketNumber, accept: Bool? = nil) {
        self.socket = socket
        self.accept = accept.map { $0 ? 1 : 0 }
    }

    /// Its number.
    public static var opcode: Opcode { .availData }
    /// What it does.
    public static var summary: StaticString { "bytes to be read, or a server's next client" }
    /// Without and with the flag.
    public static var forms: [AvailData] {
        [AvailData(), AvailData(socket: SocketNumber(rawValue: 0), accept: true)]
    }

    /// The slot and, where there is one, the flag.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        var count: UInt8 = accept == nil ? 1 : 2
        try coder.parameterCount(&count)
        try coder.socket(&socket)
        guard count >= 2 else {
            accept = nil
            return
        }
        var flag = accept ?? 0
        try coder.u8("accept", &flag)
        accept = flag
    }
}

/// STOP_SERVER: closes a listening socket and the clients in its list.
///
///     E0 38 01 | 01 socket | EE        reply: 1
public struct StopServer: Command {
    /// Always 1.
    public typealias Reply = Acknowledgement

    /// The slot of the server.
    public var socket = SocketNumber(rawValue: 0)

    /// Slot 0.
    public init() {}
    /// Stops the server of this slot.
    public init(socket: SocketNumber) { self.socket = socket }

    /// Its number.
    public static var opcode: Opcode { .stopServer }
    /// What it does.
    public static var summary: StaticString { "stop a server and close the clients in its list" }

    /// The slot.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.socket(&socket)
    }
}
