// Scan commands: the networks in range, and the records of the last scan by index.

/// SCAN_NETWORKS: scans and returns the names. The firmware blocks during the scan.
///
///     E0 27 00 EE        reply: E0 A7 n | L ssid | ... n times ... | EE        n is at most 10
public struct ScanNetworks: NoParameters {
    /// One name per network, in the order of the index commands.
    public struct Reply: Layout, Equatable, Sendable {
        /// The names, at most ``ScanNetworks/limit`` of them.
        public var networks: [ArraySlice<UInt8>] = []

        public init() {}

        public static var forms: [Reply] {
            var one = Reply()
            one.networks = [[]]
            return [Reply(), one]
        }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            var count = networks.count
            try coder.repetitions(&count)
            if count != networks.count { networks = Array(repeating: [], count: count) }
            for index in networks.indices { try coder.text("ssid", &networks[index]) }
        }
    }

    /// The maximum number of networks the firmware reports.
    public static let limit = 10

    public init() {}

    public static var opcode: Opcode { .scanNetworks }
    public static var summary: StaticString { "scan, and the names found" }
}

/// START_SCAN_NETWORKS: no effect; hosts send it before SCAN_NETWORKS.
///
///     E0 36 00 EE        reply: 1
public struct StartScanNetworks: NoParameters {
    public init() {}

    public static var opcode: Opcode { .startScanNetworks }
    public static var summary: StaticString { "announce a scan (no effect)" }
}

/// GET_IDX_RSSI: the signal strength of a scanned network.
///
///     E0 32 01 | 01 index | EE        reply: E0 B2 01 | 04 rssi (little endian, signed) | EE
public struct GetIdxRSSI: ScanRecordCommand {
    public typealias Reply = SignalStrength

    public var index: UInt8 = 0

    public init() {}

    public static var opcode: Opcode { .getIdxRSSI }
    public static var summary: StaticString { "signal strength of a scanned network" }
}

/// GET_IDX_ENCT: the encryption of a scanned network.
///
///     E0 33 01 | 01 index | EE        reply: E0 B3 01 | 01 type | EE
public struct GetIdxEnct: ScanRecordCommand {
    public typealias Reply = NetworkEncryption

    public var index: UInt8 = 0

    public init() {}

    public static var opcode: Opcode { .getIdxEnct }
    public static var summary: StaticString { "encryption of a scanned network" }
}

/// GET_IDX_BSSID: the access point of a scanned network, last octet first in most firmware.
///
///     E0 3C 01 | 01 index | EE        reply: E0 BC 01 | 06 bssid | EE
public struct GetIdxBSSID: ScanRecordCommand {
    public typealias Reply = AccessPointAddress

    public var index: UInt8 = 0

    public init() {}

    public static var opcode: Opcode { .getIdxBSSID }
    public static var summary: StaticString { "hardware address of a scanned access point" }
}

/// GET_IDX_CHANNEL: the channel of a scanned network.
///
///     E0 3D 01 | 01 index | EE        reply: E0 BD 01 | 01 channel | EE
public struct GetIdxChannel: ScanRecordCommand {
    /// The channel.
    public struct Reply: Layout, Equatable, Sendable {
        /// The channel, 1 to 14; 0 when the index is out of range.
        public var channel: UInt8 = 0

        public init() {}

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u8("channel", &channel)
        }
    }

    public var index: UInt8 = 0

    public init() {}

    public static var opcode: Opcode { .getIdxChannel }
    public static var summary: StaticString { "channel of a scanned network" }
}
