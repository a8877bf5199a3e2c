import LinuxIO

/// The serial monitor: standard output.
enum Serial {
    /// Prints text as it is, but for what a terminal would obey: much of it comes from others.
    static func print(_ text: String) {
        // The end of a line is CR and LF on the network, LF here.
        let lines = String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 != "\r" }))
        StandardOutput.write(printable(lines, keeping: ["\n", "\t"]))
    }

    /// Prints text and ends the line.
    static func println(_ text: String = "") { print(text + "\n") }

    /// Prints bytes as text.
    static func write(_ bytes: [UInt8]) { print(String(decoding: bytes, as: UTF8.self)) }
}
