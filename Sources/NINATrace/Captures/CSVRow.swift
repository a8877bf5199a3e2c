/// The cells of a row of CSV (RFC 4180, without line ends in cells).
enum CSVRow {
    static func cells(_ line: ArraySlice<UInt8>) -> [String] {
        var cells: [[UInt8]] = [[]]
        var isQuoted = false
        for byte in line {
            if byte == UInt8(ascii: "\"") {
                // A quote inside of quotes is doubled; no cell of these files has one.
                isQuoted.toggle()
            } else if byte == UInt8(ascii: ","), !isQuoted {
                cells.append([])
            } else {
                cells[cells.count - 1].append(byte)
            }
        }
        return cells.map { Self.trimmed(String(decoding: $0, as: UTF8.self)) }
    }

    private static func trimmed(_ text: String) -> String {
        var text = text[...]
        while text.first == " " { text = text.dropFirst() }
        while text.last == " " { text = text.dropLast() }
        return String(text)
    }

    /// Seconds, such as `5.2083e-06` or `-0.1`, in nanoseconds.
    static func nanoseconds(_ text: String) -> Int64? {
        guard let seconds = Double(text), seconds.isFinite, abs(seconds) < 4_000_000_000 else { return nil }
        return Int64((seconds * 1e9).rounded())
    }

    /// A byte: `0xE0`, or decimal.
    static func byte(_ text: String) -> UInt8? {
        if text.hasPrefix("0x") || text.hasPrefix("0X") { return UInt8(text.dropFirst(2), radix: 16) }
        return UInt8(text)
    }
}
