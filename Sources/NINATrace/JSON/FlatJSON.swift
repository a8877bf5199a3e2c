/// Reads an object of JSON whose values are strings, whole numbers and booleans: a line of a trace.
struct FlatJSON {
    enum Value: Equatable {
        case string(String)
        case number(UInt64)
        case boolean(Bool)
    }

    private var rest: ArraySlice<UInt8>
    private let start: Int
    private let line: Int

    private init(_ bytes: ArraySlice<UInt8>, line: Int) {
        rest = bytes
        start = bytes.startIndex
        self.line = line
    }

    /// The members of the object in a line.
    static func members(_ bytes: ArraySlice<UInt8>, line: Int) throws(TraceError) -> [(key: String, value: Value)] {
        var reader = FlatJSON(bytes, line: line)
        return try reader.object()
    }

    private mutating func object() throws(TraceError) -> [(key: String, value: Value)] {
        var members: [(key: String, value: Value)] = []
        skipSpace()
        try expect("{", in: "object")
        skipSpace()
        if take("}") { return try end(members) }
        repeat {
            skipSpace()
            let key = try string(in: "key")
            guard !members.contains(where: { $0.key == key }) else { throw error(key, "the key stands there twice") }
            // More keys than any event has: nothing is gained by reading on.
            guard members.count < 32 else { throw error(key, "too many keys") }
            skipSpace()
            try expect(":", in: key)
            skipSpace()
            members.append((key, try value(of: key)))
            skipSpace()
        } while take(",")
        try expect("}", in: "object")
        return try end(members)
    }

    private mutating func end(
        _ members: [(key: String, value: Value)]
    ) throws(TraceError) -> [(key: String, value: Value)] {
        skipSpace()
        guard rest.isEmpty else { throw error("object", "something follows it: \(TraceError.quote(rest))") }
        return members
    }

    private mutating func value(of key: String) throws(TraceError) -> Value {
        switch rest.first {
        case UInt8(ascii: "\""): return .string(try string(in: key))
        case .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return .number(try number(in: key))
        default:
            if take("true") { return .boolean(true) }
            if take("false") { return .boolean(false) }
            throw error(key, "expected a string, a whole number, true or false, got \(TraceError.quote(rest))")
        }
    }

    private mutating func number(in key: String) throws(TraceError) -> UInt64 {
        var number: UInt64 = 0
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        for digit in digits {
            let (product, isOver) = number.multipliedReportingOverflow(by: 10)
            let (sum, isOverAgain) = product.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
            guard !isOver, !isOverAgain else { throw error(key, "the number is too large") }
            number = sum
        }
        rest = rest.dropFirst(digits.count)
        if let next = rest.first, [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(next) {
            throw error(key, "expected a whole number")
        }
        guard digits.count == 1 || digits.first != UInt8(ascii: "0") else {
            throw error(key, "a number does not begin with 0")
        }
        return number
    }

    private mutating func string(in key: String) throws(TraceError) -> String {
        try expect("\"", in: key)
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: bytes, as: UTF8.self) else { throw error(key, "invalid UTF-8") }
                return text
            case UInt8(ascii: "\\"): try escape(in: key, into: &bytes)
            case 0..<0x20: throw error(key, "a control character in a string")
            default: bytes.append(byte)
            }
        }
        throw error(key, "the string has no end")
    }

    private mutating func escape(in key: String, into bytes: inout [UInt8]) throws(TraceError) {
        guard let byte = rest.popFirst() else { throw error(key, "the string has no end") }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
        case UInt8(ascii: "b"): bytes.append(8)
        case UInt8(ascii: "f"): bytes.append(12)
        case UInt8(ascii: "n"): bytes.append(10)
        case UInt8(ascii: "r"): bytes.append(13)
        case UInt8(ascii: "t"): bytes.append(9)
        case UInt8(ascii: "u"):
            var code = try hexadecimal(in: key)
            if (0xD800..<0xDC00).contains(code) {
                guard take("\\u") else { throw error(key, "half of a surrogate pair") }
                let low = try hexadecimal(in: key)
                guard (0xDC00..<0xE000).contains(low) else { throw error(key, "half of a surrogate pair") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw error(key, "half of a surrogate pair") }
            bytes.append(contentsOf: String(Character(scalar)).utf8)
        default: throw error(key, "\(TraceError.quote([UInt8(ascii: "\\"), byte])) is no escape")
        }
    }

    private mutating func hexadecimal(in key: String) throws(TraceError) -> UInt32 {
        let digits = rest.prefix(4)
        rest = rest.dropFirst(4)
        var code: UInt32 = 0
        for digit in digits {
            guard let value = digit.hexadecimalValue else { throw error(key, "expected four hex digits after \\u") }
            code = code << 4 | UInt32(value)
        }
        guard digits.count == 4 else { throw error(key, "expected four hex digits after \\u") }
        return code
    }

    private mutating func skipSpace() {
        rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
    }

    private mutating func take(_ text: StaticString) -> Bool {
        let isThere = text.withUTF8Buffer { rest.starts(with: $0) }
        if isThere { rest = rest.dropFirst(text.utf8CodeUnitCount) }
        return isThere
    }

    private mutating func expect(_ text: StaticString, in field: String) throws(TraceError) {
        guard take(text) else {
            throw error(field, "expected \(text), got \(rest.isEmpty ? "the end of the line" : TraceError.quote(rest))")
        }
    }

    private func error(_ field: String, _ problem: String) -> TraceError {
        TraceError(.line(line), TraceError.quote(field), "\(problem) (column \(rest.startIndex - start + 1))")
    }
}

extension UInt8 {
    /// The value of a hexadecimal digit.
    var hexadecimalValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension ArraySlice<UInt8> {
    /// The bytes that hexadecimal digits say, two a byte, with spaces between bytes; nil if something else is in them.
    var hexadecimalBytes: [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count / 2)
        var high: UInt8?
        for character in self {
            if character == UInt8(ascii: " ") || character == UInt8(ascii: "\t"), high == nil { continue }
            guard let value = character.hexadecimalValue else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return high == nil ? bytes : nil
    }
}
