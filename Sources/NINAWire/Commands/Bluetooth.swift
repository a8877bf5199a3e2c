// Bluetooth commands of Arduino's firmware: HCI packets through a buffer.

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

/// BLE_AVAILABLE: how many bytes of HCI packets wait.
///
///     E0 4C 00 EE        reply: E0 CC 01 | 02 count | EE
///
/// WiFiNINA 2.1.0 reads the count little endian, and `modern` sends it so; nina-fw's branch sends it big endian. The order
/// depends on the firmware: ``Reply/init(count:order:)`` and ``Reply/count(order:)`` take it.
public struct BLEAvailable: NoParameters {
    /// The number of bytes, in the order of the wire.
    public struct Reply: Layout, Equatable, Sendable {
        /// The two bytes, read as a little-endian number.
        public var littleEndian: UInt16 = 0

        public init() {}
        public init(count: UInt16, order: ByteOrder = .little) {
            littleEndian = order == .little ? count : count.byteSwapped
        }

        /// How many bytes wait, sent in this order.
        public func count(order: ByteOrder = .little) -> UInt16 {
            order == .little ? littleEndian : littleEndian.byteSwapped
        }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u16("count", .little, &littleEndian)
        }
    }

    public init() {}

    public static var opcode: Opcode { .bleAvailable }
    public static var summary: StaticString { "bytes of HCI packets that wait" }
}

/// BLE_PEEK: the first bytes of the HCI packets that wait, which stay.
///
///     E0 4D 01 | 02 size (little endian) | EE        reply: E0 CD 01 | len data | EE
///
/// The reply has no bytes when fewer wait than the size.
public struct BLEPeek: Command {
    public typealias Reply = ReadBytes

    /// How many bytes.
    public var size: UInt16 = 0

    public init() {}
    public init(size: UInt16) { self.size = size }

    public static var opcode: Opcode { .blePeek }
    public static var summary: StaticString { "look at bytes of HCI packets" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u16("size", .little, &size)
    }
}

/// BLE_READ: takes bytes of the HCI packets that wait.
///
///     E0 4E 01 | 02 size (little endian) | EE        reply: E0 CE 01 | len data | EE
///
/// The reply has no bytes when fewer wait than the size.
public struct BLERead: Command {
    public typealias Reply = ReadBytes

    /// How many bytes.
    public var size: UInt16 = 0

    public init() {}
    public init(size: UInt16) { self.size = size }

    public static var opcode: Opcode { .bleRead }
    public static var summary: StaticString { "take bytes of HCI packets" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u16("size", .little, &size)
    }
}

/// BLE_WRITE: hands an HCI packet to the controller.
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
