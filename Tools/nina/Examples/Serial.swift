import LinuxIO

/// The serial monitor: standard output.
enum Serial {
    /// Prints text without control characters that a terminal would interpret, because much of it comes from the
    /// network.
    static func print(_ text: String) {
        // Lines end with CR LF on the network, with LF here.
        let lines = String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 != "\r" }))
        StandardOutput.write(printable(lines, keeping: ["\n", "\t"]))
    }

    /// Prints text and ends the line.
    static func println(_ text: String = "") { print(text + "\n") }

    /// Prints bytes as text.
    static func write(_ bytes: [UInt8]) { print(String(decoding: bytes, as: UTF8.self)) }
}
