/// A session that waits on a stream.
///
/// A structure, so that one exclusive access by the link covers all the work of a command.
struct MessageExchange {
    private let stream: any MessageStream
    private var session = HostSession()
    private var isClosed = false
    /// The error that truncated an outgoing message. The device cannot parse anything sent after it.
    private var failure: LinkError?
    /// Resets since the device was last up.
    private var resets: UInt64 = 0
    /// The first resets are all sent; after them only those whose number is a power of two, because a device that stands
    /// still leaves them all in the stream.
    private static let promptResets: UInt64 = 128
    /// After this many receives without an event, the deadline applies even if more bytes are available, so that a
    /// device that sends continuously cannot exceed it.
    private static let patience = 16

    init(_ stream: any MessageStream) { self.stream = stream }

    private func requireOpen(_ phase: LinkError.Phase) throws(LinkError) {
        if isClosed { throw LinkError(.closed, phase, "this side closed it") }
        if let failure {
            throw LinkError(.closed, phase, failure.kind == .closed ? failure.detail : LinkError.truncated.detail)
        }
    }

    /// Sends the session's output.
    /// - Parameter phase: the phase of a time-out, after which nothing of the output was sent.
    private mutating func flush(_ phase: LinkError.Phase, until deadline: MonotonicInstant) throws(LinkError) {
        do throws(LinkError) {
            try stream.send(&session.output, until: deadline)
        } catch {
            guard error.kind != .timedOut else {
                session.withdraw()
                throw LinkError(.timedOut, phase)
            }
            failure = error
            throw error
        }
    }

    /// Waits for an event; nil on time-out.
    mutating func step(
        until deadline: MonotonicInstant
    ) throws(LinkError) -> HostHandshake.Event? {
        var receives = 0
        while true {
            if let event = try session.receive() { return event }
            if receives >= Self.patience, deadline <= stream.now { return nil }
            receives += 1
            guard try stream.receive(into: &session.input, until: deadline) else { return nil }
        }
    }

    private mutating func pump(
        _ phase: LinkError.Phase, until deadline: MonotonicInstant
    ) throws(LinkError) -> HostHandshake.Event {
        do throws(LinkError) {
            guard let event = try step(until: deadline) else { throw LinkError(.timedOut, phase) }
            return event
        } catch {
            // The stream does not know the phase. The greeting is not an event: after it, a silent device is in phase
            // boot, not hello.
            let isStarting = phase == .hello && session.state == .booting
            throw LinkError(error.kind, isStarting ? .boot : phase, error.detail, code: error.code)
        }
    }

    mutating func greet(until deadline: MonotonicInstant) throws(LinkError) {
        session.start()
        try flush(.hello, until: deadline)
        while session.state == .hello || session.state == .booting {
            _ = try pump(.hello, until: deadline)
        }
    }

    mutating func interruptLevel() throws(LinkError) -> Bool {
        try requireOpen(.idle)
        if !session.interrupt { try look() }
        return session.interrupt
    }

    private mutating func look() throws(LinkError) {
        // A deadline in the past: the stream only polls. The IRQ level is not an event, so the usual result is nil.
        for _ in 0..<Self.patience where try step(until: MonotonicInstant(nanoseconds: 0)) == nil { return }
    }

    mutating func reset(until deadline: MonotonicInstant) throws(LinkError) {
        try requireOpen(.boot)
        if session.state != .booting { resets = 0 }
        resets += 1
        if resets <= Self.promptResets || resets & (resets - 1) == 0 {
            session.reset()
            try flush(.boot, until: deadline)
        }
        while session.state == .booting { _ = try pump(.boot, until: deadline) }
    }

    mutating func sendCommand(
        _ frame: [UInt8], until deadline: MonotonicInstant
    ) throws(LinkError) {
        try requireOpen(.readyForCommand)
        guard frame.count <= LinkMessage.longestPayload else {
            throw LinkError(.unavailable, .transfer, "a window has at most 65535 bytes")
        }
        while !session.canSendCommand { _ = try pump(.readyForCommand, until: deadline) }
        if session.takeRestart() { throw LinkError(.restarted, .readyForCommand) }
        session.sendCommand(frame)
        try flush(.readyForCommand, until: deadline)
    }

    mutating func receiveReply(
        until deadline: MonotonicInstant
    ) throws(LinkError) -> ArraySlice<UInt8> {
        try requireOpen(.reply)
        while session.isWaitingForReply {
            guard try pump(.reply, until: deadline) != .restarted else {
                _ = session.takeRestart()
                throw LinkError(.restarted, .reply)
            }
        }
        guard let reply = session.takeReply() else { throw LinkError(.violation, .reply, "no command was sent") }
        return reply
    }

    mutating func waitForInterrupt(
        until deadline: MonotonicInstant
    ) throws(LinkError) -> Bool {
        try requireOpen(.idle)
        while true {
            try look()
            if session.takeRestart() { throw LinkError(.restarted, .idle) }
            if session.interrupt { return true }
            if deadline <= stream.now { return false }
            guard try stream.receive(into: &session.input, until: deadline) else { return false }
        }
    }

    mutating func sleep(until deadline: MonotonicInstant) throws(LinkError) {
        try requireOpen(.idle)
        while stream.now < deadline { _ = try step(until: deadline) }
    }

    /// Sends the window owed for the last reply, if that is possible. Returns false when the exchange has ended before.
    mutating func end(until deadline: MonotonicInstant) -> Bool {
        guard !isClosed else { return false }
        isClosed = true
        session.finish()
        try? flush(.idle, until: deadline)
        return true
    }
}
