// Bluetooth commands of Arduino's firmware: HCI packets in a buffer.

/// BLE_BEGIN: starts the Bluetooth controller (WiFiNINA 2.1.0, nina-fw's branch ble-vhci-over-spi).
///
///     E0 4A 00 EE        reply: E0 CA 01 | 01 code | EE
public struct BLEBegin: NoParameters {
    /// 0, or the low byte of ESP-IDF's error.
    public typealias Reply = ResultCode

    public init() {}

    public static var opcode: Opcode { .bleBegin }
    public static var summary: StaticString { "start the Bluetooth controller" }
}

/// BLE_END: stops the Bluetooth controller.
///
///     E0 4B 00 EE        reply: 1
public struct BLEEnd: NoParameters {
    public init() {}

    public static var opcode: Opcode { .bleEnd }
    public static var summary: StaticString { "stop the Bluetooth controller" }
}

/// BLE_AVAILABLE: the number of bytes in waiting HCI packets.
///
///     E0 4C 00 EE        reply: E0 CC 01 | 02 count | EE
///
/// WiFiNINA 2.1.0 expects the count little endian, as `modern` sends it; nina-fw's branch sends it big endian.
/// ``Reply/init(count:order:)`` and ``Reply/count(order:)`` take the firmware's order.
public struct BLEAvailable: NoParameters {
    /// The number of bytes, in wire order.
    public struct Reply: Layout, Equatable, Sendable {
        /// The two bytes, read as a little-endian number.
        public var littleEndian: UInt16 = 0

        public init() {}
        public init(count: UInt16, order: ByteOrder = .little) {
            littleEndian = order == .little ? count : count.byteSwapped
        }

        /// Encodes the number of bytes in this order.
        public func count(order: ByteOrder = .little) -> UInt16 {
            order == .little ? littleEndian : littleEndian.byteSwapped
        }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u16("count", .little, &littleEndian)
        }
    }

    public init() {}

    public static var opcode: Opcode { .bleAvailable }
    public static var summary: StaticString { "bytes in waiting HCI packets" }
}

/// BLE_PEEK: the first bytes of the waiting HCI packets, without removing them.
///
///     E0 4D 01 | 02 size (little endian) | EE        reply: E0 CD 01 | len data | EE
///
/// The reply has no bytes when fewer bytes are waiting than requested.
public struct BLEPeek: Command {
    public typealias Reply = ReadBytes

    /// The number of bytes.
    public var size: UInt16 = 0

    public init() {}
    public init(size: UInt16) { self.size = size }

    public static var opcode: Opcode { .blePeek }
    public static var summary: StaticString { "peek at bytes of HCI packets" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u16("size", .little, &size)
    }
}

/// BLE_READ: reads bytes of the waiting HCI packets.
///
///     E0 4E 01 | 02 size (little endian) | EE        reply: E0 CE 01 | len data | EE
///
/// The reply has no bytes when fewer bytes are waiting than requested.
public struct BLERead: Command {
    public typealias Reply = ReadBytes

    /// The number of bytes.
    public var size: UInt16 = 0

    public init() {}
    public init(size: UInt16) { self.size = size }

    public static var opcode: Opcode { .bleRead }
    public static var summary: StaticString { "read bytes of HCI packets" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u16("size", .little, &size)
    }
}

/// BLE_WRITE: sends an HCI packet to the controller.
///
///     E0 4F 01 | len packet | EE        reply: E0 CF 01 | 02 count (little endian) | EE
public struct BLEWrite: Command {
    public typealias Reply = ByteCount

    /// The packet with its type byte.
    public var packet: ArraySlice<UInt8> = []

    public init() {}
    public init(packet: ArraySlice<UInt8>) { self.packet = packet }

    public static var opcode: Opcode { .bleWrite }
    public static var summary: StaticString { "send an HCI packet" }
    public static var width: LengthWidth { .word }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.bytes("packet", .data, &packet)
    }
}
