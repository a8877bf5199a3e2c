// Client commands: connections, made or accepted.

/// GET_SOCKET: a free slot, or 255.
///
///     E0 3F 00 EE        reply: E0 BF 01 | 01 socket | EE
public struct GetSocket: NoParameters {
    public typealias Reply = GrantedSocket

    public init() {}

    public static var opcode: Opcode { .getSocket }
    public static var summary: StaticString { "a free socket" }
}

/// START_CLIENT: opens a connection, by address or by name.
///
///     E0 2D 04 | 04 address | 02 port | 01 socket | 01 type | EE
///     E0 2D 05 | L host | 04 address | 02 port | 01 socket | 01 type | EE
///     E0 2D 06 | L host | 04 address | 02 port | 01 socket | 01 type | 02 timeout (ms) | EE
///     reply: E0 AD 01 | 01 01 | EE when connected, E0 AD 00 EE when not
///
/// The firmware takes the first form when the count is 4, else the second; with a host that is not empty the device
/// looks the name up and ignores the address. The time-out is new in WiFiNINA 2.0.
public struct StartClient: Command {
    /// Which of the three forms a frame has.
    public enum Form: UInt8, Sendable {
        /// By address.
        case address = 4
        /// By name, or by address with an empty name.
        case host = 5
        /// The same with a time-out.
        case hostAndTimeout = 6
    }

    /// Whether the connection was made.
    public struct Reply: Layout, Equatable, Sendable {
        /// A failure is a reply without parameters.
        public var isConnected = false

        public init() {}
        public init(isConnected: Bool) { self.isConnected = isConnected }

        public static var forms: [Reply] { [Reply(isConnected: false), Reply(isConnected: true)] }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            var count: UInt8 = isConnected ? 1 : 0
            try coder.parameterCount(&count)
            guard count > 0 else {
                isConnected = false
                return
            }
            var result: UInt8 = 1
            try coder.u8("result", &result)
            isConnected = result != 0
        }
    }

    /// Which form the frame has.
    public var form = Form.address
    /// The name, in the forms that have one.
    public var host: ArraySlice<UInt8> = []
    /// The address.
    public var address = IPv4Address.any
    /// The port, big endian on the wire.
    public var port: UInt16 = 0
    /// The slot for the connection.
    public var socket = SocketNumber(rawValue: 0)
    /// Its protocol.
    public var type = SocketType.tcp
    /// Time-out in milliseconds; 0 for the device's own.
    public var timeoutMilliseconds: UInt16 = 0

    public init() {}
    public init(form: Form) { self.form = form }

    public static var opcode: Opcode { .startClient }
    public static var summary: StaticString { "connect to an address or a host" }
    public static var forms: [StartClient] {
        [StartClient(), StartClient(form: .host), StartClient(form: .hostAndTimeout)]
    }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        var count = form.rawValue
        try coder.parameterCount(&count)
        form = count == 4 ? .address : count == 6 ? .hostAndTimeout : .host
        if form == .address { host = [] } else { try coder.text("host", &host) }
        try coder.address("address", &address)
        try coder.u16("port", .big, &port)
        try coder.socket(&socket)
        try coder.u8("type", &type.rawValue)
        if form == .hostAndTimeout { try coder.u16("timeout_ms", .big, &timeoutMilliseconds) }
    }
}

/// GET_REMOTE_DATA: the other end of a connection.
///
///     E0 3A 01 | 01 socket | EE        reply: E0 BA 02 | 04 address | 02 port (big endian) | EE
public struct GetRemoteData: SocketCommand {
    /// Address and port.
    public struct Reply: Layout, Equatable, Sendable {
        /// The address, 0.0.0.0 for a free slot.
        public var address = IPv4Address.any
        /// The port.
        public var port: UInt16 = 0

        public init() {}
        public init(address: IPv4Address, port: UInt16) {
            self.address = address
            self.port = port
        }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.address("address", &address)
            try coder.u16("port", .big, &port)
        }
    }

    public var socket = SocketNumber(rawValue: 0)

    public init() {}

    public static var opcode: Opcode { .getRemoteData }
    public static var summary: StaticString { "address and port of the other end" }
}

/// STOP_CLIENT: closes a connection and frees its slot.
///
///     E0 2E 01 | 01 socket | EE        reply: 1
public struct StopClient: SocketCommand {
    public var socket = SocketNumber(rawValue: 0)

    public init() {}

    public static var opcode: Opcode { .stopClient }
    public static var summary: StaticString { "close a connection and free its socket" }
}

/// GET_CLIENT_STATE: 4 while a client is connected or has unread bytes, else 0, and then its slot is free.
///
///     E0 2F 01 | 01 socket | EE        reply: E0 AF 01 | 01 state | EE
public struct GetClientState: SocketCommand {
    /// The state.
    public struct Reply: Layout, Equatable, Sendable {
        /// Established or closed.
        public var state = ClientState.closed

        public init() {}
        public init(state: ClientState) { self.state = state }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u8("state", &state.rawValue)
        }
    }

    public var socket = SocketNumber(rawValue: 0)

    public init() {}

    public static var opcode: Opcode { .getClientState }
    public static var summary: StaticString { "whether a connection stands" }
}
