import NINAWire

/// Looks for faults in the frames of one exchange.
struct FrameLint {
    let firmware: Firmware

    func check(_ exchange: inout Exchange, missing: Int, _ replyFlags: WindowFlags) {
        if let error = exchange.error { exchange.findings.append(Finding(.frame, "\(error)")) }
        checkPadding(&exchange)
        guard let reply = exchange.reply else { return }
        if let error = exchange.replyError, !isKnownOddity(exchange.opcode) {
            let isShort = replyFlags.contains(.clocked) && error.kind == .truncated
            let text =
                isShort
                ? "the window has read \(reply.count) bytes, at least \(missing) more belong to the reply" : "\(error)"
            exchange.findings.append(Finding(isShort ? .lost : .reply, text))
        }
        if !replyFlags.contains(.clocked), firmware.dialect.padsReplies, reply.count % Frame.alignment != 0 {
            exchange.findings.append(
                Finding(.padding, "the reply has \(reply.count) bytes, no multiple of \(Frame.alignment)"))
        }
    }

    private func checkPadding(_ exchange: inout Exchange) {
        let out = exchange.out
        guard !out.isEmpty else { return }
        if out.count % Frame.alignment != 0 {
            exchange.findings.append(
                Finding(.padding, "the command's window has \(out.count) bytes, no multiple of \(Frame.alignment)"))
        }
        guard exchange.error == nil, let end = out.suffix(Frame.alignment).lastIndex(of: Frame.end) else { return }
        let padding = out[(end + 1)...]
        // Hidden padding was neither.
        guard !padding.allSatisfy({ $0 == 0 }), !padding.allSatisfy({ $0 == 0xFF }) else { return }
        exchange.findings.append(
            Finding(.padding, "the command is padded with something else than 00 or FF, of an earlier frame perhaps"))
    }

    /// Replies that this firmware lays out like no other.
    private func isKnownOddity(_ opcode: Opcode?) -> Bool {
        opcode == .writeFile && firmware.quirks.contains(.writeReplyEchoesCount)
            || opcode == .readFile && firmware.quirks.contains(.readsAnswerCount)
    }
}
