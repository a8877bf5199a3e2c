import NINAWire

/// One value of a name space: its type, and its bytes as PREF_PUT brings them (numbers little endian, strings with NUL).
struct PreferenceValue: Equatable {
    /// The most bytes of a string, its NUL included: ESP-IDF's limit.
    static let longestString = 4000

    let type: PreferenceType
    let bytes: [UInt8]

    /// A value as PREF_PUT brings it; nil when the bytes do not fit the type.
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

    /// Entries of 32 bytes that it takes in the firmware's flash: a number one, text and bytes a head and their length.
    var entries: Int {
        let data = (bytes.count + 31) / 32
        return type == .string ? 1 + data : type == .blob ? 2 + data : 1
    }
}

extension PreferenceType {
    /// Bytes of a number of this type; nil for text, bytes, and types that do not exist.
    var width: Int? {
        switch self {
        case .i8, .u8: 1
        case .i16, .u16: 2
        case .i32, .u32: 4
        case .i64, .u64: 8
        default: nil
        }
    }

    /// Whether values have this type.
    var exists: Bool { rawValue < PreferenceType.invalid.rawValue }
}

/// A name space of preferences: typed values under keys.
struct PreferenceNamespace: Equatable {
    /// Entries that all name spaces have together: the 6 pages of 126 in nina-fw's partition `nvs` (24 KiB), without the
    /// one that ESP-IDF keeps free.
    static let entryLimit = 630

    private(set) var values: [PreferenceName: PreferenceValue] = [:]

    /// Entries that it takes; the name takes one.
    var entries: Int { values.values.reduce(1) { $0 + $1.entries } }

    /// The value under a key.
    subscript(key: PreferenceName) -> PreferenceValue? { values[key] }

    /// Stores a value; false when the key has one of another type, which ESP-IDF refuses too.
    mutating func put(_ key: PreferenceName, _ value: PreferenceValue) -> Bool {
        guard values[key].map({ $0.type == value.type }) ?? true else { return false }
        values[key] = value
        return true
    }

    /// Removes a value; false when the key has no value.
    mutating func remove(_ key: PreferenceName) -> Bool { values.removeValue(forKey: key) != nil }

    /// Removes every value.
    mutating func removeAll() { values = [:] }
}
