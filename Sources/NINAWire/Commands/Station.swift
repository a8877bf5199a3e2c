// Station commands: joining a network and asking about the connection.

/// SET_NET: starts joining an open network. The result comes later through GET_CONN_STATUS.
///
///     E0 10 01 | L ssid | EE        reply: 1
public struct SetNet: Command {
    /// The device answers 1 at once, whatever becomes of the join.
    public typealias Reply = Acknowledgement

    /// Name of the network, at most 32 bytes.
    public var ssid: ArraySlice<UInt8> = []

    /// An empty name.
    public init() {}
    /// Joins the network of this name.
    public init(ssid: ArraySlice<UInt8>) { self.ssid = ssid }

    /// Its number.
    public static var opcode: Opcode { .setNet }
    /// What it does.
    public static var summary: StaticString { "join an open network" }

    /// The name.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.text("ssid", &ssid)
    }
}

/// SET_PASSPHRASE: starts joining a WPA network.
///
///     E0 11 02 | L ssid | L passphrase | EE        reply: 1
public struct SetPassphrase: Command {
    /// The device answers 1 at once, whatever becomes of the join.
    public typealias Reply = Acknowledgement

    /// Name of the network, at most 32 bytes.
    public var ssid: ArraySlice<UInt8> = []
    /// 8 to 63 bytes, or 64 hexadecimal digits.
    public var passphrase: ArraySlice<UInt8> = []

    /// Empty values.
    public init() {}
    /// Joins the network of this name with this passphrase.
    public init(ssid: ArraySlice<UInt8>, passphrase: ArraySlice<UInt8>) {
        self.ssid = ssid
        self.passphrase = passphrase
    }

    /// Its number.
    public static var opcode: Opcode { .setPassphrase }
    /// What it does.
    public static var summary: StaticString { "join a network with a passphrase" }

    /// Name and passphrase.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.text("ssid", &ssid)
        try coder.bytes("passphrase", .secret, &passphrase)
    }
}

/// SET_KEY: starts joining a WEP network. The firmware ignores the index; some hosts join WPA networks with it.
///
///     E0 12 03 | L ssid | 01 index | L key | EE        reply: 1
public struct SetKey: Command {
    /// The device answers 1 at once, whatever becomes of the join.
    public typealias Reply = Acknowledgement

    /// Name of the network, at most 32 bytes.
    public var ssid: ArraySlice<UInt8> = []
    /// Index of the key, 0 to 3.
    public var index: UInt8 = 0
    /// 5 or 13 characters (10 or 26 hexadecimal digits) for WEP.
    public var key: ArraySlice<UInt8> = []

    /// Empty values.
    public init() {}
    /// Joins the network of this name with this key.
    public init(ssid: ArraySlice<UInt8>, index: UInt8, key: ArraySlice<UInt8>) {
        self.ssid = ssid
        self.index = index
        self.key = key
    }

    /// Its number.
    public static var opcode: Opcode { .setKey }
    /// What it does.
    public static var summary: StaticString { "join a network with a key" }

    /// Name, index and key.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.text("ssid", &ssid)
        try coder.u8("index", &index)
        try coder.bytes("key", .secret, &key)
    }
}

/// DISCONNECT: leaves the network.
///
///     E0 30 01 | 01 FF | EE        reply: 1
public struct Disconnect: Command {
    /// Always 1.
    public typealias Reply = Acknowledgement

    /// The byte that some hosts send along and the device ignores.
    public var dummy: UInt8?

    /// Without the dummy byte.
    public init() {}

    /// Its number.
    public static var opcode: Opcode { .disconnect }
    /// What it does.
    public static var summary: StaticString { "leave the network" }
    /// With and without the dummy byte.
    public static var forms: [Disconnect] {
        var withDummy = Disconnect()
        withDummy.dummy = 0xFF
        return [Disconnect(), withDummy]
    }

    /// The dummy byte, where there is one.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.dummy(&dummy)
    }
}
