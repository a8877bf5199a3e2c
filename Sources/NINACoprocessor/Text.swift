// Texts that come from hosts and from the network.

extension ArraySlice<UInt8> {
    /// The bytes before the first NUL: hosts in several languages send a terminating NUL.
    var asCString: ArraySlice<UInt8> { firstIndex(of: 0).map { self[..<$0] } ?? self }
}

extension String {
    /// The text without control characters: it may come from the network, and is written to logs and terminals.
    var printable: String {
        String(
            String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 })
        )
    }
}
