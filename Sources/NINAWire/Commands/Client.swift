// Client commands: outgoing and accepted connections.

/// GET_SOCKET: requests a free slot; 255 when there is none.
///
///     E0 3F 00 EE        reply: E0 BF 01 | 01 socket | EE
public struct GetSocket: NoParameters {
    public typealias Reply = GrantedSocket

    public init() {}

    public static var opcode: Opcode { .getSocket }
    public static var summary: StaticString { "request a free socket" }
}

/// START_CLIENT: opens a connection, by address or by name.
///
///     E0 2D 04 | 04 address | 02 port | 01 socket | 01 type | EE
///     E0 2D 05 | L host | 04 address | 02 port | 01 socket | 01 type | EE
///     E0 2D 06 | L host | 04 address | 02 port | 01 socket | 01 type | 02 timeout (ms) | EE
///     reply: E0 AD 01 | 01 01 | EE when connected, E0 AD 00 EE when not
///
/// The firmware reads the first form when the count is 4, otherwise the second; if the host is not empty, the device
/// resolves it and ignores the address. The time-out is new in WiFiNINA 2.0.
public struct StartClient: Command {
    /// The three forms of the frame.
    public enum Form: UInt8, Sendable {
        /// By address.
        case address = 4
        /// By name, or by address with an empty name.
        case host = 5
        /// By name, with a time-out.
        case hostAndTimeout = 6
    }

    /// Whether the connection was established.
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

    /// The form of the frame.
    public var form = Form.address
    /// The name, in the forms that have one.
    public var host: ArraySlice<UInt8> = []
    /// The address.
    public var address = IPv4Address.any
    /// The port, big endian on the wire.
    public var port: UInt16 = 0
    /// The slot for the connection.
    public var socket = SocketNumber(rawValue: 0)
    /// The protocol.
    public var type = SocketType.tcp
    /// Time-out in milliseconds; 0 for the device's default.
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

/// GET_REMOTE_DATA: the remote address of a connection.
///
///     E0 3A 01 | 01 socket | EE        reply: E0 BA 02 | 04 address | 02 port (big endian) | EE
public struct GetRemoteData: SocketCommand {
    /// Address and port.
    public struct Reply: Layout, Equatable, Sendable {
        /// The address; 0.0.0.0 for a free slot.
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
    public static var summary: StaticString { "remote address and port" }
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

/// GET_CLIENT_STATE: 4 while a client is connected or has unread bytes, otherwise 0, in which case its slot is freed.
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
    public static var summary: StaticString { "whether a client is connected" }
}
