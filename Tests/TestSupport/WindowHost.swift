import NINACoprocessor
import NINALink
import NINAWire

/// A minimal host: sends a window, then the window that reads the reply. It records every violation by the device
/// instead of trusting it.
public final class WindowHost {
    /// The device's network.
    public let network = VirtualNetwork()
    /// The device's files and preferences.
    public let storage = MemoryStorage()
    /// The device.
    public let device: Coprocessor
    /// The first few violations by the device.
    public private(set) var breaches: [String] = []
    /// The time, which advances only when the device waits for it.
    public private(set) var now = MonotonicInstant(nanoseconds: 1)
    /// The last IRQ level reported.
    public private(set) var interrupt = false
    private var session: DeviceSession
    private var buffer = MessageBuffer(acceptsHostMessages: false)
    private var reply: [UInt8] = []

    /// Powers a device on.
    public init(_ configuration: Configuration = Configuration()) throws {
        device = Coprocessor(
            configuration, network: network, tls: ScriptedEngine(), storage: storage)
        session = DeviceSession(device: device)
        session.start(at: now)
        session.input.append(LinkMessage.bytes(.hostHello, payload: LinkMessage.greeting))
        try session.receive(at: now)
        let (commands, replies) = try takeOutput()
        if commands != 1 || replies != 0 { note("\(commands) QUEUED after power on") }
    }

    private func note(_ breach: String) {
        if breaches.count < 10 { breaches.append(breach) }
    }

    /// Processes the device's messages; returns the number of QUEUED of each phase.
    private func takeOutput() throws(LinkError) -> (commands: Int, replies: Int) {
        var commands = 0
        var replies = 0
        buffer.append(&session.output)
        while let message = try buffer.next() {
            switch message.kind {
            case .deviceHello: if commands > 0 { note("the greeting is not first") }
            case .interrupt:
                let level = message.flags & 1 != 0
                if level == interrupt { note("IRQ told without a change") }
                interrupt = level
            case .queued:
                let flags = QueuedFlags(rawValue: message.flags)
                interrupt = flags.interrupt
                if flags.boots != 1 { note("boot \(flags.boots)") }
                if flags.isReply {
                    replies += 1
                    reply.removeAll(keepingCapacity: true)
                    reply.append(contentsOf: message.payload)
                } else {
                    commands += 1
                    if !message.payload.isEmpty { note("bytes in a QUEUED that expects a command") }
                }
            case .hostHello, .window, .pins: note("a host's message")
            }
        }
        if interrupt != device.interrupt { note("IRQ is \(device.interrupt), told \(interrupt)") }
        return (commands, replies)
    }

    private func send(_ window: ArraySlice<UInt8>) throws(LinkError) {
        session.input.append([
            LinkMessage.Kind.window.rawValue, 0, UInt8(window.count >> 8), UInt8(window.count & 0xFF),
        ])
        session.input.append(Array(window))
        try session.receive(at: now)
    }

    /// Advances the time to the device's next deadline, or by a millisecond.
    private func passTime() {
        now = max(now.advanced(byNanoseconds: 1000), device.nextDeadline ?? now.advanced(byNanoseconds: 1_000_000))
        device.advance(to: now)
        session.update(at: now)
    }

    /// Advances the time while no command is running.
    public func pass(_ duration: Duration) throws(LinkError) {
        let end = now.advanced(by: duration)
        while let next = device.nextDeadline, next < end { passTime() }
        now = max(now, end)
        device.advance(to: now)
        try update()
    }

    /// Updates the device after external events.
    public func update() throws(LinkError) {
        session.update(at: now)
        let (commands, replies) = try takeOutput()
        if commands + replies > 0 { note("QUEUED without a window") }
    }

    /// Sends a nonempty window, waits for the reply and reads it.
    public func exchange(_ window: ArraySlice<UInt8>) throws(LinkError) -> [UInt8] {
        try send(window)
        var (commands, replies) = try takeOutput()
        var waits = 0
        while commands + replies == 0, waits < 100 {
            waits += 1
            passTime()
            (commands, replies) = try takeOutput()
        }
        if commands != 0 || replies != 1 { note("\(replies) replies and \(commands) other QUEUED to a window") }
        check(window)
        let answer = reply
        try send([])
        (commands, replies) = try takeOutput()
        if commands != 1 || replies != 0 { note("\(commands) QUEUED after the reply was read, \(replies) replies") }
        return answer
    }

    /// Whether a reply is the error frame, starts like the reply to this opcode, or is nina-fw's nonframe reply for
    /// files.
    private func check(_ window: ArraySlice<UInt8>) {
        let isPadded = device.configuration.firmware.dialect.padsReplies
        if isOddReplyOfFiles(window) { return }
        let isRefusal = reply == [Frame.error, 0, Frame.end] + (isPadded ? [0] : [])
        let opcode = window.dropFirst().first ?? 0
        let isAnswer =
            reply.count >= 4 && reply[0] == Frame.start && opcode < 0x80 && reply[1] == opcode | Frame.replyBit
            && window.first == Frame.start
        if !isRefusal, !isAnswer || reply.count > Frame.limit || isPadded && reply.count % Frame.alignment != 0 {
            note("a wrong reply of \(reply.count) bytes to a window of \(window.count)")
        }
    }

    private func isOddReplyOfFiles(_ window: ArraySlice<UInt8>) -> Bool {
        let opcode = window.dropFirst().first
        let quirks = device.configuration.firmware.quirks
        if reply.isEmpty, opcode == Opcode.writeFile.byte || opcode == Opcode.readFile.byte {
            return quirks.contains(.unopenedFilesAnswerNothing)
        }
        guard opcode == Opcode.writeFile.byte, quirks.contains(.writeReplyEchoesCount) else { return false }
        return reply == WriteFile.countedReply((reply.lastIndex(of: Frame.end) ?? -1) + 1)
    }

    /// Runs a command and decodes its reply strictly.
    public func run<C: Command>(_ command: C) throws -> C.Reply {
        var writer = FrameWriter()
        try writer.write(command)
        return try FrameReader.reply(to: C.self, in: exchange(writer.frame[...])[...])
    }
}
