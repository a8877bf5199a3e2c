// Server commands: listening sockets and the clients they return.

/// START_SERVER: listens on a port.
///
///     E0 28 03 | 02 port | 01 socket | 01 type | EE
///     E0 28 04 | 04 address | 02 port | 01 socket | 01 type | EE        reply: 1, or 0 for a failure
///
/// The firmware reads the first form when the count is 3; the address is the group for type 3 (multicast).
public struct StartServer: Command {
    /// The multicast group, in the form that has it.
    public var address: IPv4Address?
    /// The port, big endian on the wire.
    public var port: UInt16 = 0
    /// The slot for the server.
    public var socket = SocketNumber(rawValue: 0)
    /// The protocol.
    public var type = SocketType.tcp

    public init() {}
    public init(port: UInt16, socket: SocketNumber, type: SocketType) {
        self.port = port
        self.socket = socket
        self.type = type
    }

    public static var opcode: Opcode { .startServer }
    public static var summary: StaticString { "listen on a port" }
    public static var forms: [StartServer] {
        var withAddress = StartServer()
        withAddress.address = .any
        return [StartServer(), withAddress]
    }

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

/// GET_STATE_TCP: whether a slot has a listening server; 0 for clients.
///
///     E0 29 01 | 01 socket | EE        reply: 1, or 0
public struct GetStateTCP: SocketCommand {
    public var socket = SocketNumber(rawValue: 0)

    public init() {}

    public static var opcode: Opcode { .getStateTCP }
    public static var summary: StaticString { "whether a socket listens" }
}

/// AVAIL_DATA: on a client slot the number of available bytes; on a server slot the slot of a client, or 255.
///
///     E0 2B 01 | 01 socket | EE
///     E0 2B 02 | 01 socket | 01 accept | EE        reply: E0 AB 01 | 02 value (little endian) | EE
///
/// With accept 1 a server returns each connection once (`WiFiServer::accept`), otherwise a client that has unread bytes
/// (`WiFiServer::available`).
public struct AvailData: Command {
    /// Bytes, or the slot of a client.
    public struct Reply: Layout, Equatable, Sendable {
        /// The number of available bytes, or the slot of a client, 255 for none.
        public var value: UInt16 = 0

        public init() {}
        public init(value: UInt16) { self.value = value }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u16("value", .little, &value)
        }
    }

    /// The slot.
    public var socket = SocketNumber(rawValue: 0)
    /// The accept flag, in the form that has it.
    public var accept: UInt8?

    public init() {}
    public init(socket: SocketNumber, accept: Bool? = nil) {
        self.socket = socket
        self.accept = accept.map { $0 ? 1 : 0 }
    }

    public static var opcode: Opcode { .availData }
    public static var summary: StaticString { "available bytes, or a server's next client" }
    public static var forms: [AvailData] {
        [AvailData(), AvailData(socket: SocketNumber(rawValue: 0), accept: true)]
    }

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
public struct StopServer: SocketCommand {
    public var socket = SocketNumber(rawValue: 0)

    public init() {}

    public static var opcode: Opcode { .stopServer }
    public static var summary: StaticString { "stop a server and close the clients in its list" }
}
