// Texts that come from hosts and from the network.

extension Context {
    /// The text of a parameter, up to its first NUL. Says so where that drops more than NULs.
    func text(_ bytes: ArraySlice<UInt8>, _ what: StaticString) -> ArraySlice<UInt8> {
        let text = bytes.asCString
        if bytes[text.endIndex...].contains(where: { $0 != 0 }) {
            log(.warning, "\(what) has a NUL inside: only the \(text.count) of \(bytes.count) bytes before it count")
        }
        return text
    }

    /// Whether a text fits into the firmware's buffer; `modern` has room for every text.
    func fits(_ text: ArraySlice<UInt8>, _ limit: Int) -> Bool {
        text.count <= limit || !has(.longTextsOverflow)
    }
}

extension ArraySlice<UInt8> {
    /// The bytes before the first NUL: hosts in several languages send a terminating NUL.
    var asCString: ArraySlice<UInt8> { firstIndex(of: 0).map { self[..<$0] } ?? self }
}

extension Collection<UInt8> {
    /// The text without control characters, for a log.
    var printable: String { String(decoding: self, as: UTF8.self).printable }
}

extension String {
    /// The text without control characters: it may come from the network, and is written to logs and terminals.
    var printable: String {
        String(
            String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 })
        )
    }
}
