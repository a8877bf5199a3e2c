/// A format in which traces are written.
public enum TraceFormat: String, CaseIterable, Sendable {
    /// One JSON object a line.
    case jsonLines = "jsonl"
    /// For Wireshark.
    case pcapng
    /// For viewers of waveforms.
    case vcd

    /// The format of a file, by the ending of its name; nil for another ending.
    public init?(path: String) {
        guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        self.init(rawValue: String(path[path.index(after: dot)...]).lowercased())
    }

    /// The endings, for messages.
    public static let endings = allCases.map { "." + $0.rawValue }.joined(separator: ", ")
}
