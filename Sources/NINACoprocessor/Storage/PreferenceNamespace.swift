import NINAWire

/// A value of a name space: its type, and its bytes as in PREF_PUT (numbers little endian, strings with NUL).
struct PreferenceValue: Equatable {
    /// The maximum length of a string including its NUL: ESP-IDF's limit.
    static let longestString = 4000

    let type: PreferenceType
    let bytes: [UInt8]

    /// A value as in PREF_PUT; nil when the bytes do not match the type.
    init?(_ type: PreferenceType, _ bytes: some Collection<UInt8>) {
        self.type = type
        if type == .string {
            guard let end = bytes.firstIndex(of: 0) else { return nil }
            self.bytes = Array(bytes[...end])
            guard self.bytes.count <= Self.longestString else { return nil }
        } else {
            self.bytes = Array(bytes)
            guard type == .blob || self.bytes.count == type.width else { return nil }
        }
    }

    /// The number of 32-byte entries it takes in the firmware's flash: one for a number; a header plus the contents for
    /// text and bytes.
    var entries: Int {
        let data = (bytes.count + 31) / 32
        return type == .string ? 1 + data : type == .blob ? 2 + data : 1
    }
}

extension PreferenceType {
    /// The size in bytes of a number of this type; nil for text, bytes, and invalid types.
    var width: Int? {
        switch self {
        case .i8, .u8: 1
        case .i16, .u16: 2
        case .i32, .u32: 4
        case .i64, .u64: 8
        default: nil
        }
    }

    /// Whether the type is valid.
    var exists: Bool { rawValue < PreferenceType.invalid.rawValue }
}

/// A name space of preferences: typed values under keys.
struct PreferenceNamespace: Equatable {
    /// The total number of entries of all name spaces: the 6 pages of 126 in nina-fw's partition `nvs` (24 KiB), minus
    /// the one that ESP-IDF keeps free.
    static let entryLimit = 630

    private(set) var values: [PreferenceName: PreferenceValue] = [:]

    /// The number of entries it takes; the name takes one.
    var entries: Int { values.values.reduce(1) { $0 + $1.entries } }

    /// The value of a key.
    subscript(key: PreferenceName) -> PreferenceValue? { values[key] }

    /// Stores a value. Returns false when the key has a value of another type, which ESP-IDF rejects too.
    mutating func put(_ key: PreferenceName, _ value: PreferenceValue) -> Bool {
        guard values[key].map({ $0.type == value.type }) ?? true else { return false }
        values[key] = value
        return true
    }

    /// Removes a value. Returns false when the key has none.
    mutating func remove(_ key: PreferenceName) -> Bool { values.removeValue(forKey: key) != nil }

    /// Removes every value.
    mutating func removeAll() { values = [:] }
}
