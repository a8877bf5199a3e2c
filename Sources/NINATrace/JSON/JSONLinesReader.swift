/// Reads JSON lines. Unknown events and keys are errors.
struct JSONLinesReader {
    private var members: [(key: String, value: FlatJSON.Value)]
    private let line: Int

    /// Calls a body with each record of a trace.
    static func read(_ bytes: [UInt8], _ body: (TraceRecord) -> Void) throws(TraceError) {
        var lines = Lines(bytes)
        var order = TimeOrder()
        while let (number, line) = lines.next() {
            guard !line.isEmpty else {
                throw TraceError(.line(number), "object", "the line is empty")
            }
            var reader = JSONLinesReader(members: try FlatJSON.members(line, line: number), line: number)
            let record = try reader.record()
            try order.check(record.time, at: .line(number))
            try record.checkClock(at: .line(number))
            body(record)
        }
    }

    private mutating func record() throws(TraceError) -> TraceRecord {
        let time = try number("t", most: TraceRecord.timeLimit - 1)
        let coprocessor = UInt32(try number("c", most: UInt64(UInt32.max)))
        let name = try string("event")
        guard let kind = TraceKind.allCases.first(where: { "\($0.name)" == name }) else {
            throw error("event", "no event is called \(TraceError.quote(name))")
        }
        let event = try event(kind)
        guard let unknown = members.first else { return TraceRecord(time: time, coprocessor: coprocessor, event) }
        throw error(TraceError.quote(unknown.key), "an event '\(name)' has no such key")
    }

    private mutating func event(_ kind: TraceKind) throws(TraceError) -> TraceRecord.Event {
        switch kind {
        case .windowOut: return .windowOut(try bytes(), try flags())
        case .windowIn: return .windowIn(try bytes(), try flags())
        case .lines: return .lines(try levels())
        case .reset:
            let boots = UInt32(try number("boots", most: UInt64(UInt32.max)))
            return .reset(boots: boots, bluetooth: try word("mode", ["spi", "bluetooth"]) == "bluetooth")
        case .time:
            let format = try number("format", most: .max)
            guard format == JSONLinesWriter.format else {
                throw error("format", "this program reads format \(JSONLinesWriter.format), the trace has \(format)")
            }
            return .time(unix: try unixTime())
        case .coprocessor: return .coprocessor(try power())
        case .gap: return .gap(try number("events", most: .max))
        case .failure: return .failure(try string("text"))
        }
    }

    private mutating func bytes() throws(TraceError) -> ArraySlice<UInt8> {
        let text = try string("bytes")
        guard let bytes = Array(text.utf8)[...].hexadecimalBytes else {
            throw error("bytes", "expected hex digits, two a byte, got \(TraceError.quote(text))")
        }
        guard bytes.count <= TraceRecord.longestWindow else {
            throw error("bytes", "\(bytes.count) bytes, at most \(TraceRecord.longestWindow) are possible")
        }
        return bytes[...]
    }

    private mutating func flags() throws(TraceError) -> WindowFlags {
        var flags: WindowFlags = []
        for (flag, name) in WindowFlags.names {
            switch take("\(name)") {
            case nil, .boolean(false): continue
            case .boolean(true): flags.insert(flag)
            case .string, .number: throw error("\(name)", "expected true or false")
            }
        }
        return flags
    }

    private mutating func levels() throws(TraceError) -> LineLevels {
        var levels = LineLevels(known: [], high: [])
        for (line, name) in LineLevels.Lines.names {
            guard let level = try optionalNumber("\(name)", most: 1) else { continue }
            levels.known.insert(line)
            if level == 1 { levels.high.insert(line) }
        }
        return levels
    }

    private mutating func unixTime() throws(TraceError) -> UInt64 {
        let text = try string("unix")
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count == 9, let seconds = UInt64(parts[0]), seconds < 10_000_000_000,
            let nanoseconds = UInt64(parts[1]), !text.hasPrefix("+"), !parts[1].hasPrefix("+")
        else {
            throw error("unix", "expected seconds with nine decimals, got \(TraceError.quote(text))")
        }
        return seconds * 1_000_000_000 + nanoseconds
    }

    private mutating func power() throws(TraceError) -> CoprocessorPower {
        guard try word("state", ["on", "off"]) == "on" else { return .off }
        var power = CoprocessorPower.on()
        power.firmware = try optionalString("firmware") ?? ""
        if let name = try optionalString("family") {
            power.family = TraceFamily.allCases.first { $0.name == name }
            guard power.family != nil else {
                throw error("family", "expected arduino or adafruit, got \(TraceError.quote(name))")
            }
        }
        power.slots = UInt8(try optionalNumber("slots", most: 255) ?? 0)
        power.address = try optionalString("address") ?? ""
        return power
    }

    // MARK: Members

    private mutating func take(_ key: String) -> FlatJSON.Value? {
        guard let index = members.firstIndex(where: { $0.key == key }) else { return nil }
        return members.remove(at: index).value
    }

    private mutating func optionalNumber(_ key: String, most: UInt64) throws(TraceError) -> UInt64? {
        guard let value = take(key) else { return nil }
        guard case .number(let number) = value, number <= most else {
            throw error(key, "expected a whole number, at most \(most)")
        }
        return number
    }

    private mutating func number(_ key: String, most: UInt64) throws(TraceError) -> UInt64 {
        guard let number = try optionalNumber(key, most: most) else { throw error(key, "the key is missing") }
        return number
    }

    private mutating func optionalString(_ key: String) throws(TraceError) -> String? {
        guard let value = take(key) else { return nil }
        guard case .string(let text) = value else { throw error(key, "expected a string") }
        return text
    }

    private mutating func string(_ key: String) throws(TraceError) -> String {
        guard let text = try optionalString(key) else { throw error(key, "the key is missing") }
        return text
    }

    private mutating func word(_ key: String, _ words: [String]) throws(TraceError) -> String {
        let text = try string(key)
        guard words.contains(text) else {
            throw error(key, "expected \(words.joined(separator: " or ")), got \(TraceError.quote(text))")
        }
        return text
    }

    private func error(_ field: String, _ problem: String) -> TraceError {
        TraceError(.line(line), field, problem)
    }
}

/// Splits bytes into lines, which end with LF or CR LF; the last one may lack its end.
struct Lines {
    private let bytes: [UInt8]
    private var position = 0
    private var number = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> (number: Int, line: ArraySlice<UInt8>)? {
        guard position < bytes.count else { return nil }
        number += 1
        let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        var line = bytes[position..<end]
        position = end + 1
        if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
        return (number, line)
    }
}

/// Checks that times do not decrease.
struct TimeOrder {
    private var last: UInt64 = 0

    mutating func check(_ time: UInt64, at place: TraceError.Place) throws(TraceError) {
        guard time >= last else { throw TraceError(place, "t", "\(time) is before the event in front of it, \(last)") }
        last = time
    }
}
