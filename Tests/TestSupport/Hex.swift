extension [UInt8] {
    /// Parses hexadecimal digits; ignores spaces and bars, and takes text in single quotes as ASCII:
    /// `E0 10 01 | 04 'open' | EE`.
    public init(hex text: String) {
        self = []
        var isQuoted = false
        var high: UInt8?
        for character in text.utf8 {
            if character == UInt8(ascii: "'") {
                isQuoted.toggle()
            } else if isQuoted {
                append(character)
            } else if let digit = Character(UnicodeScalar(character)).hexDigitValue.map({ UInt8($0) }) {
                if let first = high {
                    append(first << 4 | digit)
                    high = nil
                } else {
                    high = digit
                }
            } else {
                precondition(" |".utf8.contains(character), "not hexadecimal: \(text)")
            }
        }
        precondition(high == nil && !isQuoted, "half a byte, or text without an end: \(text)")
    }
}

extension Sequence<UInt8> {
    /// The bytes as upper-case hexadecimal digits.
    public var hex: String {
        map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return digits.utf8.count < 2 ? "0" + digits : digits
        }.joined()
    }
}

extension String {
    /// The text as bytes, as in commands.
    public var bytes: ArraySlice<UInt8> { ArraySlice(utf8) }
}
