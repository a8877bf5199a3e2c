/// Where each value of a JSON text is, for errors: `JSONDecoder` knows the path of a value, but not its line.
///
/// It also refuses what the decoder takes silently: a key that is there twice.
struct JSONPlaces {
    /// A syntax error, or a key that is there twice.
    struct Failure: Error {
        var line: Int
        var path: [String]
        var problem: String
    }

    /// More than any of our files need, and less than the stack holds.
    private static let deepest = 32

    private var lines: [String: Int] = [:]
    /// The values at the paths of this length, to be decoded one by one.
    private let depth: Int
    private var values: [String: ArraySlice<UInt8>] = [:]
    private var bytes: ArraySlice<UInt8>
    private var line = 1
    private var path: [String] = []

    /// - Parameter depth: the length of the paths whose values are kept.
    init(_ text: [UInt8], keeping depth: Int) throws(Failure) {
        self.depth = depth
        bytes = text[...]
        try value()
        skipSpace()
        guard bytes.isEmpty else { throw failure("there is something behind the end: \(shown)") }
    }

    /// The line of the value at a path, or of the innermost one around it that there is.
    func line(of path: [String]) -> Int {
        for count in stride(from: path.count, through: 0, by: -1) {
            if let line = lines[Self.key(path.prefix(count))] { return line }
        }
        return 1
    }

    /// The line of a field somewhere in the value at a path; that of the value if there is no such field.
    func line(of field: String, in path: [String]) -> Int {
        if let line = lines[Self.key(path + [field])] { return line }
        let prefix = Self.key(path) + "\u{0}"
        let inside = lines.filter { $0.key.hasPrefix(prefix) && $0.key.hasSuffix("\u{0}" + field) }
        return inside.map(\.value).min() ?? line(of: path)
    }

    /// The text of a value at a path of the length that was asked for.
    func value(at path: [String]) -> ArraySlice<UInt8>? { values[Self.key(path)] }

    private static func key(_ path: some Sequence<String>) -> String { path.joined(separator: "\u{0}") }

    private func failure(_ problem: String) -> Failure { Failure(line: line, path: path, problem: problem) }

    private var shown: String {
        guard let byte = bytes.first else { return "the end of the file" }
        return (0x21...0x7E).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
    }

    private mutating func skipSpace() {
        while let byte = bytes.first, [0x20, 0x09, 0x0A, 0x0D].contains(byte) {
            if byte == 0x0A { line += 1 }
            bytes.removeFirst()
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard bytes.first == UInt8(ascii: character) else { return false }
        bytes.removeFirst()
        return true
    }

    private mutating func value() throws(Failure) {
        skipSpace()
        lines[Self.key(path)] = line
        guard path.count <= Self.deepest else { throw failure("more than \(Self.deepest) levels") }
        let rest = bytes
        defer { if path.count == depth { values[Self.key(path)] = rest[..<bytes.startIndex] } }
        switch bytes.first {
        case UInt8(ascii: "{"): try object()
        case UInt8(ascii: "["): try array()
        case UInt8(ascii: "\""): _ = try string()
        default: try word()
        }
    }

    private mutating func object() throws(Failure) {
        bytes.removeFirst()
        var keys: Set<String> = []
        if take("}") { return }
        while true {
            skipSpace()
            guard bytes.first == UInt8(ascii: "\"") else { throw failure("expected a key in quotes, got \(shown)") }
            let start = line
            let key = try string()
            path.append(key)
            guard keys.insert(key).inserted else { throw failure("the field is there twice") }
            guard take(":") else { throw failure("expected ':', got \(shown)") }
            try value()
            lines[Self.key(path)] = start
            path.removeLast()
            if take("}") { return }
            guard take(",") else { throw failure("expected ',' or '}', got \(shown)") }
        }
    }

    private mutating func array() throws(Failure) {
        bytes.removeFirst()
        if take("]") { return }
        var index = 0
        while true {
            path.append("\(index)")
            try value()
            path.removeLast()
            index += 1
            if take("]") { return }
            guard take(",") else { throw failure("expected ',' or ']', got \(shown)") }
        }
    }

    /// Keys with escapes keep them: the decoder's path differs then, and the line of the value around it is named.
    private mutating func string() throws(Failure) -> String {
        bytes.removeFirst()
        var text: [UInt8] = []
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = bytes.popFirst() else { throw failure("a string without its end") }
                text += [byte, escaped]
            case 0..<0x20: throw failure("a string with a control character, or without its end")
            default: text.append(byte)
            }
        }
        throw failure("a string without its end")
    }

    private mutating func word() throws(Failure) {
        var count = 0
        while let byte = bytes.first, Self.isOfWord(byte) {
            bytes.removeFirst()
            count += 1
        }
        guard count > 0 else { throw failure("expected a value, got \(shown)") }
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "E"),
            UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
