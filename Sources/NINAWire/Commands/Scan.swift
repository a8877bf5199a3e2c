// Scan commands: the networks in reach, and the records of the last scan by index.

/// SCAN_NETWORKS: scans and returns the names. The firmware blocks for as long as the scan takes.
///
///     E0 27 00 EE        reply: E0 A7 n | L ssid | ... n times ... | EE        n is at most 10
public struct ScanNetworks: Command {
    /// One name for each network, in the order of the index commands.
    public struct Reply: Layout, Equatable, Sendable {
        /// The names, at most ``ScanNetworks/limit`` of them.
        public var networks: [ArraySlice<UInt8>] = []

        /// No network.
        public init() {}

        /// No network, and one.
        public static var forms: [Reply] {
            var one = Reply()
            one.networks = [[]]
            return [Reply(), one]
        }

        /// One parameter for each network.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            var count = networks.count
            try coder.repetitions(&count)
            if count != networks.count { networks = Array(repeating: [], count: count) }
            for index in networks.indices { try coder.text("ssid", &networks[index]) }
        }
    }

    /// The most networks the firmware reports.
    public static let limit = 10

    /// No parameters.
    public init() {}

    /// Its number.
    public static var opcode: Opcode { .scanNetworks }
    /// What it does.
    public static var summary: StaticString { "scan, and the names found" }

    /// No parameters.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {}
}

/// START_SCAN_NETWORKS: answered with 1 and otherwise without effect; hosts send it before SCAN_NETWORKS.
///
///     E0 36 00 EE        reply: 1
public struct StartScanNetworks: Command {
    /// Always 1.
    public typealias Reply = Acknowledgement

    /// No parameters.
    public init() {}

    /// Its number.
    public static var opcode: Opcode { .startScanNetworks }
    /// What it does.
    public static var summary: StaticString { "announce a scan (no effect)" }

    /// No parameters.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {}
}

/// GET_IDX_RSSI: the signal strength of a scanned network.
///
///     E0 32 01 | 01 index | EE        reply: E0 B2 01 | 04 rssi (little endian, signed) | EE
public struct GetIdxRSSI: Command {
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

    /// Position in the last scan, from 0.
    public var index: UInt8 = 0

    /// The first network.
    public init() {}
    /// The network at this position.
    public init(index: UInt8) { self.index = index }

    /// Its number.
    public static var opcode: Opcode { .getIdxRSSI }
    /// What it does.
    public static var summary: StaticString { "signal strength of a scanned network" }

    /// The position.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("index", &index)
    }
}

/// GET_IDX_ENCT: the encryption of a scanned network.
///
///     E0 33 01 | 01 index | EE        reply: E0 B3 01 | 01 type | EE
public struct GetIdxEnct: Command {
    /// The encryption.
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

    /// Position in the last scan, from 0.
    public var index: UInt8 = 0

    /// The first network.
    public init() {}
    /// The network at this position.
    public init(index: UInt8) { self.index = index }

    /// Its number.
    public static var opcode: Opcode { .getIdxEnct }
    /// What it does.
    public static var summary: StaticString { "encryption of a scanned network" }

    /// The position.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("index", &index)
    }
}

/// GET_IDX_BSSID: the access point of a scanned network, last octet first in most firmwares.
///
///     E0 3C 01 | 01 index | EE        reply: E0 BC 01 | 06 bssid | EE
public struct GetIdxBSSID: Command {
    /// The hardware address.
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

    /// Position in the last scan, from 0.
    public var index: UInt8 = 0

    /// The first network.
    public init() {}
    /// The network at this position.
    public init(index: UInt8) { self.index = index }

    /// Its number.
    public static var opcode: Opcode { .getIdxBSSID }
    /// What it does.
    public static var summary: StaticString { "hardware address of a scanned access point" }

    /// The position.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("index", &index)
    }
}

/// GET_IDX_CHANNEL: the channel of a scanned network.
///
///     E0 3D 01 | 01 index | EE        reply: E0 BD 01 | 01 channel | EE
public struct GetIdxChannel: Command {
    /// The channel.
    public struct Reply: Layout, Equatable, Sendable {
        /// The channel, 1 to 14; 0 for an index beyond the last scan.
        public var channel: UInt8 = 0

        /// Channel 0: nothing known.
        public init() {}

        /// One parameter.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u8("channel", &channel)
        }
    }

    /// Position in the last scan, from 0.
    public var index: UInt8 = 0

    /// The first network.
    public init() {}
    /// The network at this position.
    public init(index: UInt8) { self.index = index }

    /// Its number.
    public static var opcode: Opcode { .getIdxChannel }
    /// What it does.
    public static var summary: StaticString { "channel of a scanned network" }

    /// The position.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("index", &index)
    }
}
