/// A format that can be read.
public enum TraceSource: String, CaseIterable, Sendable {
    /// One JSON object a line.
    case jsonLines = "jsonl"
    /// What Wireshark reads.
    case pcapng
    /// The waveforms of the lines.
    case vcd
    /// What Saleae's Logic exports of its SPI analyzer.
    case saleae
    /// Annotations of sigrok's spi decoder.
    case sigrok
    /// One window a line.
    case hex

    /// The format of some bytes, by how they begin.
    public init(of bytes: [UInt8]) {
        let start = String(decoding: bytes.prefix(4096), as: UTF8.self)
        let line = start.split(separator: "\n", maxSplits: 1).first.map { $0.lowercased() } ?? ""
        if bytes.starts(with: [0x0A, 0x0D, 0x0D, 0x0A]) {
            self = .pcapng
        } else if start.hasPrefix("{"), !Self.beginsWithArray(start) {
            self = .jsonLines
        } else if start.drop(while: { $0.isWhitespace }).hasPrefix("$") {
            self = .vcd
        } else if line.hasPrefix("name,type,") || line.hasPrefix("\"name\",\"type\",") || line.hasPrefix("time [s]") {
            self = .saleae
        } else if Self.beginsWithSamples(line) {
            self = .sigrok
        } else {
            self = .hex
        }
    }

    /// Whether a text begins like `{ 0xE0, 0x20`, and not with an object of JSON.
    private static func beginsWithArray(_ text: String) -> Bool {
        text.dropFirst().first { !$0.isWhitespace }?.isHexDigit ?? false
    }

    /// Whether a line begins like `100-684 spi-1:`.
    private static func beginsWithSamples(_ line: String) -> Bool {
        let range = line.prefix { $0 != " " }.split(separator: "-", omittingEmptySubsequences: false)
        return range.count == 2 && range.allSatisfy { UInt64($0) != nil } && line.contains(":")
    }

    /// Calls a body with each record, in order.
    /// - Parameter samplesPerSecond: the rate of a capture whose times are sample numbers.
    /// - Throws: the first error, behind the records in front of it; or that there is no record: nothing was traced then, which is
    ///   no trace without faults.
    public func read(
        _ bytes: [UInt8], samplesPerSecond: UInt64 = 1_000_000_000, _ body: (TraceRecord) -> Void
    ) throws(TraceError) {
        guard !bytes.isEmpty else { throw TraceError(.offset(0), "file", "it is empty") }
        var isEmpty = true
        try readRecords(bytes, samplesPerSecond) { record in
            isEmpty = false
            body(record)
        }
        guard !isEmpty else { throw TraceError(.offset(bytes.count), "file", "it ends without an event") }
    }

    private func readRecords(
        _ bytes: [UInt8], _ samplesPerSecond: UInt64, _ body: (TraceRecord) -> Void
    ) throws(TraceError) {
        switch self {
        case .jsonLines: try JSONLinesReader.read(bytes, body)
        case .pcapng: try PcapngReader.read(bytes, body)
        case .vcd: try VCDReader.read(bytes, body)
        case .saleae: try SaleaeReader.read(bytes, body)
        case .sigrok: try SigrokReader.read(bytes, samplesPerSecond: samplesPerSecond, body)
        case .hex: try HexReader.read(bytes, body)
        }
    }
}
