/// How many bytes the length of a parameter takes on the wire.
public enum LengthWidth: UInt8, Sendable {
    /// One byte (an S-parameter).
    case byte = 1
    /// Two bytes, big endian (a W-parameter): commands that move bulk data.
    case word = 2

    /// The longest value that such a length can hold, in bytes.
    public var longestValue: Int { self == .byte ? 0xFF : 0xFFFF }
}

/// The order of a number's bytes on the wire.
public enum ByteOrder: UInt8, Sendable {
    /// Least significant byte first.
    case little
    /// Most significant byte first.
    case big
}

/// The wire format of a parameter of fixed size.
public struct NumberFormat: Equatable, Sendable {
    /// How traces and tables show the bits.
    public enum Meaning: UInt8, Sendable {
        /// An unsigned number.
        case unsigned
        /// A signed number, two's complement.
        case signed
        /// An IPv4 address in network order.
        case address
        /// A hardware address (MAC or BSSID).
        case hardwareAddress
    }

    /// Size in bytes, 1 to 8.
    public var size: Int
    /// Order of the bytes.
    public var order: ByteOrder
    /// What the bits mean.
    public var meaning: Meaning

    /// Makes a format.
    public init(_ size: Int, _ order: ByteOrder, _ meaning: Meaning = .unsigned) {
        self.size = size
        self.order = order
        self.meaning = meaning
    }
}

/// What a parameter of variable size holds, and what a device does when it is cut short.
public enum BytesFormat: UInt8, Sendable {
    /// Text without a terminating NUL, as the host sends it.
    case text
    /// Text that traces and logs do not show.
    case secret
    /// Data of any kind.
    case data
    /// Data of which a device takes what is there when the length promises more (SEND_DATA).
    case dataAsPresent
}

/// Walks the parameters of a message: the writer, the readers, the lister, and the random filler of the tests.
///
/// A message describes its bytes once, in ``Layout/layout(_:)``, by calling these methods in wire order.
public protocol FieldCoder {
    /// The width of the lengths of the parameters that follow.
    var width: LengthWidth { get set }

    /// For messages whose layout depends on the number of parameters: readers replace `count` by the frame's own,
    /// others leave it as it is.
    mutating func parameterCount(_ count: inout UInt8) throws(FrameError)

    /// Announces that the parameters that follow are repeated `count` times; readers replace `count` by the number of
    /// parameters in the frame.
    mutating func repetitions(_ count: inout Int) throws(FrameError)

    /// For a last parameter that hosts send or leave out: readers report whether it is there.
    mutating func presence(_ isPresent: inout Bool) throws(FrameError)

    /// A parameter of fixed size; `bits` holds it right-aligned.
    mutating func number(_ name: StaticString, _ format: NumberFormat, _ bits: inout UInt64) throws(FrameError)

    /// A parameter of variable size.
    mutating func bytes(
        _ name: StaticString, _ format: BytesFormat, _ value: inout ArraySlice<UInt8>
    ) throws(FrameError)

    /// A parameter whose length byte is not its size (WRITE_FILE, Adafruit's certificates): readers take `count`
    /// bytes, writers write all of the value behind this length byte. Others treat it as any parameter of variable size.
    mutating func bytes(
        _ name: StaticString, _ format: BytesFormat, lengthByte: UInt8, count: Int, _ value: inout ArraySlice<UInt8>
    ) throws(FrameError)

    /// The bytes still to be read, for messages whose form shows in nothing else; nil for coders that do not read.
    var unread: ArraySlice<UInt8>? { get }
}

extension FieldCoder {
    public mutating func bytes(
        _ name: StaticString, _ format: BytesFormat, lengthByte: UInt8, count: Int, _ value: inout ArraySlice<UInt8>
    ) throws(FrameError) {
        try bytes(name, format, &value)
    }

    public var unread: ArraySlice<UInt8>? { nil }

    /// The first length byte of the next parameter, for messages that come in several sizes; nil for coders that do not
    /// read, and at the end of the bytes.
    public var nextLengthByte: UInt8? { unread?.first }

    /// An unsigned byte.
    public mutating func u8(_ name: StaticString, _ value: inout UInt8) throws(FrameError) {
        var bits = UInt64(value)
        try number(name, NumberFormat(1, .big), &bits)
        value = UInt8(truncatingIfNeeded: bits)
    }

    /// An unsigned 16-bit number.
    public mutating func u16(_ name: StaticString, _ order: ByteOrder, _ value: inout UInt16) throws(FrameError) {
        var bits = UInt64(value)
        try number(name, NumberFormat(2, order), &bits)
        value = UInt16(truncatingIfNeeded: bits)
    }

    /// A signed 16-bit number.
    public mutating func i16(_ name: StaticString, _ order: ByteOrder, _ value: inout Int16) throws(FrameError) {
        var bits = UInt64(UInt16(bitPattern: value))
        try number(name, NumberFormat(2, order, .signed), &bits)
        value = Int16(truncatingIfNeeded: bits)
    }

    /// An unsigned 32-bit number.
    public mutating func u32(_ name: StaticString, _ order: ByteOrder, _ value: inout UInt32) throws(FrameError) {
        var bits = UInt64(value)
        try number(name, NumberFormat(4, order), &bits)
        value = UInt32(truncatingIfNeeded: bits)
    }

    /// A signed 32-bit number.
    public mutating func i32(_ name: StaticString, _ order: ByteOrder, _ value: inout Int32) throws(FrameError) {
        var bits = UInt64(UInt32(bitPattern: value))
        try number(name, NumberFormat(4, order, .signed), &bits)
        value = Int32(truncatingIfNeeded: bits)
    }

    /// An IPv4 address, first octet first.
    public mutating func address(_ name: StaticString, _ value: inout IPv4Address) throws(FrameError) {
        var bits = UInt64(value.rawValue)
        try number(name, NumberFormat(4, .big, .address), &bits)
        value = IPv4Address(rawValue: UInt32(truncatingIfNeeded: bits))
    }

    /// A hardware address in the order of the wire, which depends on the firmware.
    public mutating func hardwareAddress(_ name: StaticString, _ value: inout MACAddress) throws(FrameError) {
        var bits = value.rawValue
        try number(name, NumberFormat(6, .big, .hardwareAddress), &bits)
        value = MACAddress(rawValue: bits)
    }

    /// A socket (slot) number.
    public mutating func socket(_ value: inout SocketNumber) throws(FrameError) {
        try u8("socket", &value.rawValue)
    }

    /// Text of variable length.
    public mutating func text(_ name: StaticString, _ value: inout ArraySlice<UInt8>) throws(FrameError) {
        try bytes(name, .text, &value)
    }

    /// The dummy byte that several commands carry in some host libraries and not in others.
    public mutating func dummy(_ value: inout UInt8?) throws(FrameError) {
        var isPresent = value != nil
        try presence(&isPresent)
        guard isPresent else {
            value = nil
            return
        }
        var byte = value ?? 0
        try u8("dummy", &byte)
        value = byte
    }
}
