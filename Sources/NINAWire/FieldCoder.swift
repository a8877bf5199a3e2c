/// The size of a parameter's length field.
public enum LengthWidth: UInt8, Sendable {
    /// One byte (an S-parameter).
    case byte = 1
    /// Two bytes, big endian (a W-parameter): for commands that transfer bulk data.
    case word = 2

    /// The maximum length of a value, in bytes.
    public var longestValue: Int { self == .byte ? 0xFF : 0xFFFF }
}

/// The order of a number's bytes on the wire.
public enum ByteOrder: UInt8, Sendable {
    /// Least significant byte first.
    case little
    /// Most significant byte first.
    case big
}

/// The wire format of a fixed-size parameter.
public struct NumberFormat: Equatable, Sendable {
    /// How traces and tables display the bits.
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
    /// The meaning of the bits.
    public var meaning: Meaning

    /// Makes a format.
    public init(_ size: Int, _ order: ByteOrder, _ meaning: Meaning = .unsigned) {
        self.size = size
        self.order = order
        self.meaning = meaning
    }
}

/// The content of a variable-size parameter, and how a device handles a truncated one.
public enum BytesFormat: UInt8, Sendable {
    /// Text without a terminating NUL, as the host sends it.
    case text
    /// Text that traces and logs must not show.
    case secret
    /// A URL, whose query traces and logs must not show: it may be a secret.
    case url
    /// Data of any kind.
    case data
    /// Data that a device accepts even if fewer bytes arrive than the length says (SEND_DATA).
    case dataAsPresent
}

/// Walks the parameters of a message. Implemented by the writer, the readers, the lister, and the tests' random filler.
///
/// A message describes its bytes once, in ``Layout/layout(_:)``, by calling these methods in wire order.
public protocol FieldCoder {
    /// The width of subsequent length fields.
    var width: LengthWidth { get set }

    /// For messages whose layout depends on the parameter count: readers set `count` to the frame's, other coders leave
    /// it unchanged.
    mutating func parameterCount(_ count: inout UInt8) throws(FrameError)

    /// Announces that the following parameters are repeated `count` times; readers set `count` to the number of
    /// parameters in the frame.
    mutating func repetitions(_ count: inout Int) throws(FrameError)

    /// For an optional last parameter: readers set whether it is present.
    mutating func presence(_ isPresent: inout Bool) throws(FrameError)

    /// A fixed-size parameter; `bits` holds it right-aligned.
    mutating func number(_ name: StaticString, _ format: NumberFormat, _ bits: inout UInt64) throws(FrameError)

    /// A variable-size parameter.
    mutating func bytes(
        _ name: StaticString, _ format: BytesFormat, _ value: inout ArraySlice<UInt8>
    ) throws(FrameError)

    /// A parameter whose length byte is not its size (WRITE_FILE, Adafruit's certificates): readers take `count` bytes,
    /// writers write this length byte and the whole value. Other coders treat it as any variable-size parameter.
    mutating func bytes(
        _ name: StaticString, _ format: BytesFormat, lengthByte: UInt8, count: Int, _ value: inout ArraySlice<UInt8>
    ) throws(FrameError)

    /// The bytes still to be read, for messages whose form is visible only there; nil for coders that do not read.
    var unread: ArraySlice<UInt8>? { get }
}

extension FieldCoder {
    public mutating func bytes(
        _ name: StaticString, _ format: BytesFormat, lengthByte: UInt8, count: Int, _ value: inout ArraySlice<UInt8>
    ) throws(FrameError) {
        try bytes(name, format, &value)
    }

    public var unread: ArraySlice<UInt8>? { nil }

    /// The first length byte of the next parameter, for messages that exist in several sizes; nil for coders that do
    /// not read, and at the end of the bytes.
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

    /// A hardware address in wire order, which depends on the firmware.
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

    /// A dummy byte that some host libraries send with several commands and others omit.
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
