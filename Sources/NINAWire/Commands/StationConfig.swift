// Station commands that set the station up.

/// SET_IP_CONFIG: a fixed address instead of one from DHCP. The order differs from GET_IPADDR.
///
///     E0 14 04 | 01 valid | 04 address | 04 gateway | 04 mask | EE        reply: 0
///
/// `valid` is how many of the addresses the host means; the firmware ignores it and sets all three. Address 0.0.0.0 goes
/// back to DHCP in the branch that can (P91).
public struct SetIpConfig: Command {
    /// 0 in all firmware, and nothing was wrong: it never sets the byte.
    public typealias Reply = Acknowledgement

    /// How many addresses count, 1 to 3; ignored.
    public var valid: UInt8 = 0
    /// The address of the station.
    public var address = IPv4Address.any
    /// The gateway.
    public var gateway = IPv4Address.any
    /// The mask of the network.
    public var mask = IPv4Address.any

    /// Zeros.
    public init() {}
    /// Sets these addresses.
    public init(valid: UInt8, address: IPv4Address, gateway: IPv4Address, mask: IPv4Address) {
        self.valid = valid
        self.address = address
        self.gateway = gateway
        self.mask = mask
    }

    /// Its number.
    public static var opcode: Opcode { .setIpConfig }
    /// What it does.
    public static var summary: StaticString { "set a fixed address" }

    /// The flag and three addresses.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("valid", &valid)
        try coder.address("address", &address)
        try coder.address("gateway", &gateway)
        try coder.address("mask", &mask)
    }
}

/// SET_DNS_CONFIG: the name servers.
///
///     E0 15 03 | 01 valid | 04 first | 04 second | EE        reply: 1
///
/// The firmware ignores `valid`; an address 0.0.0.0 leaves that server as it was.
public struct SetDnsConfig: Command {
    /// Always 1.
    public typealias Reply = Acknowledgement

    /// How many addresses count, 1 or 2; ignored.
    public var valid: UInt8 = 0
    /// The first server.
    public var first = IPv4Address.any
    /// The second server.
    public var second = IPv4Address.any

    /// Zeros.
    public init() {}
    /// Sets these servers.
    public init(valid: UInt8, first: IPv4Address, second: IPv4Address) {
        self.valid = valid
        self.first = first
        self.second = second
    }

    /// Its number.
    public static var opcode: Opcode { .setDnsConfig }
    /// What it does.
    public static var summary: StaticString { "set the name servers" }

    /// The flag and two addresses.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("valid", &valid)
        try coder.address("first", &first)
        try coder.address("second", &second)
    }
}

/// SET_HOSTNAME: the name that the station tells its DHCP server, from its next start on.
///
///     E0 16 01 | L name | EE        reply: 1
public struct SetHostname: Command {
    /// Always 1.
    public typealias Reply = Acknowledgement

    /// The name; firmware keeps 32 bytes.
    public var name: ArraySlice<UInt8> = []

    /// An empty name.
    public init() {}
    /// Sets this name.
    public init(name: ArraySlice<UInt8>) { self.name = name }

    /// Its number.
    public static var opcode: Opcode { .setHostname }
    /// What it does.
    public static var summary: StaticString { "set the name of the station" }

    /// The name.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.text("name", &name)
    }
}

/// SET_POWER_MODE: whether the radio sleeps between beacons.
///
///     E0 17 01 | 01 mode | EE        reply: 1
public struct SetPowerMode: Command {
    /// Always 1.
    public typealias Reply = Acknowledgement

    /// 0 for full power, anything else for modem sleep.
    public var mode: UInt8 = 0

    /// Full power.
    public init() {}
    /// Sets this mode.
    public init(mode: UInt8) { self.mode = mode }

    /// Its number.
    public static var opcode: Opcode { .setPowerMode }
    /// What it does.
    public static var summary: StaticString { "set the power mode of the radio" }

    /// The mode.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("mode", &mode)
    }
}

/// GET_DNS_CONFIG: the name servers in use. Firmware before 1.6.0 has no such command.
///
///     E0 1E 01 | 01 FF | EE        reply: E0 9E 02 | 04 first | 04 second | EE
public struct GetDnsConfig: Command {
    /// The name servers.
    public struct Reply: Layout, Equatable, Sendable {
        /// The first server.
        public var first = IPv4Address.any
        /// The second server.
        public var second = IPv4Address.any

        /// 0.0.0.0 twice.
        public init() {}
        /// These servers.
        public init(first: IPv4Address, second: IPv4Address) {
            self.first = first
            self.second = second
        }

        /// Two addresses.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.address("first", &first)
            try coder.address("second", &second)
        }
    }

    /// The byte that some hosts send along and the device ignores.
    public var dummy: UInt8?

    /// Without the dummy byte.
    public init() {}

    /// Its number.
    public static var opcode: Opcode { .getDnsConfig }
    /// What it does.
    public static var summary: StaticString { "the name servers in use" }
    /// With and without the dummy byte.
    public static var forms: [GetDnsConfig] {
        var withDummy = GetDnsConfig()
        withDummy.dummy = 0xFF
        return [GetDnsConfig(), withDummy]
    }

    /// The dummy byte, where there is one.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.dummy(&dummy)
    }
}

/// GET_REASON_CODE: why the station was disconnected last; 0 after a connection.
///
///     E0 1F 00 EE        reply: E0 9F 01 | 01 reason | EE
///
/// The reasons are those of ESP-IDF: 8 left by itself, 201 no such network, 202 and 203 not let in.
public struct GetReasonCode: Command {
    /// The reason.
    public struct Reply: Layout, Equatable, Sendable {
        /// The reason code of ESP-IDF, 0 for none.
        public var reason: UInt8 = 0

        /// Zero.
        public init() {}
        /// This reason.
        public init(reason: UInt8) { self.reason = reason }

        /// One byte.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u8("reason", &reason)
        }
    }

    /// No parameters.
    public init() {}

    /// Its number.
    public static var opcode: Opcode { .getReasonCode }
    /// What it does.
    public static var summary: StaticString { "why the station was disconnected" }

    /// No parameters.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {}
}
