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
            guard let window = rest.hexadecimalBytes, window.count <= TraceRecord.longestWindow else {
                throw TraceError(
                    .line(number), "window",
                    "expected > or <, and at most \(TraceRecord.longestWindow) bytes of two hex digits, got "
                        + TraceError.quote(line))
            }
            let looksOut = window.first == Frame.start && (window.dropFirst().first ?? 0) & Frame.replyBit == 0
            body(
                TraceRecord(
                    time: 0, coprocessor: 1, isOut ?? looksOut ? .windowOut(window[...]) : .windowIn(window[...])))
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
