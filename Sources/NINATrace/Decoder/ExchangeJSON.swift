import NINAWire

/// Decoded items as JSON, one object a line, Protocol/trace.md.
public struct ItemJSON: Sendable {
    /// Lines without state.
    public init() {}

    /// Appends the line of an item.
    public func append(_ item: DecodedItem, to output: inout [UInt8]) {
        switch item {
        case .exchange(let exchange): append(exchange, to: &output)
        case .event(let record, let findings):
            JSONLinesWriter().append(record, to: &output)
            guard !findings.isEmpty else { return }
            output.removeLast(2)
            append(findings, to: &output)
            output.append("}\n")
        }
    }

    private func append(_ exchange: Exchange, to output: inout [UInt8]) {
        output.append("{\"t\":")
        output.append(decimal: exchange.time)
        output.append(",\"c\":")
        output.append(decimal: UInt64(exchange.coprocessor))
        output.append(",\"command\":")
        if let opcode = exchange.opcode { output.append(json: opcode.name) } else { output.append("null") }
        output.append(",\"opcode\":")
        if let number = exchange.number { output.append(decimal: UInt64(number)) } else { output.append("null") }
        if let slot = exchange.slot {
            output.append(",\"slot\":")
            output.append(decimal: UInt64(slot))
        }
        if let fields = exchange.fields { append("request", fields, to: &output) }
        if let error = exchange.error { append("error", error, to: &output) }
        if exchange.isRefused { output.append(",\"refused\":true") }
        if let fields = exchange.replyFields { append("reply", fields, to: &output) }
        if let error = exchange.replyError { append("reply_error", error, to: &output) }
        if let duration = exchange.duration {
            output.append(",\"duration\":")
            output.append(decimal: duration)
        }
        switch exchange.slotChange {
        case .opened(let slot, let use):
            output.append(",\"opens\":{\"slot\":")
            output.append(decimal: UInt64(slot))
            output.append(",\"kind\":")
            output.append(json: use.rawValue)
            output.append(UInt8(ascii: "}"))
        case .closed(let slot):
            output.append(",\"closes\":")
            output.append(decimal: UInt64(slot))
        case nil: break
        }
        append("out", exchange.shownOut, to: &output)
        if let reply = exchange.reply { append("in", reply, to: &output) }
        append(exchange.findings, to: &output)
        output.append("}\n")
    }

    private func append(_ key: StaticString, _ fields: [DecodedField], to output: inout [UInt8]) {
        output.append(",\"")
        output.append(key)
        output.append("\":{")
        for (index, field) in fields.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            output.append(json: field.name)
            output.append(UInt8(ascii: ":"))
            if field.isList { output.append(UInt8(ascii: "[")) }
            for (position, value) in field.values.enumerated() {
                if position > 0 { output.append(UInt8(ascii: ",")) }
                append(value, to: &output)
            }
            if field.isList { output.append(UInt8(ascii: "]")) }
        }
        output.append(UInt8(ascii: "}"))
    }

    private func append(_ value: DecodedField.Value, to output: inout [UInt8]) {
        switch value {
        case .unsigned(let number): output.append(decimal: number)
        case .signed(let number): output.append(text: String(number))
        case .address(let address): output.append(json: "\(address)")
        case .hardwareAddress(let address): output.append(json: "\(address)")
        case .text(let bytes): output.append(json: String(decoding: bytes, as: UTF8.self))
        case .data(let bytes):
            output.append(UInt8(ascii: "\""))
            output.append(hex: bytes)
            output.append(UInt8(ascii: "\""))
        }
    }

    private func append(_ key: StaticString, _ error: FrameError, to output: inout [UInt8]) {
        output.append(",\"")
        output.append(key)
        output.append("\":")
        output.append(json: "\(error)")
    }

    private func append(_ key: StaticString, _ bytes: ArraySlice<UInt8>, to output: inout [UInt8]) {
        output.append(",\"")
        output.append(key)
        output.append("\":\"")
        output.append(hex: bytes)
        output.append(UInt8(ascii: "\""))
    }

    private func append(_ findings: [Finding], to output: inout [UInt8]) {
        guard !findings.isEmpty else { return }
        output.append(",\"findings\":[")
        for (index, finding) in findings.enumerated() {
            output.append(index > 0 ? ",{\"rule\":" : "{\"rule\":")
            output.append(json: finding.rule.rawValue)
            output.append(",\"text\":")
            output.append(json: finding.text)
            output.append(UInt8(ascii: "}"))
        }
        output.append(UInt8(ascii: "]"))
    }
}
