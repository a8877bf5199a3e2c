// Access point commands.

/// SET_AP_NET: starts an open access point.
///
///     E0 18 02 | L ssid | 01 channel | EE        reply: 1, or 0 for a failure
public struct SetApNet: Command {
    /// Name of the network, at most 32 bytes.
    public var ssid: ArraySlice<UInt8> = []
    /// The radio channel; the oldest firmware always uses 0.
    public var channel: UInt8 = 0

    public init() {}
    public init(ssid: ArraySlice<UInt8>, channel: UInt8) {
        self.ssid = ssid
        self.channel = channel
    }

    public static var opcode: Opcode { .setApNet }
    public static var summary: StaticString { "start an open access point" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.text("ssid", &ssid)
        try coder.u8("channel", &channel)
    }
}

/// SET_AP_PASSPHRASE: starts a WPA access point.
///
///     E0 19 03 | L ssid | L passphrase | 01 channel | EE        reply: 1, or 0 for a failure
public struct SetApPassphrase: Command {
    /// Name of the network, at most 32 bytes.
    public var ssid: ArraySlice<UInt8> = []
    /// 8 to 63 bytes; the firmware replies 0 when it is shorter.
    public var passphrase: ArraySlice<UInt8> = []
    /// The radio channel.
    public var channel: UInt8 = 0

    public init() {}
    public init(ssid: ArraySlice<UInt8>, passphrase: ArraySlice<UInt8>, channel: UInt8) {
        self.ssid = ssid
        self.passphrase = passphrase
        self.channel = channel
    }

    public static var opcode: Opcode { .setApPassphrase }
    public static var summary: StaticString { "start an access point with a passphrase" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.text("ssid", &ssid)
        try coder.bytes("passphrase", .secret, &passphrase)
        try coder.u8("channel", &channel)
    }
}
