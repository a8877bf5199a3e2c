import NINAWire

/// Decoded items as text, one line each, and a line for each finding.
public struct ItemText: Sendable {
    private let showsBytes: Bool

    /// - Parameter showsBytes: whether the bytes of the windows follow, in hex.
    public init(showsBytes: Bool) { self.showsBytes = showsBytes }

    /// The lines of an item.
    public func lines(_ item: DecodedItem) -> String {
        var text: String
        switch item {
        case .exchange(let exchange): text = line(exchange)
        case .event(let record, _): text = line(record)
        }
        for finding in item.findings { text += "             ! \(finding.rule.rawValue): \(finding.text)\n" }
        return text
    }

    private func prefix(_ time: UInt64, _ coprocessor: UInt32) -> String {
        let seconds = TimeText.seconds(time)
        let number = coprocessor == 0 ? "-" : "\(coprocessor)"
        return String(repeating: " ", count: max(0, 12 - seconds.utf8.count)) + "\(seconds) \(number)  "
    }

    private func line(_ exchange: Exchange) -> String {
        var text = prefix(exchange.time, exchange.coprocessor)
        if let opcode = exchange.opcode {
            text += opcode.name + (exchange.fields.map { FieldText(exchange).text(of: $0) } ?? "")
        } else if exchange.out.isEmpty {
            text += "(no command)"
        } else if let number = exchange.number {
            text += "command 0x\(hex([number])) is unknown"
        } else {
            text += "not a command"
        }
        if let error = exchange.error, exchange.opcode != nil || exchange.number == nil { text += " (\(error))" }
        if exchange.isRefused {
            text += " -> refused"
        } else if let fields = exchange.replyFields {
            let shown = FieldText(exchange).text(of: fields)
            text += " ->" + (shown.isEmpty ? " (nothing)" : shown)
        } else if let error = exchange.replyError {
            text += " -> \(error)"
        } else if let reply = exchange.reply {
            text += " -> \(reply.count) bytes"
        } else {
            text += " -> no reply"
        }
        if let duration = exchange.duration { text += "  (\(TimeText.duration(duration)))" }
        text += "\n"
        guard showsBytes else { return text }
        if !exchange.shownOut.isEmpty { text += "             > \(hex(exchange.shownOut))\n" }
        if let reply = exchange.reply { text += "             < \(hex(reply))\n" }
        return text
    }

    private func line(_ record: TraceRecord) -> String {
        let text: String
        switch record.event {
        case .windowOut(let bytes, _): text = "window of \(bytes.count) bytes reads the reply"
        case .windowIn(let bytes, _): text = "reply of \(bytes.count) bytes"
        case .lines(let levels):
            let lines = LineLevels.Lines.names.filter { levels.known.contains($0.line) }
            text = lines.map { "\($0.name)".uppercased() + (levels.high.contains($0.line) ? " high" : " low") }
                .joined(separator: ", ")
        case .reset(let boots, let bluetooth):
            text = "started, number \(boots)" + (bluetooth ? ", as a Bluetooth controller" : "")
        case .time(let unix): text = "the wall clock is \(unix / 1_000_000_000) s since 1970"
        case .coprocessor(let power) where power.isOn:
            let parts = [
                power.firmware.isEmpty ? nil : power.firmware, power.slots == 0 ? nil : "\(power.slots) slots",
                power.address.isEmpty ? nil : power.address,
            ].compactMap { $0.map(FieldText.printable) }
            text = (["on"] + parts).joined(separator: ", ")
        case .coprocessor: text = "off"
        case .gap(let count): text = "\(count) events were left out"
        case .failure(let failure): text = "failure: \(FieldText.printable(failure))"
        }
        return prefix(record.time, record.coprocessor) + text + "\n"
    }

    private func hex(_ bytes: ArraySlice<UInt8>) -> String {
        var output: [UInt8] = []
        for byte in bytes {
            if !output.isEmpty { output.append(UInt8(ascii: " ")) }
            output.append(hex: [byte])
        }
        return String(decoding: output, as: UTF8.self)
    }
}
