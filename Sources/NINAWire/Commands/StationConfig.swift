// Station commands that configure the station.

/// SET_IP_CONFIG: sets a static address instead of DHCP. The field order differs from GET_IPADDR.
///
///     E0 14 04 | 01 valid | 04 address | 04 gateway | 04 mask | EE        reply: 0
///
/// The firmware ignores `valid` and sets all three. It replies 0 on success, because it never sets the byte.
public struct SetIpConfig: Command {
    /// How many of the addresses are set, 1 to 3; ignored.
    public var valid: UInt8 = 0
    /// The address of the station.
    public var address = IPv4Address.any
    /// The gateway.
    public var gateway = IPv4Address.any
    /// The mask of the network.
    public var mask = IPv4Address.any

    public init() {}
    public init(valid: UInt8, address: IPv4Address, gateway: IPv4Address, mask: IPv4Address) {
        self.valid = valid
        self.address = address
        self.gateway = gateway
        self.mask = mask
    }

    public static var opcode: Opcode { .setIpConfig }
    public static var summary: StaticString { "set a static address" }

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
/// The firmware ignores `valid`; 0.0.0.0 leaves that server unchanged.
public struct SetDnsConfig: Command {
    /// How many of the addresses are set, 1 or 2; ignored.
    public var valid: UInt8 = 0
    /// The first server.
    public var first = IPv4Address.any
    /// The second server.
    public var second = IPv4Address.any

    public init() {}
    public init(valid: UInt8, first: IPv4Address, second: IPv4Address) {
        self.valid = valid
        self.first = first
        self.second = second
    }

    public static var opcode: Opcode { .setDnsConfig }
    public static var summary: StaticString { "set the name servers" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("valid", &valid)
        try coder.address("first", &first)
        try coder.address("second", &second)
    }
}

/// SET_HOSTNAME: the name that the station sends to DHCP servers, from its next start on.
///
///     E0 16 01 | L name | EE        reply: 1
public struct SetHostname: Command {
    /// The name; the firmware uses at most 32 bytes.
    public var name: ArraySlice<UInt8> = []

    public init() {}
    public init(name: ArraySlice<UInt8>) { self.name = name }

    public static var opcode: Opcode { .setHostname }
    public static var summary: StaticString { "set the host name of the station" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.text("name", &name)
    }
}

/// SET_POWER_MODE: whether the radio sleeps between beacons.
///
///     E0 17 01 | 01 mode | EE        reply: 1
public struct SetPowerMode: Command {
    /// 0 for full power, anything else for modem sleep.
    public var mode: UInt8 = 0

    public init() {}
    public init(mode: UInt8) { self.mode = mode }

    public static var opcode: Opcode { .setPowerMode }
    public static var summary: StaticString { "set the power mode of the radio" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("mode", &mode)
    }
}

/// GET_DNS_CONFIG: the name servers in use. Firmware before 1.6.0 does not have it.
///
///     E0 1E 01 | 01 FF | EE        reply: E0 9E 02 | 04 first | 04 second | EE
public struct GetDnsConfig: Query {
    /// The name servers.
    public struct Reply: Layout, Equatable, Sendable {
        /// The first server.
        public var first = IPv4Address.any
        /// The second server.
        public var second = IPv4Address.any

        public init() {}
        public init(first: IPv4Address, second: IPv4Address) {
            self.first = first
            self.second = second
        }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.address("first", &first)
            try coder.address("second", &second)
        }
    }

    public var dummy: UInt8?

    public init() {}

    public static var opcode: Opcode { .getDnsConfig }
    public static var summary: StaticString { "the name servers in use" }
}

/// GET_REASON_CODE: the reason of the last disconnection; 0 after a connection.
///
///     E0 1F 00 EE        reply: E0 9F 01 | 01 reason | EE
///
/// The codes are ESP-IDF's: 8 the station left, 15 wrong passphrase (the 4-way handshake timed out), 201 network not
/// found, 202 authentication failed, 203 association failed.
public struct GetReasonCode: NoParameters {
    /// The reason.
    public struct Reply: Layout, Equatable, Sendable {
        /// The reason code of ESP-IDF, 0 for none.
        public var reason: UInt8 = 0

        public init() {}
        public init(reason: UInt8) { self.reason = reason }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u8("reason", &reason)
        }
    }

    public init() {}

    public static var opcode: Opcode { .getReasonCode }
    public static var summary: StaticString { "why the station was disconnected" }
}
