// Preferences: values under keys in one open name space (WiFiNINA 2.1.0, nina-fw's branch preferences).

/// PREF_BEGIN: opens a name space.
///
///     E0 55 01 | L name | EE
///     E0 55 02 | L name | 01 readOnly | EE
///     E0 55 03 | L name | 01 readOnly | L label | EE        reply: E0 D5 01 | 01 code | EE
///
/// The firmware tells the forms apart by the count. Nina-fw's branch set-time has SET_TIME under this number.
public struct PrefBegin: Command {
    /// Which of the three forms a frame has.
    public enum Form: UInt8, Sendable {
        /// The name only.
        case name = 1
        /// Whether it is read only, too.
        case readOnly = 2
        /// The partition, too.
        case label = 3
    }

    /// 0, or 1 for a failure: also when one is open already.
    public typealias Reply = ResultCode

    /// Which form the frame has.
    public var form = Form.name
    /// The name space, at most 15 characters.
    public var name: ArraySlice<UInt8> = []
    /// Not 0: nothing can be stored.
    public var readOnly: UInt8 = 0
    /// The partition, in the form that has one.
    public var label: ArraySlice<UInt8> = []

    /// An empty name.
    public init() {}
    /// Empty, in this form.
    public init(form: Form) { self.form = form }

    /// Its number.
    public static var opcode: Opcode { .prefBegin }
    /// What it does.
    public static var summary: StaticString { "open a name space of preferences" }
    /// The three forms.
    public static var forms: [PrefBegin] {
        [PrefBegin(), PrefBegin(form: .readOnly), PrefBegin(form: .label)]
    }

    /// The parameters of the form.
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
public struct PrefEnd: Command {
    /// Always 1.
    public typealias Reply = Acknowledgement

    /// No parameters.
    public init() {}

    /// Its number.
    public static var opcode: Opcode { .prefEnd }
    /// What it does.
    public static var summary: StaticString { "close the name space of preferences" }

    /// No parameters.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {}
}

/// PREF_CLEAR: removes every key of the name space.
///
///     E0 57 00 EE        reply: E0 D7 01 | 01 code | EE
public struct PrefClear: Command {
    /// 0, or 1 for a failure: nothing is open, or read only.
    public typealias Reply = ResultCode

    /// No parameters.
    public init() {}

    /// Its number.
    public static var opcode: Opcode { .prefClear }
    /// What it does.
    public static var summary: StaticString { "remove all preferences" }

    /// No parameters.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {}
}

/// PREF_REMOVE: removes a key.
///
///     E0 58 01 | L key | EE        reply: E0 D8 01 | 01 code | EE
public struct PrefRemove: Command {
    /// 0, 1 for a failure, 255 for a wrong count.
    public typealias Reply = ResultCode

    /// At most 15 characters.
    public var key: ArraySlice<UInt8> = []
    /// The frame has another number of parameters; devices answer 255 and read none.
    public var isMiscounted = false

    /// An empty key.
    public init() {}
    /// Removes this key.
    public init(key: ArraySlice<UInt8>) { self.key = key }

    /// Its number.
    public static var opcode: Opcode { .prefRemove }
    /// What it does.
    public static var summary: StaticString { "remove a preference" }

    /// The key.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        guard try coder.hasCount(1, &isMiscounted) else { return }
        try coder.text("key", &key)
    }
}

/// PREF_GETTYPE: the type of the value under a key.
///
///     E0 5D 01 | L key | EE        reply: E0 DD 01 | 01 type | EE
public struct PrefGettype: Command {
    /// The type.
    public struct Reply: Layout, Equatable, Sendable {
        /// The type, ``PreferenceType/invalid`` when there is no such key.
        public var type = PreferenceType.i8

        /// A signed byte.
        public init() {}
        /// This type.
        public init(type: PreferenceType) { self.type = type }

        /// One byte.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u8("type", &type.rawValue)
        }
    }

    /// At most 15 characters.
    public var key: ArraySlice<UInt8> = []

    /// An empty key.
    public init() {}
    /// Asks for this key.
    public init(key: ArraySlice<UInt8>) { self.key = key }

    /// Its number.
    public static var opcode: Opcode { .prefGettype }
    /// What it does.
    public static var summary: StaticString { "the type of a preference" }

    /// The key.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.text("key", &key)
    }
}

/// PREF_STAT: how many entries are free.
///
///     E0 5A 00 EE        reply: E0 DA 01 | 04 count (little endian) | EE
public struct PrefStat: Command {
    /// The number.
    public struct Reply: Layout, Equatable, Sendable {
        /// Free entries.
        public var count: UInt32 = 0

        /// None.
        public init() {}
        /// This many.
        public init(count: UInt32) { self.count = count }

        /// One number.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.u32("count", .little, &count)
        }
    }

    /// No parameters.
    public init() {}

    /// Its number.
    public static var opcode: Opcode { .prefStat }
    /// What it does.
    public static var summary: StaticString { "free entries for preferences" }

    /// No parameters.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {}
}
