extension String {
    /// The text without control characters: it may come from the network, and goes into logs and to terminals.
    var printable: String {
        String(
            String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 })
        )
    }
}
