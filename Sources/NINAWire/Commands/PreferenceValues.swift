// Preferences: values and their types.

/// The type of a value: the type byte of PREF_PUT, PREF_GET and PREF_GETTYPE.
public struct PreferenceType: RawRepresentable, Hashable, Sendable {
    /// The byte on the wire.
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// A signed byte.
    public static let i8 = PreferenceType(rawValue: 0)
    /// An unsigned byte.
    public static let u8 = PreferenceType(rawValue: 1)
    /// A signed number of 2 bytes.
    public static let i16 = PreferenceType(rawValue: 2)
    /// An unsigned number of 2 bytes.
    public static let u16 = PreferenceType(rawValue: 3)
    /// A signed number of 4 bytes.
    public static let i32 = PreferenceType(rawValue: 4)
    /// An unsigned number of 4 bytes.
    public static let u32 = PreferenceType(rawValue: 5)
    /// A signed number of 8 bytes.
    public static let i64 = PreferenceType(rawValue: 6)
    /// An unsigned number of 8 bytes.
    public static let u64 = PreferenceType(rawValue: 7)
    /// Text with a terminating NUL.
    public static let string = PreferenceType(rawValue: 8)
    /// Bytes of any kind.
    public static let blob = PreferenceType(rawValue: 9)
    /// The key does not exist.
    public static let invalid = PreferenceType(rawValue: 10)
}

/// A number of bytes, or a one-byte error.
///
///     E0 op|80 01 | 04 count (little endian) | EE
///     E0 op|80 01 | 01 error | EE
public struct PreferenceCount: Layout, Equatable, Sendable {
    /// The number of parameters is wrong.
    public static let wrongCount: UInt8 = 255
    /// A type that does not exist.
    public static let wrongType: UInt8 = 254

    /// The number of bytes.
    public var count: UInt32 = 0
    /// The error, in the form that has it.
    public var error: UInt8?

    public init() {}
    public init(count: UInt32) { self.count = count }
    public init(error: UInt8) { self.error = error }

    public static var forms: [PreferenceCount] { [PreferenceCount(), PreferenceCount(error: wrongCount)] }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        if let length = coder.nextLengthByte { error = length == 1 ? 0 : nil }
        if var code = error {
            try coder.u8("error", &code)
            error = code
        } else {
            try coder.u32("count", .little, &count)
        }
    }
}

/// PREF_LEN: the size of a key's value; 0 when there is none. The size of a string includes its NUL.
///
///     E0 59 01 | L key | EE        reply: E0 D9 01 | 04 count (little endian) | EE, or an error
public struct PrefLen: Command {
    /// The size in bytes.
    public typealias Reply = PreferenceCount

    /// At most 15 characters.
    public var key: ArraySlice<UInt8> = []
    /// The frame has a wrong number of parameters; devices read none of them and reply 255.
    public var isMiscounted = false

    public init() {}
    public init(key: ArraySlice<UInt8>) { self.key = key }

    public static var opcode: Opcode { .prefLen }
    public static var summary: StaticString { "the size of a preference" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        guard try coder.hasCount(1, &isMiscounted) else { return }
        try coder.text("key", &key)
    }
}

/// PREF_PUT: stores a value.
///
///     E0 5B 03 | L key | 01 type | len value | EE        reply: E0 DB 01 | 04 count (little endian) | EE, or an error
///
/// Numbers are little endian here, and big endian in PREF_GET. Strings include their NUL.
public struct PrefPut: Command {
    /// The number of bytes stored, without the NUL of a string; 0 for a failure.
    public typealias Reply = PreferenceCount

    /// At most 15 characters.
    public var key: ArraySlice<UInt8> = []
    /// The type of the value.
    public var type = PreferenceType.i8
    /// The bytes of the value.
    public var value: ArraySlice<UInt8> = []
    /// The frame has a wrong number of parameters; devices read none of them and reply 255.
    public var isMiscounted = false

    public init() {}
    public init(key: ArraySlice<UInt8>, type: PreferenceType, value: ArraySlice<UInt8>) {
        self.key = key
        self.type = type
        self.value = value
    }

    public static var opcode: Opcode { .prefPut }
    public static var summary: StaticString { "store a preference" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        guard try coder.hasCount(3, &isMiscounted) else { return }
        try coder.text("key", &key)
        try coder.u8("type", &type.rawValue)
        coder.width = .word
        try coder.bytes("value", .data, &value)
    }
}

/// PREF_GET: the value of a key.
///
///     E0 5C 02 | L key | 01 type | EE        reply: E0 DC 01 | len value | EE
///                                            reply: E0 DC 01 | 00 | EE        wrong count, or no such type
///
/// Numbers are big endian here, and little endian in PREF_PUT. A missing number is 0, a missing string or blob is
/// empty.
public struct PrefGet: Command {
    /// The value.
    public struct Reply: Layout, Equatable, Sendable {
        /// The bytes of the value; strings include their NUL in nina-fw's branch, blobs are as stored.
        public var value: ArraySlice<UInt8> = []
        /// The rejection: a one-byte length where two bytes are expected.
        public var isRefused = false

        public init() {}
        public init(value: ArraySlice<UInt8>) { self.value = value }

        /// `00 EE`, unless the frame continues and a length of 00EE leads to its end.
        private static func isRefusal(_ bytes: ArraySlice<UInt8>) -> Bool {
            guard bytes.first == 0, bytes.dropFirst().first == Frame.end else { return false }
            let end = bytes.startIndex + 2 + Int(Frame.end)
            return end >= bytes.endIndex || bytes[end] != Frame.end
        }

        public static var forms: [Reply] {
            var refusal = Reply()
            refusal.isRefused = true
            return [Reply(), refusal]
        }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            if let unread = coder.unread { isRefused = Self.isRefusal(unread) }
            coder.width = isRefused ? .byte : .word
            if isRefused { value = [] }
            try coder.bytes("value", .data, &value)
        }
    }

    /// At most 15 characters.
    public var key: ArraySlice<UInt8> = []
    /// The type of the value.
    public var type = PreferenceType.i8
    /// The frame has a wrong number of parameters; devices read none of them and reply 255.
    public var isMiscounted = false

    public init() {}
    public init(key: ArraySlice<UInt8>, type: PreferenceType) {
        self.key = key
        self.type = type
    }

    public static var opcode: Opcode { .prefGet }
    public static var summary: StaticString { "read a preference" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        guard try coder.hasCount(2, &isMiscounted) else { return }
        try coder.text("key", &key)
        try coder.u8("type", &type.rawValue)
    }
}

extension FieldCoder {
    /// Whether the frame has the right number of parameters; otherwise it is written without parameters.
    mutating func hasCount(_ due: UInt8, _ isMiscounted: inout Bool) throws(FrameError) -> Bool {
        var count = isMiscounted ? 0 : due
        try parameterCount(&count)
        isMiscounted = count != due
        return !isMiscounted
    }
}
