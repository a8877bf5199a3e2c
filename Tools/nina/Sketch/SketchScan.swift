/// Finds the functions of a file of a sketch. It knows as much of C++ as that takes: comments, literals, lines of the
/// preprocessor, and brackets.
struct SketchScan {
    private(set) var functions: [SketchFunction] = []
    private let source: [UInt8]
    /// The source with comments and lines of the preprocessor as blanks.
    private var code: [UInt8]
    /// The same with the insides of literals as blanks too: what has a bracket here is a bracket.
    private var mask: [UInt8]
    private var directives: [(offset: Int, text: [UInt8])] = []

    init(_ source: [UInt8]) {
        self.source = source
        code = source
        mask = source
        blank()
        find()
    }

    // MARK: Comments, literals and the preprocessor

    private func has(_ text: StaticString, at index: Int) -> Bool {
        let count = text.utf8CodeUnitCount
        guard index + count <= source.count else { return false }
        return (0..<count).allSatisfy { source[index + $0] == text.utf8Start[$0] }
    }

    private mutating func clear(_ range: Range<Int>, onlyMask: Bool = false) {
        for index in range where source[index] != UInt8(ascii: "\n") {
            mask[index] = UInt8(ascii: " ")
            if !onlyMask { code[index] = UInt8(ascii: " ") }
        }
    }

    private mutating func blank() {
        var index = 0
        var isLineStart = true
        while index < source.count {
            let start = index
            switch source[index] {
            case UInt8(ascii: "/") where has("//", at: index):
                index = lineEnd(index)
                clear(start..<index)
            case UInt8(ascii: "/") where has("/*", at: index):
                index += 2
                while index < source.count, !has("*/", at: index) { index += 1 }
                index = min(index + 2, source.count)
                clear(start..<index)
            case UInt8(ascii: "#") where isLineStart:
                index = lineEnd(index)
                directives.append((start, Array(source[start..<index]) + [UInt8(ascii: "\n")]))
                clear(start..<index)
            case UInt8(ascii: "R") where has("R\"", at: index) && isPrefix(before: index):
                index = rawStringEnd(index)
                clear(start..<index, onlyMask: true)
            case UInt8(ascii: "0")...UInt8(ascii: "9") where !isWord(before: index):
                index = numberEnd(index)
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                index = literalEnd(index)
                clear(start..<index, onlyMask: true)
            default:
                index += 1
                if source[start] == UInt8(ascii: "\n") {
                    isLineStart = true
                    continue
                }
            }
            let isBlank = source[start] == UInt8(ascii: " ") || source[start] == UInt8(ascii: "\t")
            if !isBlank, mask[start] != UInt8(ascii: " ") { isLineStart = false }
        }
    }

    /// The end of a line, where a backslash at the end continues it.
    private func lineEnd(_ start: Int) -> Int {
        var index = start
        while index < source.count, source[index] != UInt8(ascii: "\n") || continues(index) { index += 1 }
        return index
    }

    private func continues(_ end: Int) -> Bool {
        has("\\\n", at: end - 1) || (end >= 2 && has("\\\r\n", at: end - 2))
    }

    /// The end of a number, where `'` separates digits.
    private func numberEnd(_ start: Int) -> Int {
        var index = start + 1
        while index < source.count {
            let isSeparator = source[index] == UInt8(ascii: "'") && index + 1 < source.count
            guard Self.isWord(source[isSeparator ? index + 1 : index]) else { break }
            index += 1
        }
        return index
    }

    /// The end of a literal, or of the line if it has none.
    private func literalEnd(_ start: Int) -> Int {
        var index = start + 1
        while index < source.count, source[index] != source[start], source[index] != UInt8(ascii: "\n") {
            index += source[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard index < source.count else { return source.count }
        return source[index] == source[start] ? index + 1 : index
    }

    /// `R"name( ... )name"`
    private func rawStringEnd(_ start: Int) -> Int {
        guard let open = source[start...].firstIndex(of: UInt8(ascii: "(")) else { return start + 1 }
        let end = [UInt8(ascii: ")")] + source[(start + 2)..<open] + [UInt8(ascii: "\"")]
        var index = open
        while index < source.count, !source[index...].starts(with: end) { index += 1 }
        return min(index + end.count, source.count)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), 128...255:
            true
        default: false
        }
    }

    private func isWord(before index: Int) -> Bool { index > 0 && Self.isWord(source[index - 1]) }

    /// Whether the word in front of the R of a raw string is one of its prefixes, or nothing.
    private func isPrefix(before index: Int) -> Bool {
        var start = index
        while isWord(before: start) { start -= 1 }
        let word = source[start..<index]
        return ["", "L", "u", "U", "u8"].contains { word.elementsEqual($0.utf8) }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

    // MARK: Functions

    private mutating func find() {
        var depth = 0
        var start = 0
        var line = 1
        var startLine = 1
        var isBlankSoFar = true
        for index in mask.indices {
            let byte = mask[index]
            if depth == 0, isBlankSoFar, !Self.isSpace(byte) {
                isBlankSoFar = false
                start = index
                startLine = line
            }
            switch byte {
            case UInt8(ascii: "\n"): line += 1
            case UInt8(ascii: "{"):
                if depth == 0 { note(start..<index, startLine) }
                depth += 1
            case UInt8(ascii: "}"):
                depth = max(0, depth - 1)
                if depth == 0 { isBlankSoFar = true }
            case UInt8(ascii: ";") where depth == 0: isBlankSoFar = true
            default: break
            }
        }
    }

    /// Keeps what is in front of a block, if it is the head of a function.
    private mutating func note(_ range: Range<Int>, _ line: Int) {
        var end = range.upperBound
        while end > range.lowerBound, Self.isSpace(mask[end - 1]) { end -= 1 }
        for suffix in ["const", "noexcept"]
        where mask[range.lowerBound..<end].reversed().starts(with: suffix.utf8.reversed()) {
            end -= suffix.utf8.count
            while end > range.lowerBound, Self.isSpace(mask[end - 1]) { end -= 1 }
        }
        guard end > range.lowerBound, mask[end - 1] == UInt8(ascii: ")"), let open = opening(end - 1, range.lowerBound)
        else { return }
        var nameEnd = open
        while nameEnd > range.lowerBound, Self.isSpace(mask[nameEnd - 1]) { nameEnd -= 1 }
        var nameStart = nameEnd
        while nameStart > range.lowerBound, Self.isWord(mask[nameStart - 1]) { nameStart -= 1 }
        let name = String(decoding: mask[nameStart..<nameEnd], as: UTF8.self)
        let front = mask[range.lowerBound..<nameStart]
        guard let last = front.last(where: { !Self.isSpace($0) }), !name.isEmpty, last != UInt8(ascii: ":"),
            !front.contains(UInt8(ascii: "=")), !Self.words(front).contains("operator"),
            !["if", "for", "while", "switch", "catch"].contains(name)
        else { return }
        functions.append(
            SketchFunction(
                name: name, start: range.lowerBound, line: line,
                prototype: Array(code[range.lowerBound..<open]) + withoutDefaults(open..<end)
                    + code[end..<range.upperBound],
                conditions: conditions(at: range.lowerBound)))
    }

    private static func words(_ bytes: ArraySlice<UInt8>) -> [String] {
        bytes.split { !isWord($0) }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The bracket that a closing one belongs to.
    private func opening(_ close: Int, _ first: Int) -> Int? {
        var depth = 0
        for index in (first...close).reversed() {
            if mask[index] == UInt8(ascii: ")") { depth += 1 }
            if mask[index] == UInt8(ascii: "(") { depth -= 1 }
            if depth == 0 { return index }
        }
        return nil
    }

    /// The parameters without their default arguments, which only the definition may have.
    private func withoutDefaults(_ range: Range<Int>) -> [UInt8] {
        var result: [UInt8] = []
        var depth = 0
        var isDefault = false
        for index in range {
            switch mask[index] {
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "<"): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ">"): depth -= 1
            case UInt8(ascii: "=") where depth == 1: isDefault = true
            default: break
            }
            let isEnd = depth == 0 || (depth == 1 && mask[index] == UInt8(ascii: ","))
            if isEnd { isDefault = false }
            if !isDefault { result.append(code[index]) }
        }
        return result
    }

    /// The conditions of the preprocessor that hold at an offset.
    private func conditions(at offset: Int) -> [[UInt8]] {
        var open: [[[UInt8]]] = []
        for directive in directives.prefix(while: { $0.offset < offset }) {
            // `# if` is `#if`.
            let rest = directive.text.dropFirst().drop { $0 == 32 || $0 == 9 }
            let text = [UInt8(ascii: "#")] + rest
            if rest.starts(with: "if".utf8) {
                open.append([text])
            } else if rest.starts(with: "el".utf8), !open.isEmpty {
                open[open.count - 1].append(text)
            } else if rest.starts(with: "endif".utf8) {
                _ = open.popLast()
            }
        }
        return open.flatMap { $0 }
    }
}
