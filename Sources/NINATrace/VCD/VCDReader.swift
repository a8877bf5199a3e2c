/// Reads a VCD with the wires CS, SCK and MOSI or MISO, and READY, RESET and IRQ if they are there. SPI mode 0.
struct VCDReader {
    private typealias Wire = VCDWriter.Wire

    private var tokens: VCDTokens
    /// The identifiers of the wires.
    private var wires: [[UInt8]: Wire] = [:]
    /// Nanoseconds are ticks * scale / divisor.
    private var scale: (factor: UInt64, divisor: UInt64) = (1, 1)
    private var time: UInt64 = 0
    private var high: Set<Wire> = []
    private var changes: [(wire: Wire, level: Bool)] = []
    /// Whether all wires have got their first levels: what precedes that is no change.
    private var isSettled = false
    private var window: CapturedWindow?
    private var bits: (count: Int, mosi: UInt8, miso: UInt8) = (0, 0, 0)

    static func read(_ bytes: [UInt8], _ body: (TraceRecord) -> Void) throws(TraceError) {
        var reader = VCDReader(tokens: VCDTokens(bytes))
        try reader.definitions()
        try reader.values(body)
    }

    private init(tokens: VCDTokens) { self.tokens = tokens }

    private mutating func definitions() throws(TraceError) {
        while let token = tokens.next() {
            if token.elementsEqual("$enddefinitions".utf8) {
                _ = section()
                guard wires.values.contains(.chipSelect), wires.values.contains(.clock),
                    wires.values.contains(where: { $0 == .mosi || $0 == .miso })
                else {
                    throw error("$var", "the wires CS, SCK, and MOSI or MISO are needed; wires are told by their names")
                }
                return
            }
            guard token.first == UInt8(ascii: "$") else {
                throw error("definition", "expected a keyword such as $var, got \(TraceError.quote(token))")
            }
            let content = section()
            if token.elementsEqual("$timescale".utf8) { try timescale(content) }
            if token.elementsEqual("$var".utf8) { try variable(content) }
        }
        throw error("$enddefinitions", "the file ends before it")
    }

    /// The words up to `$end`.
    private mutating func section() -> [ArraySlice<UInt8>] {
        var words: [ArraySlice<UInt8>] = []
        while let token = tokens.next(), !token.elementsEqual("$end".utf8) {
            if words.count < 64 { words.append(token) }
        }
        return words
    }

    private mutating func timescale(_ words: [ArraySlice<UInt8>]) throws(TraceError) {
        let text = String(decoding: words.joined(), as: UTF8.self)
        let digits = text.prefix { $0.isNumber }
        let units: [String: (UInt64, UInt64)] = [
            "s": (1_000_000_000, 1), "ms": (1_000_000, 1), "us": (1000, 1), "ns": (1, 1), "ps": (1, 1000),
            "fs": (1, 1_000_000),
        ]
        guard let number = UInt64(digits), [1, 10, 100].contains(number),
            let unit = units[String(text.dropFirst(digits.count))]
        else { throw error("$timescale", "expected 1, 10 or 100 and a unit, got \(TraceError.quote(text))") }
        scale = (number * unit.0, unit.1)
    }

    private mutating func variable(_ words: [ArraySlice<UInt8>]) throws(TraceError) {
        // Type, size, identifier, name, perhaps a range.
        guard words.count >= 4 else { throw error("$var", "expected type, size, identifier and name") }
        let name = String(decoding: words[3], as: UTF8.self).uppercased()
        guard let wire = Wire.allCases.first(where: { "\($0.name)" == name }) else { return }
        guard words[1].elementsEqual("1".utf8) else { throw error("$var", "\(name) has more than one bit") }
        wires[Array(words[2])] = wire
    }

    private mutating func values(_ body: (TraceRecord) -> Void) throws(TraceError) {
        while let token = tokens.next() {
            switch token.first {
            case UInt8(ascii: "#"):
                try apply(body)
                try advance(token.dropFirst())
            case UInt8(ascii: "0"), UInt8(ascii: "1"), UInt8(ascii: "x"), UInt8(ascii: "z"), UInt8(ascii: "X"),
                UInt8(ascii: "Z"):
                guard let wire = wires[Array(token.dropFirst())] else { continue }
                changes.append((wire, token.first == UInt8(ascii: "1")))
                // A wire that changes more often at one time has no level then.
                guard changes.count <= 64 else { throw error("change", "too many changes at one time") }
            case UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "r"), UInt8(ascii: "R"): _ = tokens.next()
            case UInt8(ascii: "$"):
                if token.elementsEqual("$comment".utf8) { _ = section() }
            default: throw error("change", "expected a time or a level, got \(TraceError.quote(token))")
            }
        }
        try apply(body)
    }

    private mutating func advance(_ digits: ArraySlice<UInt8>) throws(TraceError) {
        guard let ticks = UInt64(String(decoding: digits, as: UTF8.self)) else {
            throw error("time", "expected a whole number, got \(TraceError.quote(digits))")
        }
        let (product, isOver) = ticks.multipliedReportingOverflow(by: scale.factor)
        let next = product / scale.divisor
        // A waveform takes more time than the events that it shows.
        guard !isOver, next < 2 * TraceRecord.timeLimit else { throw error("time", "\(ticks) is out of range") }
        guard next >= time else { throw error("time", "\(ticks) is before the time in front of it") }
        time = next
    }

    /// Applies the changes of one time. Data is read as it was before them: it is stable when the clock rises.
    private mutating func apply(_ body: (TraceRecord) -> Void) throws(TraceError) {
        guard !changes.isEmpty else { return }
        let before = high
        for (wire, level) in changes {
            if level { high.insert(wire) } else { high.remove(wire) }
        }
        changes.removeAll(keepingCapacity: true)
        defer { isSettled = true }
        guard isSettled else {
            if !high.contains(.chipSelect) { window = CapturedWindow() }
            return
        }
        if before.contains(.chipSelect), !high.contains(.chipSelect) {
            window = CapturedWindow()
            bits = (0, 0, 0)
        }
        if !before.contains(.clock), high.contains(.clock), window != nil { try sample(before) }
        if !before.contains(.chipSelect), high.contains(.chipSelect) {
            if let event = window?.event { body(TraceRecord(time: time, coprocessor: 1, event)) }
            window = nil
        }
        report(before, body)
    }

    private mutating func sample(_ levels: Set<Wire>) throws(TraceError) {
        bits.mosi = bits.mosi << 1 | (levels.contains(.mosi) ? 1 : 0)
        bits.miso = bits.miso << 1 | (levels.contains(.miso) ? 1 : 0)
        bits.count += 1
        guard bits.count == 8 else { return }
        guard window?.isFull == false else {
            throw CapturedWindow.error(.line(tokens.line))
        }
        window?.mosi.append(bits.mosi)
        window?.miso.append(bits.miso)
        bits = (0, 0, 0)
    }

    /// The other lines, when one of them has changed.
    private func report(_ before: Set<Wire>, _ body: (TraceRecord) -> Void) {
        var levels = LineLevels(known: [], high: [])
        for (wire, line) in [(Wire.ready, LineLevels.Lines.ready), (.reset, .reset), (.interrupt, .interrupt)]
        where before.contains(wire) != high.contains(wire) {
            levels.known.insert(line)
            if high.contains(wire) { levels.high.insert(line) }
        }
        if !levels.known.isEmpty { body(TraceRecord(time: time, coprocessor: 1, .lines(levels))) }
    }

    private func error(_ field: String, _ problem: String) -> TraceError {
        TraceError(.line(tokens.line), field, problem)
    }
}

/// Splits a VCD into words.
struct VCDTokens {
    private let bytes: [UInt8]
    private(set) var position = 0
    private(set) var line = 1

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> ArraySlice<UInt8>? {
        while position < bytes.count, bytes[position] <= 0x20 {
            if bytes[position] == UInt8(ascii: "\n") { line += 1 }
            position += 1
        }
        guard position < bytes.count else { return nil }
        let start = position
        while position < bytes.count, bytes[position] > 0x20 { position += 1 }
        return bytes[start..<position]
    }
}
