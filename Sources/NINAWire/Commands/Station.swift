// Station commands: joining and leaving a network.

/// SET_NET: starts joining an open network. GET_CONN_STATUS reports the result later.
///
///     E0 10 01 | L ssid | EE        reply: 1
public struct SetNet: Command {
    /// Name of the network, at most 32 bytes.
    public var ssid: ArraySlice<UInt8> = []

    public init() {}
    public init(ssid: ArraySlice<UInt8>) { self.ssid = ssid }

    public static var opcode: Opcode { .setNet }
    public static var summary: StaticString { "join an open network" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.text("ssid", &ssid)
    }
}

/// SET_PASSPHRASE: starts joining a WPA network.
///
///     E0 11 02 | L ssid | L passphrase | EE        reply: 1
public struct SetPassphrase: Command {
    /// Name of the network, at most 32 bytes.
    public var ssid: ArraySlice<UInt8> = []
    /// 8 to 63 bytes, or 64 hexadecimal digits.
    public var passphrase: ArraySlice<UInt8> = []

    public init() {}
    public init(ssid: ArraySlice<UInt8>, passphrase: ArraySlice<UInt8>) {
        self.ssid = ssid
        self.passphrase = passphrase
    }

    public static var opcode: Opcode { .setPassphrase }
    public static var summary: StaticString { "join a network with a passphrase" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.text("ssid", &ssid)
        try coder.bytes("passphrase", .secret, &passphrase)
    }
}

/// SET_KEY: starts joining a WEP network. The firmware ignores the index; some hosts join WPA networks with it.
///
///     E0 12 03 | L ssid | 01 index | L key | EE        reply: 1
public struct SetKey: Command {
    /// Name of the network, at most 32 bytes.
    public var ssid: ArraySlice<UInt8> = []
    /// Index of the key, 0 to 3.
    public var index: UInt8 = 0
    /// 5 or 13 characters (10 or 26 hexadecimal digits) for WEP.
    public var key: ArraySlice<UInt8> = []

    public init() {}
    public init(ssid: ArraySlice<UInt8>, index: UInt8, key: ArraySlice<UInt8>) {
        self.ssid = ssid
        self.index = index
        self.key = key
    }

    public static var opcode: Opcode { .setKey }
    public static var summary: StaticString { "join a network with a key" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.text("ssid", &ssid)
        try coder.u8("index", &index)
        try coder.bytes("key", .secret, &key)
    }
}

/// DISCONNECT: leaves the network.
///
///     E0 30 01 | 01 FF | EE        reply: 1
public struct Disconnect: Query {
    public var dummy: UInt8?

    public init() {}

    public static var opcode: Opcode { .disconnect }
    public static var summary: StaticString { "leave the network" }
}
