extension String {
    /// The text without control characters: it may come from the network, and is written to logs and terminals.
    var printable: String {
        String(
            String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 })
        )
    }
}
