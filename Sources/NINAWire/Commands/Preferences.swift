// Preferences: keys and values in one open name space (WiFiNINA 2.1.0, nina-fw's branch preferences).

/// PREF_BEGIN: opens a name space.
///
///     E0 55 01 | L name | EE
///     E0 55 02 | L name | 01 readOnly | EE
///     E0 55 03 | L name | 01 readOnly | L label | EE        reply: E0 D5 01 | 01 code | EE
///
/// The count distinguishes the forms. In nina-fw's branch set-time this number is SET_TIME.
public struct PrefBegin: Command {
    /// The three forms of the frame.
    public enum Form: UInt8, Sendable {
        /// The name only.
        case name = 1
        /// Name and read-only flag.
        case readOnly = 2
        /// Name, read-only flag and partition.
        case label = 3
    }

    /// 0, or 1 for a failure, for example when another name space is open.
    public typealias Reply = ResultCode

    /// The form of the frame.
    public var form = Form.name
    /// The name space, at most 15 characters.
    public var name: ArraySlice<UInt8> = []
    /// Not 0: opens it read-only.
    public var readOnly: UInt8 = 0
    /// The partition, in the form that has one.
    public var label: ArraySlice<UInt8> = []

    public init() {}
    public init(form: Form) { self.form = form }

    public static var opcode: Opcode { .prefBegin }
    public static var summary: StaticString { "open a name space of preferences" }
    public static var forms: [PrefBegin] {
        [PrefBegin(), PrefBegin(form: .readOnly), PrefBegin(form: .label)]
    }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        var count = form.rawValue
        try coder.parameterCount(&count)
        form = count < 2 ? .name : count == 2 ? .readOnly : .label
        try coder.text("name", &name)
        if form != .name { try coder.u8("read_only", &readOnly) }
        if form == .label { try coder.text("label", &label) }
    }
}

/// PREF_END: closes the name space.
///
///     E0 56 00 EE        reply: 1
public struct PrefEnd: NoParameters {
    public init() {}

    public static var opcode: Opcode { .prefEnd }
    public static var summary: StaticString { "close the name space of preferences" }
}

/// PREF_CLEAR: removes every key of the name space.
///
///     E0 57 00 EE        reply: E0 D7 01 | 01 code | EE
public struct PrefClear: NoParameters {
    /// 0, or 1 for a failure: nothing is open, or it is read-only.
    public typealias Reply = ResultCode

    public init() {}

    public static var opcode: Opcode { .prefClear }
    public static var summary: StaticString { "remove all preferences" }
}

/// PREF_REMOVE: removes a key.
///
///     E0 58 01 | L key | EE        reply: E0 D8 01 | 01 code | EE
public struct PrefRemove: Command {
    /// 0, 1 for a failure, 255 for a wrong count.
    public typealias Reply = ResultCode

    /// At most 15 characters.
    public var key: ArraySlice<UInt8> = []
    /// The frame has a wrong number of parameters; devices read none of them and reply 255.
    public var isMiscounted = false

    public init() {}
    public init(key: ArraySlice<UInt8>) { self.key = key }

    public static var opcode: Opcode { .prefRemove }
    public static var summary: StaticString { "remove a preference" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        guard try coder.hasCount(1, &isMiscounted) else { return }
        try coder.text("key", &key)
    }
}

/// PREF_GETTYPE: the type of a key's value.
///
///     E0 5D 01 | L key | EE        reply: E0 DD 01 | 01 type | EE
public struct PrefGettype: Command {
    /// The type.
    public struct Reply: Layout, Equatable, Sendable {
        /// The type; ``PreferenceType/invalid`` when the key does not exist.
        public var type = PreferenceType.i8

        public init() {}
        public init(type: PreferenceType) { self.type = type }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u8("type", &type.rawValue)
        }
    }

    /// At most 15 characters.
    public var key: ArraySlice<UInt8> = []

    public init() {}
    public init(key: ArraySlice<UInt8>) { self.key = key }

    public static var opcode: Opcode { .prefGettype }
    public static var summary: StaticString { "the type of a preference" }

    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.text("key", &key)
    }
}

/// PREF_STAT: the number of free entries.
///
///     E0 5A 00 EE        reply: E0 DA 01 | 04 count (little endian) | EE
public struct PrefStat: NoParameters {
    /// The number.
    public struct Reply: Layout, Equatable, Sendable {
        /// Free entries.
        public var count: UInt32 = 0

        public init() {}
        public init(count: UInt32) { self.count = count }

        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u32("count", .little, &count)
        }
    }

    public init() {}

    public static var opcode: Opcode { .prefStat }
    public static var summary: StaticString { "free entries for preferences" }
}
