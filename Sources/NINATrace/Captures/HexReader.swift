import NINAWire

/// Reads one window a line, in hex. Times are 0.
enum HexReader {
    static func read(_ bytes: [UInt8], _ body: (TraceRecord) -> Void) throws(TraceError) {
        var lines = Lines(bytes)
        while let (number, line) = lines.next() {
            var rest = line.prefix { $0 != UInt8(ascii: "#") }.drop(while: Self.isSpace)
            guard !rest.isEmpty else { continue }
            var isOut: Bool?
            if rest.first == UInt8(ascii: ">") || rest.first == UInt8(ascii: "<") {
                isOut = rest.popFirst() == UInt8(ascii: ">")
            }
            while let last = rest.last, Self.isSpace(last) { rest = rest.dropLast() }
            guard let window = Self.bytes(rest), window.count <= TraceRecord.longestWindow else {
                throw TraceError(
                    .line(number), "window",
                    "expected > or <, and at most \(TraceRecord.longestWindow) bytes of two hex digits, got "
                        + TraceError.quote(line))
            }
            // A line such as `};` has no window.
            guard !window.isEmpty || isOut != nil else { continue }
            let looksOut = window.first == Frame.start && (window.dropFirst().first ?? 0) & Frame.replyBit == 0
            body(
                TraceRecord(
                    time: 0, coprocessor: 1, isOut ?? looksOut ? .windowOut(window[...]) : .windowIn(window[...])))
        }
    }

    /// The bytes as people copy them: `E0 20`, `E02000EE`, `E0, 20`, `0xE0 0x20`, `\xE0\x20`, `uint8_t c[] = {0xE0, 0x20};`.
    private static func bytes(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var digits: [UInt8] = []
        var rest = text.lastIndex(of: UInt8(ascii: "=")).map { text[($0 + 1)...] } ?? text
        while let byte = rest.popFirst() {
            switch (byte, rest.first) {
            case (UInt8(ascii: "0"), UInt8(ascii: "x")), (UInt8(ascii: "0"), UInt8(ascii: "X")),
                (UInt8(ascii: "\\"), UInt8(ascii: "x")):
                rest.removeFirst()
                digits.append(UInt8(ascii: " "))
                // C allows one digit: 0x0.
                if rest.first?.hexadecimalValue != nil, rest.dropFirst().first?.hexadecimalValue == nil {
                    digits.append(UInt8(ascii: "0"))
                }
            default: digits.append(Self.separators.contains(byte) ? UInt8(ascii: " ") : byte)
            }
        }
        return digits[...].hexadecimalBytes
    }

    private static let separators = Set(",;:{}[]()\"'".utf8)

    private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
