import NINAWire

/// Why bytes are not a valid name space.
enum PreferenceFileError: Error, Equatable, CustomStringConvertible {
    case tooShort
    case notOne
    case version(UInt8)
    case checksum
    case otherName
    case contents

    var description: String {
        switch self {
        case .tooShort: "the file is too short"
        case .notOne: "it is not a preference file"
        case .version(let version): "the file is of the unknown version \(version)"
        case .checksum: "its checksum is wrong"
        case .otherName: "the file belongs to another name space"
        case .contents: "its contents are invalid"
        }
    }
}

/// The file format of a name space. Numbers are little endian.
///
///     "NPRF"  4E 50 52 46
///     version 01
///     name    length (1 byte), bytes
///     count   of values (2 bytes)
///     values  type (1 byte), length of the key (1), key, length of the value (2), value; in the order of the keys
///     CRC-32  of all bytes before it (4 bytes; IEEE 802.3, as in zip and PNG)
///
/// The checksum detects damage from outside: a file is only ever replaced as a whole.
enum PreferenceFile {
    private static let magic = Array("NPRF".utf8)
    private static let version: UInt8 = 1

    static func encode(_ namespace: PreferenceNamespace, name: PreferenceName) -> [UInt8] {
        var bytes = magic + [version, UInt8(name.bytes.count)] + name.bytes
        bytes += namespace.values.count.lowFirst(2)
        for (key, value) in namespace.values.sorted(by: { $0.key < $1.key }) {
            bytes += [value.type.rawValue, UInt8(key.bytes.count)] + key.bytes
            bytes += value.bytes.count.lowFirst(2)
            bytes += value.bytes
        }
        bytes += CRC32.of(bytes).lowFirst()
        return bytes
    }

    static func decode(
        _ bytes: [UInt8], name: PreferenceName
    ) throws(PreferenceFileError) -> PreferenceNamespace {
        guard bytes.count >= magic.count + 1 + 4 else { throw .tooShort }
        guard bytes.starts(with: magic) else { throw .notOne }
        guard bytes[magic.count] == version else { throw .version(bytes[magic.count]) }
        var end = Cursor(bytes[(bytes.count - 4)...])
        let body = bytes[..<(bytes.count - 4)]
        guard try end.number(4) == Int(CRC32.of(body)) else { throw .checksum }
        var cursor = Cursor(body.dropFirst(magic.count + 1))
        guard try cursor.take(try cursor.number(1)).elementsEqual(name.bytes) else { throw .otherName }
        var namespace = PreferenceNamespace()
        for _ in 0..<(try cursor.number(2)) {
            let type = PreferenceType(rawValue: UInt8(try cursor.number(1)))
            guard let key = PreferenceName(try cursor.take(try cursor.number(1))),
                let value = PreferenceValue(type, try cursor.take(try cursor.number(2))), namespace[key] == nil,
                namespace.put(key, value)
            else { throw .contents }
        }
        guard cursor.isAtEnd else { throw .contents }
        return namespace
    }

    private struct Cursor {
        private var rest: ArraySlice<UInt8>
        init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

        var isAtEnd: Bool { rest.isEmpty }

        mutating func take(_ count: Int) throws(PreferenceFileError) -> ArraySlice<UInt8> {
            guard rest.count >= count else { throw .contents }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }

        mutating func number(_ size: Int) throws(PreferenceFileError) -> Int {
            try take(size).lowFirst()
        }
    }
}
