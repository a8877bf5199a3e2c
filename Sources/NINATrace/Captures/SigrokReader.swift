import NINAWire

/// Reads annotations of sigrok's spi decoder: `12-34 spi-1: mosi-transfer: "E0 20 00 EE"` of sigrok-cli 0.7.2 with `-l 4`,
/// `12-34 spi-1: E0 20 00 EE` without, and `12-34 SPI: MOSI transfer: E0 20 00 EE` of PulseView.
///
/// Without a class the decoder's order tells the directions: MISO, then MOSI.
struct SigrokReader {
    private let samplesPerSecond: UInt64
    private var window = CapturedWindow()
    /// The samples of the window.
    private var range: ArraySlice<UInt8>?
    private var hasClass = true
    private var time: UInt64 = 0
    private var order = TimeOrder()

    static func read(
        _ bytes: [UInt8], samplesPerSecond: UInt64, _ body: (TraceRecord) -> Void
    ) throws(TraceError) {
        var reader = SigrokReader(samplesPerSecond: max(1, samplesPerSecond))
        var lines = Lines(bytes)
        while let (number, line) = lines.next() {
            if !line.isEmpty { try reader.read(line, number, body) }
        }
        reader.end(body)
    }

    private init(samplesPerSecond: UInt64) { self.samplesPerSecond = samplesPerSecond }

    private mutating func read(
        _ line: ArraySlice<UInt8>, _ number: Int, _ body: (TraceRecord) -> Void
    ) throws(TraceError) {
        let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, let content = parts.last else {
            throw TraceError(
                .line(number), "annotation",
                "expected 'SAMPLES DECODER: CLASS: BYTES', got \(TraceError.quote(line)); sigrok-cli prints it with "
                    + "-l 4 -A spi=mosi-transfer:miso-transfer --protocol-decoder-samplenum")
        }
        let name = parts.count == 3 ? String(decoding: parts[1], as: UTF8.self).lowercased() : nil
        if let name, !name.contains("transfer") || name.contains("mosi") == name.contains("miso") {
            throw TraceError(
                .line(number), "class", "expected mosi-transfer or miso-transfer, got \(TraceError.quote(name))")
        }
        let samples = parts[0].prefix { $0 != UInt8(ascii: " ") }
        let end = samples.split(separator: UInt8(ascii: "-")).last.flatMap {
            UInt64(String(decoding: $0, as: UTF8.self))
        }
        guard let end, samples.contains(UInt8(ascii: "-")) else {
            throw TraceError(.line(number), "samples", "expected FIRST-LAST, got \(TraceError.quote(samples))")
        }
        var digits = content.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\"") }
        while digits.last == UInt8(ascii: "\"") || digits.last == UInt8(ascii: " ") { digits = digits.dropLast() }
        guard let bytes = digits.hexadecimalBytes, bytes.count <= TraceRecord.longestWindow else {
            throw TraceError(.line(number), "bytes", "expected two hex digits a byte, got \(TraceError.quote(content))")
        }
        if range.map({ !$0.elementsEqual(samples) }) ?? true {
            self.end(body)
            let (high, low) = end.multipliedFullWidth(by: 1_000_000_000)
            guard high < samplesPerSecond else { throw TraceError(.line(number), "samples", "\(end) is out of range") }
            time = samplesPerSecond.dividingFullWidth((high, low)).quotient
            guard time < TraceRecord.timeLimit else {
                throw TraceError(.line(number), "samples", "\(end) is out of range")
            }
            try order.check(time, at: .line(number))
            range = samples
        }
        if name?.contains("mosi") ?? !window.miso.isEmpty { window.mosi = bytes } else { window.miso = bytes }
        hasClass = name != nil
    }

    private mutating func end(_ body: (TraceRecord) -> Void) {
        // One direction alone, of which it is not said which.
        if !hasClass, window.mosi.isEmpty, window.miso.first == Frame.start,
            (window.miso.dropFirst().first ?? 0) & Frame.replyBit == 0
        {
            window = CapturedWindow(mosi: window.miso)
        }
        if range != nil, let event = window.event { body(TraceRecord(time: time, coprocessor: 1, event)) }
        window = CapturedWindow()
        range = nil
    }
}
