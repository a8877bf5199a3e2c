/// A message of the socket link: `type` u8, `flags` u8, `length` u16 big endian, then `length` bytes of payload.
public struct LinkMessage {
    /// The types of message.
    public enum Kind: UInt8, Sendable {
        /// Host to device: `NINA` and the version.
        case hostHello = 0x01
        /// Host to device: the MOSI bytes of one chip-select window.
        case window = 0x02
        /// Host to device: the levels of the lines the host drives.
        case pins = 0x03
        /// Device to host: `NINA` and the version.
        case deviceHello = 0x81
        /// Device to host: READY is low; the payload is what the next window clocks out.
        case queued = 0x82
        /// Device to host: the IRQ level changed.
        case interrupt = 0x83

        /// Whether the host sends this type.
        public var isFromHost: Bool { rawValue < 0x80 }

        /// The valid payload lengths.
        var lengths: ClosedRange<Int> {
            switch self {
            case .hostHello, .deviceHello: 5...5
            case .window, .queued: 0...LinkMessage.longestPayload
            case .pins: 1...1
            case .interrupt: 0...0
            }
        }
    }

    /// What precedes the payload: `type`, `flags` and `length`.
    public struct Header: Equatable, Sendable {
        /// The message's type.
        public var kind: Kind
        /// The message's flags; only QUEUED and IRQ use them.
        public var flags: UInt8
        /// The number of bytes of the payload.
        public var length: Int
    }

    /// The message's header.
    public var header: Header { Header(kind: kind, flags: flags, length: payload.count) }
    /// The message's type.
    public var kind: Kind
    /// The message's flags; only QUEUED and IRQ use them.
    public var flags: UInt8
    /// The payload, which shares the storage of the buffer it was read from.
    public var payload: ArraySlice<UInt8>

    /// Makes a message.
    public init(kind: Kind, flags: UInt8 = 0, payload: ArraySlice<UInt8> = []) {
        self.kind = kind
        self.flags = flags
        self.payload = payload
    }

    /// The most bytes of a payload: its length has 16 bits.
    static let longestPayload = 0xFFFF
    /// Size of the header, in bytes.
    public static let headerLength = 4
    /// Version of the link protocol.
    public static let version: UInt8 = 1
    /// The payload of both greetings.
    public static let greeting: [UInt8] = [0x4E, 0x49, 0x4E, 0x41, version]

    /// Appends a message to outgoing bytes.
    /// - Precondition: the payload has at most 65535 bytes.
    public static func append(
        _ kind: Kind, flags: UInt8 = 0, payload: [UInt8] = [], to output: inout ByteQueue
    ) {
        appendHeader(kind, flags: flags, length: payload.count, to: &output)
        if !payload.isEmpty { output.append(payload) }
    }

    /// Appends a message's header to outgoing bytes.
    /// - Precondition: the payload that follows has at most 65535 bytes.
    public static func appendHeader(_ kind: Kind, flags: UInt8 = 0, length: Int, to output: inout ByteQueue) {
        precondition(0...longestPayload ~= length, "the length of a payload has 16 bits")
        output.append(word: UInt32(kind.rawValue) << 24 | UInt32(flags) << 16 | UInt32(truncatingIfNeeded: length))
    }
}

/// The levels of the lines the host drives: the payload of PINS.
public struct PinLevels: OptionSet, Sendable {
    /// The byte on the link.
    public var rawValue: UInt8
    /// Makes levels of the byte.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// RESET level: set while the coprocessor may run.
    public static let reset = PinLevels(rawValue: 1)
    /// GPIO0 driven high.
    public static let gpio0 = PinLevels(rawValue: 2)
    /// Chip select held low: requests Bluetooth instead of SPI at a reset.
    public static let chipSelectLow = PinLevels(rawValue: 4)
    /// Every line.
    public static let all: PinLevels = [.reset, .gpio0, .chipSelectLow]
}

/// The flags of QUEUED.
public struct QueuedFlags: Sendable {
    /// The byte on the link: bit 0 the IRQ level, bit 1 the phase, bits 2 to 7 the boots modulo 64.
    public var rawValue: UInt8
    /// Makes flags of the byte.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Makes flags from their parts.
    public init(interrupt: Bool, isReply: Bool, boots: Int) {
        rawValue = (interrupt ? 1 : 0) | (isReply ? 2 : 0) | UInt8(truncatingIfNeeded: boots & 63) << 2
    }
    /// The IRQ level.
    public var interrupt: Bool { rawValue & 1 != 0 }
    /// Whether a reply is queued (even an empty one); otherwise a command is expected.
    public var isReply: Bool { rawValue & 2 != 0 }
    /// Number of boots on this connection, modulo 64.
    public var boots: UInt8 { rawValue >> 2 }
}
