// Bluetooth commands of Arduino's firmware: HCI packets through a buffer.

/// BLE_BEGIN: starts the Bluetooth controller (WiFiNINA 2.1.0, nina-fw's branch ble-vhci-over-spi).
///
///     E0 4A 00 EE        reply: E0 CA 01 | 01 code | EE
public struct BLEBegin: Command {
    /// 0, or the low byte of ESP-IDF's error.
    public typealias Reply = ResultCode

    /// No parameters.
    public init() {}

    /// Its number.
    public static var opcode: Opcode { .bleBegin }
    /// What it does.
    public static var summary: StaticString { "start the Bluetooth controller" }

    /// No parameters.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {}
}

/// BLE_END: stops the Bluetooth controller.
///
///     E0 4B 00 EE        reply: 1
public struct BLEEnd: Command {
    /// Always 1.
    public typealias Reply = Acknowledgement

    /// No parameters.
    public init() {}

    /// Its number.
    public static var opcode: Opcode { .bleEnd }
    /// What it does.
    public static var summary: StaticString { "stop the Bluetooth controller" }

    /// No parameters.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {}
}

/// BLE_AVAILABLE: how many bytes of HCI packets wait.
///
///     E0 4C 00 EE        reply: E0 CC 01 | 02 count | EE
///
/// WiFiNINA 2.1.0 reads the count little endian, and `modern` sends it so; nina-fw's branch sends it big endian. The order
/// belongs to the firmware: ``Reply/init(count:order:)`` and ``Reply/count(order:)`` take it.
public struct BLEAvailable: Command {
    /// The number of bytes, as it stands on the wire.
    public struct Reply: Layout, Equatable, Sendable {
        /// The two bytes, read as a little-endian number.
        public var littleEndian: UInt16 = 0

        /// None.
        public init() {}
        /// This many bytes, told in the order of the firmware.
        public init(count: UInt16, order: ByteOrder = .little) {
            littleEndian = order == .little ? count : count.byteSwapped
        }

        /// How many bytes wait, when the firmware tells it in this order.
        public func count(order: ByteOrder = .little) -> UInt16 {
            order == .little ? littleEndian : littleEndian.byteSwapped
        }

        /// One number.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u16("count", .little, &littleEndian)
        }
    }

    /// No parameters.
    public init() {}

    /// Its number.
    public static var opcode: Opcode { .bleAvailable }
    /// What it does.
    public static var summary: StaticString { "bytes of HCI packets that wait" }

    /// No parameters.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {}
}

/// BLE_PEEK: the first bytes of the HCI packets that wait, which stay.
///
///     E0 4D 01 | 02 size (little endian) | EE        reply: E0 CD 01 | len data | EE
///
/// The reply has no bytes when fewer wait than were asked for.
public struct BLEPeek: Command {
    /// The bytes.
    public struct Reply: Layout, Equatable, Sendable {
        /// The bytes asked for, or none.
        public var data: ArraySlice<UInt8> = []

        /// None.
        public init() {}
        /// These bytes.
        public init(data: ArraySlice<UInt8>) { self.data = data }

        /// Two bytes.
        public static var width: LengthWidth { .word }

        /// The bytes.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.bytes("data", .data, &data)
        }
    }

    /// How many bytes.
    public var size: UInt16 = 0

    /// No bytes.
    public init() {}
    /// Asks for this many bytes.
    public init(size: UInt16) { self.size = size }

    /// Its number.
    public static var opcode: Opcode { .blePeek }
    /// What it does.
    public static var summary: StaticString { "look at bytes of HCI packets" }

    /// The size.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u16("size", .little, &size)
    }
}

/// BLE_READ: takes bytes of the HCI packets that wait.
///
///     E0 4E 01 | 02 size (little endian) | EE        reply: E0 CE 01 | len data | EE
///
/// The reply has no bytes when fewer wait than were asked for.
public struct BLERead: Command {
    /// The bytes.
    public struct Reply: Layout, Equatable, Sendable {
        /// The bytes asked for, or none.
        public var data: ArraySlice<UInt8> = []

        /// None.
        public init() {}
        /// These bytes.
        public init(data: ArraySlice<UInt8>) { self.data = data }

        /// Two bytes.
        public static var width: LengthWidth { .word }

        /// The bytes.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.bytes("data", .data, &data)
        }
    }

    /// How many bytes.
    public var size: UInt16 = 0

    /// No bytes.
    public init() {}
    /// Asks for this many bytes.
    public init(size: UInt16) { self.size = size }

    /// Its number.
    public static var opcode: Opcode { .bleRead }
    /// What it does.
    public static var summary: StaticString { "take bytes of HCI packets" }

    /// The size.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u16("size", .little, &size)
    }
}

/// BLE_WRITE: hands an HCI packet to the controller.
///
///     E0 4F 01 | len packet | EE        reply: E0 CF 01 | 02 count (little endian) | EE
public struct BLEWrite: Command {
    /// How much was taken.
    public struct Reply: Layout, Equatable, Sendable {
        /// The length of the packet, whatever becomes of it.
        public var count: UInt16 = 0

        /// None.
        public init() {}
        /// This many.
        public init(count: UInt16) { self.count = count }

        /// One number.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u16("count", .little, &count)
        }
    }

    /// The packet with its type byte.
    public var packet: ArraySlice<UInt8> = []

    /// An empty packet.
    public init() {}
    /// Sends this packet.
    public init(packet: ArraySlice<UInt8>) { self.packet = packet }

    /// Its number.
    public static var opcode: Opcode { .bleWrite }
    /// What it does.
    public static var summary: StaticString { "send an HCI packet" }
    /// Two bytes.
    public static var width: LengthWidth { .word }

    /// The packet.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.bytes("packet", .data, &packet)
    }
}
