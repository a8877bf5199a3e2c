import NINACoprocessor

// The names of preference files: bytes other than letters, digits, - and _ are %XX.

extension DirectoryVolume {
    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// The file name of a name space.
    static func fileName(_ name: PreferenceName) -> [UInt8] {
        name.bytes.flatMap { byte in
            isPlain(byte) ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }

    /// The name space of a file; nil when it is not a preference file.
    static func preferenceName(_ file: [UInt8]) -> PreferenceName? {
        var bytes: [UInt8] = []
        var rest = file[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard let high = rest.popFirst().flatMap({ digits.firstIndex(of: $0) }),
                    let low = rest.popFirst().flatMap({ digits.firstIndex(of: $0) })
                else { return nil }
                bytes.append(UInt8(high << 4 | low))
            } else {
                bytes.append(byte)
            }
        }
        // Only one spelling of each name is valid.
        return PreferenceName(bytes).flatMap { fileName($0) == file ? $0 : nil }
    }
}
