import NINAWire

/// One coprocessor of a trace.
struct TraceChannel: Sendable {
    private let number: UInt32
    private let showsSecrets: Bool
    private var firmware: Firmware
    private var family: CommandFamily
    /// The command without a reply so far.
    private var pending: Exchange?
    private var isHeld = false
    /// When READY fell after the command, if the trace says so.
    private var readyAt: UInt64?
    /// The last reply, and its command: a window may read it too short.
    private var lastReply: (bytes: ArraySlice<UInt8>, opcode: Opcode)?
    private(set) var slots = SlotModel()
    /// Whether a command may be missing: events were left out, or an earlier file of the trace has it.
    private var mayMissCommand = false

    init(_ number: UInt32, _ options: TraceDecoder.Options) {
        self.number = number
        showsSecrets = options.showsSecrets
        firmware = options.firmware
        family = options.firmware.family
    }

    /// - Parameter shown: the record without secrets.
    mutating func decode(_ record: TraceRecord, shown: TraceRecord) -> [DecodedItem] {
        switch record.event {
        case .windowOut(_, let flags) where flags.contains(.readsReply): return readReply(shown)
        case .windowOut(let bytes, let flags):
            guard case .windowOut(let shownBytes, _) = shown.event else { return [] }
            return command(bytes, shown: shownBytes, flags, at: record.time)
        case .windowIn(let bytes, let flags): return reply(bytes, flags, at: record.time)
        case .lines(let levels):
            if levels.known.contains(.ready), !levels.high.contains(.ready), pending != nil { readyAt = record.time }
            if levels.known.contains(.reset) { isHeld = !levels.high.contains(.reset) }
            return [.event(record, [])]
        case .reset:
            let leaks = slots.leaks
            slots.restart()
            isHeld = false
            mayMissCommand = false
            // A command that a reset has ended has no reply, and that is no fault.
            return abandon(isFault: false) + [.event(record, leaks)]
        case .coprocessor(let power):
            guard power.isOn else { return abandon() + [.event(record, slots.leaks)] }
            // Not a start, which is a `reset`: a file in the middle of a trace says again who is on, whatever runs there.
            mayMissCommand = pending == nil
            if let known = Firmware.all.first(where: { "\($0.name)" == power.firmware }) { firmware = known }
            family = power.family?.commands ?? firmware.family
            return [.event(record, [])]
        case .gap: return missEvents() + [.event(record, [])]
        case .time, .failure: return [.event(record, [])]
        }
    }

    /// Events are missing: what they had opened, closed or asked for is not known.
    mutating func missEvents() -> [DecodedItem] {
        let left = abandon(isFault: false)
        slots = SlotModel()
        lastReply = nil
        isHeld = false
        mayMissCommand = true
        return left
    }

    /// The command that has no reply.
    mutating func abandon(isFault: Bool = true) -> [DecodedItem] {
        guard var exchange = pending else { return [] }
        pending = nil
        readyAt = nil
        complete(&exchange)
        if isFault { exchange.findings.append(Finding(.handshake, "the command has no reply")) }
        return [.exchange(exchange)]
    }

    private mutating func command(
        _ bytes: ArraySlice<UInt8>, shown: ArraySlice<UInt8>, _ flags: WindowFlags, at time: UInt64
    ) -> [DecodedItem] {
        var exchange = Exchange(time: time, coprocessor: number, out: bytes, shownOut: shown, outFlags: flags)
        if flags.contains(.lost) {
            complete(&exchange)
            exchange.findings.append(
                Finding(
                    .handshake, "the window was sent while \(isHeld ? "RESET was low" : "a command ran"): it is lost"))
            return [.exchange(exchange)]
        }
        if flags.contains(.cut) || bytes.count > Frame.limit {
            exchange.findings.append(
                Finding(.lost, "the window has \(bytes.count) bytes, the module takes \(Frame.limit)"))
        }
        let left = abandon()
        pending = exchange
        lastReply = nil
        mayMissCommand = false
        return left
    }

    private mutating func reply(_ bytes: ArraySlice<UInt8>, _ flags: WindowFlags, at time: UInt64) -> [DecodedItem] {
        // A bus shows what precedes the reply, too, which hosts skip.
        let frame =
            flags.contains(.clocked) ? bytes.drop { $0 != Frame.start && $0 != Frame.error } : bytes
        guard var exchange = pending else {
            var stray = Exchange(time: time, coprocessor: number, out: [], shownOut: [], outFlags: [])
            stray.reply = bytes
            if !mayMissCommand { stray.findings = [Finding(.handshake, "a reply without a command")] }
            mayMissCommand = false
            return [.exchange(stray)]
        }
        pending = nil
        exchange.reply = frame.isEmpty ? bytes : frame
        let end = readyAt ?? time
        exchange.duration = end >= exchange.time ? end - exchange.time : nil
        readyAt = nil
        complete(&exchange, replyFlags: flags)
        if let opcode = exchange.opcode, let reply = exchange.reply { lastReply = (reply, opcode) }
        return [.exchange(exchange)]
    }

    /// A window that has clocked a queued reply. Its bytes mean nothing, but their number does: an empty one is the socket's way
    /// of saying that the reply is already there.
    private mutating func readReply(_ record: TraceRecord) -> [DecodedItem] {
        guard case .windowOut(let bytes, _) = record.event, let reply = lastReply else { return [] }
        lastReply = nil
        let missing = ReplyMeasure.missing(reply.bytes.prefix(bytes.count), of: reply.opcode)
        guard missing > 0, bytes.count < reply.bytes.count else { return [] }
        return [
            .event(
                record,
                [
                    Finding(
                        .lost,
                        "the window has read \(bytes.count) bytes of the reply to \(reply.opcode.name), at least "
                            + "\(missing) more belong to it")
                ])
        ]
    }

    /// Reads the frames of an exchange.
    private mutating func complete(_ exchange: inout Exchange, replyFlags: WindowFlags = []) {
        if exchange.out.first == Frame.start { exchange.number = exchange.out.dropFirst().first }
        exchange.isRefused = exchange.reply?.first == Frame.error
        exchange.reversesHardwareAddresses = firmware.dialect.reversesHardwareAddresses
        do throws(FrameError) {
            let header = try CommandHeader(window: exchange.out, family: family)
            exchange.opcode = header.opcode
            var reader = ExchangeReader(
                out: exchange.out, header: header, reply: exchange.reply, showsSecrets: showsSecrets)
            let result = header.opcode.accept(&reader)
            exchange.fields = result.fields
            exchange.error = result.error
            exchange.replyFields = result.replyFields
            exchange.replyError = exchange.isRefused ? nil : result.replyError
            if let effect = result.slots, !exchange.isRefused {
                let (finding, change) = slots.apply(effect, at: exchange.time)
                if let finding { exchange.findings.append(finding) }
                exchange.slotChange = change
            }
            lint(&exchange, missing: result.missing, replyFlags)
        } catch {
            exchange.error = error
            lint(&exchange, missing: 0, replyFlags)
        }
    }

    private func lint(_ exchange: inout Exchange, missing: Int, _ replyFlags: WindowFlags) {
        FrameLint(firmware: firmware).check(&exchange, missing: missing, replyFlags)
    }
}
