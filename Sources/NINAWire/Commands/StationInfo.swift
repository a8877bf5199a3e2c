// Station commands that ask about the connection.

/// GET_CONN_STATUS: the state of the connection.
///
///     E0 20 00 EE        reply: E0 A0 01 | 01 status | EE
public struct GetConnStatus: Command {
    /// The state of the connection.
    public struct Reply: Layout, Equatable, Sendable {
        /// The state.
        public var status: ConnectionStatus = .idle

        /// Zero or empty.
        public init() {}

        /// One parameter.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u8("status", &status.rawValue)
        }
    }

    /// The byte that some hosts send along and the device ignores.
    public var dummy: UInt8?

    /// Without the dummy byte.
    public init() {}

    /// Its number.
    public static var opcode: Opcode { .getConnStatus }
    /// What it does.
    public static var summary: StaticString { "state of the connection" }
    /// With and without the dummy byte.
    public static var forms: [GetConnStatus] {
        var withDummy = GetConnStatus()
        withDummy.dummy = 0xFF
        return [GetConnStatus(), withDummy]
    }

    /// The dummy byte, where there is one.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.dummy(&dummy)
    }
}

/// GET_IPADDR: the address of the station. The order differs from SET_IP_CONFIG.
///
///     E0 21 01 | 01 FF | EE        reply: E0 A1 03 | 04 address | 04 mask | 04 gateway | EE
public struct GetIPAddr: Command {
    /// Address, mask and gateway, zeros when there is none.
    public struct Reply: Layout, Equatable, Sendable {
        /// The address.
        public var address = IPv4Address.any
        /// The mask of the network.
        public var mask = IPv4Address.any
        /// The gateway.
        public var gateway = IPv4Address.any

        /// Zeros.
        public init() {}

        /// Three addresses.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.address("address", &address)
            try coder.address("mask", &mask)
            try coder.address("gateway", &gateway)
        }
    }

    /// The byte that some hosts send along and the device ignores.
    public var dummy: UInt8?

    /// Without the dummy byte.
    public init() {}

    /// Its number.
    public static var opcode: Opcode { .getIPAddr }
    /// What it does.
    public static var summary: StaticString { "address, mask and gateway" }
    /// With and without the dummy byte.
    public static var forms: [GetIPAddr] {
        var withDummy = GetIPAddr()
        withDummy.dummy = 0xFF
        return [GetIPAddr(), withDummy]
    }

    /// The dummy byte, where there is one.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.dummy(&dummy)
    }
}

/// GET_MACADDR: the hardware address, last octet first in most firmwares (the profile tells).
///
///     E0 22 01 | 01 FF | EE        reply: E0 A2 01 | 06 address | EE
public struct GetMACAddr: Command {
    /// The hardware address.
    public struct Reply: Layout, Equatable, Sendable {
        /// The address as it stands on the wire.
        public var address: MACAddress = .zero

        /// Zero or empty.
        public init() {}

        /// One parameter.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.hardwareAddress("address", &address)
        }
    }

    /// The byte that some hosts send along and the device ignores.
    public var dummy: UInt8?

    /// Without the dummy byte.
    public init() {}

    /// Its number.
    public static var opcode: Opcode { .getMACAddr }
    /// What it does.
    public static var summary: StaticString { "hardware address of the station" }
    /// With and without the dummy byte.
    public static var forms: [GetMACAddr] {
        var withDummy = GetMACAddr()
        withDummy.dummy = 0xFF
        return [GetMACAddr(), withDummy]
    }

    /// The dummy byte, where there is one.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.dummy(&dummy)
    }
}

/// GET_CURR_SSID: the name of the network joined, empty when there is none.
///
///     E0 23 01 | 01 FF | EE        reply: E0 A3 01 | L ssid | EE
public struct GetCurrSSID: Command {
    /// The name of the network.
    public struct Reply: Layout, Equatable, Sendable {
        /// The name.
        public var ssid: ArraySlice<UInt8> = []

        /// Zero or empty.
        public init() {}

        /// One parameter.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.text("ssid", &ssid)
        }
    }

    /// The byte that some hosts send along and the device ignores.
    public var dummy: UInt8?

    /// Without the dummy byte.
    public init() {}

    /// Its number.
    public static var opcode: Opcode { .getCurrSSID }
    /// What it does.
    public static var summary: StaticString { "name of the network joined" }
    /// With and without the dummy byte.
    public static var forms: [GetCurrSSID] {
        var withDummy = GetCurrSSID()
        withDummy.dummy = 0xFF
        return [GetCurrSSID(), withDummy]
    }

    /// The dummy byte, where there is one.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.dummy(&dummy)
    }
}

/// GET_CURR_BSSID: the access point joined, last octet first in most firmwares (the profile tells).
///
///     E0 24 01 | 01 FF | EE        reply: E0 A4 01 | 06 bssid | EE
public struct GetCurrBSSID: Command {
    /// The hardware address of the access point.
    public struct Reply: Layout, Equatable, Sendable {
        /// The address as it stands on the wire.
        public var bssid: MACAddress = .zero

        /// Zero or empty.
        public init() {}

        /// One parameter.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.hardwareAddress("bssid", &bssid)
        }
    }

    /// The byte that some hosts send along and the device ignores.
    public var dummy: UInt8?

    /// Without the dummy byte.
    public init() {}

    /// Its number.
    public static var opcode: Opcode { .getCurrBSSID }
    /// What it does.
    public static var summary: StaticString { "hardware address of the access point joined" }
    /// With and without the dummy byte.
    public static var forms: [GetCurrBSSID] {
        var withDummy = GetCurrBSSID()
        withDummy.dummy = 0xFF
        return [GetCurrBSSID(), withDummy]
    }

    /// The dummy byte, where there is one.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.dummy(&dummy)
    }
}

/// GET_CURR_RSSI: the signal strength, 0 when there is no connection.
///
///     E0 25 01 | 01 FF | EE        reply: E0 A5 01 | 04 rssi (little endian, signed) | EE
public struct GetCurrRSSI: Command {
    /// The signal strength.
    public struct Reply: Layout, Equatable, Sendable {
        /// Signal strength in dBm.
        public var rssi: Int32 = 0

        /// Zero or empty.
        public init() {}

        /// One parameter.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.i32("rssi", .little, &rssi)
        }
    }

    /// The byte that some hosts send along and the device ignores.
    public var dummy: UInt8?

    /// Without the dummy byte.
    public init() {}

    /// Its number.
    public static var opcode: Opcode { .getCurrRSSI }
    /// What it does.
    public static var summary: StaticString { "signal strength of the network joined" }
    /// With and without the dummy byte.
    public static var forms: [GetCurrRSSI] {
        var withDummy = GetCurrRSSI()
        withDummy.dummy = 0xFF
        return [GetCurrRSSI(), withDummy]
    }

    /// The dummy byte, where there is one.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.dummy(&dummy)
    }
}

/// GET_CURR_ENCT: the encryption of the network joined, 7 when there is none.
///
///     E0 26 01 | 01 FF | EE        reply: E0 A6 01 | 01 type | EE
public struct GetCurrEnct: Command {
    /// The encryption of the network.
    public struct Reply: Layout, Equatable, Sendable {
        /// The encryption.
        public var type: EncryptionType = .open

        /// Zero or empty.
        public init() {}

        /// One parameter.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u8("type", &type.rawValue)
        }
    }

    /// The byte that some hosts send along and the device ignores.
    public var dummy: UInt8?

    /// Without the dummy byte.
    public init() {}

    /// Its number.
    public static var opcode: Opcode { .getCurrEnct }
    /// What it does.
    public static var summary: StaticString { "encryption of the network joined" }
    /// With and without the dummy byte.
    public static var forms: [GetCurrEnct] {
        var withDummy = GetCurrEnct()
        withDummy.dummy = 0xFF
        return [GetCurrEnct(), withDummy]
    }

    /// The dummy byte, where there is one.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.dummy(&dummy)
    }
}
