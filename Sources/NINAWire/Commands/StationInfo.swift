// Station commands that query the connection.

/// GET_CONN_STATUS: the state of the connection.
///
///     E0 20 00 EE        reply: E0 A0 01 | 01 status | EE
public struct GetConnStatus: Query {
    /// The state of the connection.
    public struct Reply: Layout, Equatable, Sendable {
        /// The state.
        public var status: ConnectionStatus = .idle

        public init() {}

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u8("status", &status.rawValue)
        }
    }

    public var dummy: UInt8?

    public init() {}

    public static var opcode: Opcode { .getConnStatus }
    public static var summary: StaticString { "state of the connection" }
}

/// GET_IPADDR: the address of the station. The field order differs from SET_IP_CONFIG.
///
///     E0 21 01 | 01 FF | EE        reply: E0 A1 03 | 04 address | 04 mask | 04 gateway | EE
public struct GetIPAddr: Query {
    /// Address, mask and gateway, zeros without a connection.
    public struct Reply: Layout, Equatable, Sendable {
        /// The address.
        public var address = IPv4Address.any
        /// The mask of the network.
        public var mask = IPv4Address.any
        /// The gateway.
        public var gateway = IPv4Address.any

        public init() {}

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.address("address", &address)
            try coder.address("mask", &mask)
            try coder.address("gateway", &gateway)
        }
    }

    public var dummy: UInt8?

    public init() {}

    public static var opcode: Opcode { .getIPAddr }
    public static var summary: StaticString { "address, mask and gateway" }
}

/// GET_MACADDR: the hardware address, last octet first in most firmware (``Dialect/reversesHardwareAddresses``).
///
///     E0 22 01 | 01 FF | EE        reply: E0 A2 01 | 06 address | EE
public struct GetMACAddr: Query {
    /// The hardware address.
    public struct Reply: Layout, Equatable, Sendable {
        /// In wire order.
        public var address: MACAddress = .zero

        public init() {}

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.hardwareAddress("address", &address)
        }
    }

    public var dummy: UInt8?

    public init() {}

    public static var opcode: Opcode { .getMACAddr }
    public static var summary: StaticString { "hardware address of the station" }
}

/// GET_CURR_SSID: the name of the current network; empty without a connection.
///
///     E0 23 01 | 01 FF | EE        reply: E0 A3 01 | L ssid | EE
public struct GetCurrSSID: Query {
    /// The name of the network.
    public struct Reply: Layout, Equatable, Sendable {
        /// The name.
        public var ssid: ArraySlice<UInt8> = []

        public init() {}

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.text("ssid", &ssid)
        }
    }

    public var dummy: UInt8?

    public init() {}

    public static var opcode: Opcode { .getCurrSSID }
    public static var summary: StaticString { "name of the current network" }
}

/// GET_CURR_BSSID: the current access point, last octet first in most firmware (``Dialect/reversesHardwareAddresses``).
///
///     E0 24 01 | 01 FF | EE        reply: E0 A4 01 | 06 bssid | EE
public struct GetCurrBSSID: Query {
    public typealias Reply = AccessPointAddress

    public var dummy: UInt8?

    public init() {}

    public static var opcode: Opcode { .getCurrBSSID }
    public static var summary: StaticString { "hardware address of the current access point" }
}

/// GET_CURR_RSSI: the signal strength; 0 without a connection.
///
///     E0 25 01 | 01 FF | EE        reply: E0 A5 01 | 04 rssi (little endian, signed) | EE
public struct GetCurrRSSI: Query {
    public typealias Reply = SignalStrength

    public var dummy: UInt8?

    public init() {}

    public static var opcode: Opcode { .getCurrRSSI }
    public static var summary: StaticString { "signal strength of the current network" }
}

/// GET_CURR_ENCT: the encryption of the current network; 7 without a connection.
///
///     E0 26 01 | 01 FF | EE        reply: E0 A6 01 | 01 type | EE
public struct GetCurrEnct: Query {
    public typealias Reply = NetworkEncryption

    public var dummy: UInt8?

    public init() {}

    public static var opcode: Opcode { .getCurrEnct }
    public static var summary: StaticString { "encryption of the current network" }
}
