/// Writes a trace as JSON lines: one object a line, Protocol/trace.md.
struct JSONLinesWriter: Sendable {
    /// The version of the format.
    static let format: UInt64 = 1

    func append(_ record: TraceRecord, to output: inout [UInt8]) {
        output.append("{\"t\":")
        output.append(decimal: record.time)
        output.append(",\"c\":")
        output.append(decimal: UInt64(record.coprocessor))
        output.append(",\"event\":\"")
        output.append(record.kind.name)
        output.append(UInt8(ascii: "\""))
        switch record.event {
        case .windowOut(let bytes, let flags), .windowIn(let bytes, let flags):
            output.append(",\"bytes\":\"")
            output.append(hex: bytes)
            output.append(UInt8(ascii: "\""))
            if !flags.isEmpty { append(flags, to: &output) }
        case .lines(let levels):
            for (line, name) in LineLevels.Lines.names where levels.known.contains(line) {
                append(name, levels.high.contains(line) ? 1 : 0, to: &output)
            }
        case .reset(let boots, let bluetooth):
            append("boots", UInt64(boots), to: &output)
            output.append(bluetooth ? ",\"mode\":\"bluetooth\"" : ",\"mode\":\"spi\"")
        case .time(let unix):
            append("format", Self.format, to: &output)
            output.append(",\"unix\":\"")
            output.append(decimal: unix / 1_000_000_000)
            output.append(UInt8(ascii: "."))
            // Nine digits: the 1 in front of them is dropped.
            output.append(text: String(String(1_000_000_000 + unix % 1_000_000_000).dropFirst()))
            output.append(UInt8(ascii: "\""))
        case .coprocessor(let power): append(power, to: &output)
        case .gap(let count): append("events", count, to: &output)
        case .failure(let text):
            output.append(",\"text\":")
            output.append(json: text)
        }
        output.append("}\n")
    }

    private func append(_ key: StaticString, _ number: UInt64, to output: inout [UInt8]) {
        output.append(",\"")
        output.append(key)
        output.append("\":")
        output.append(decimal: number)
    }

    private func append(_ flags: WindowFlags, to output: inout [UInt8]) {
        for (flag, name) in WindowFlags.names where flags.contains(flag) {
            output.append(",\"")
            output.append(name)
            output.append("\":true")
        }
    }

    private func append(_ power: CoprocessorPower, to output: inout [UInt8]) {
        guard power.isOn else {
            output.append(",\"state\":\"off\"")
            return
        }
        output.append(",\"state\":\"on\"")
        if !power.firmware.isEmpty {
            output.append(",\"firmware\":")
            output.append(json: power.firmware)
        }
        if let family = power.family {
            output.append(",\"family\":")
            output.append(json: family.name)
        }
        if power.slots > 0 { append("slots", UInt64(power.slots), to: &output) }
        if !power.address.isEmpty {
            output.append(",\"address\":")
            output.append(json: power.address)
        }
    }
}
