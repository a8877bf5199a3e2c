import NINAWire

/// A byte stream to and from the device, with deadlines: a Unix socket, or the loopback in one process.
public protocol MessageStream: AnyObject {
    /// The time on this stream's clock.
    var now: MonotonicInstant { get }

    /// Sends all bytes.
    func send(_ bytes: [UInt8], until deadline: MonotonicInstant) throws(LinkError)

    /// Sends all bytes of a message's header, and of its payload after it.
    func send(_ header: [UInt8], followedBy payload: [UInt8], until deadline: MonotonicInstant) throws(LinkError)

    /// Waits for bytes and puts them into the buffer. With a deadline in the past it polls without waiting.
    /// - Returns: false on time-out.
    /// - Throws: `.closed` when the other end is gone.
    func receive(into buffer: inout MessageBuffer, until deadline: MonotonicInstant) throws(LinkError) -> Bool

    /// Ends the stream.
    func close()

    /// See ``Link/activityDescriptor``.
    var activityDescriptor: Int32? { get }

    /// See ``Link/interrupter``.
    var interrupter: (@Sendable () -> Void)? { get }
}

extension MessageStream {
    /// Sends one after the other; a stream that can send both at once without copying them together does so.
    public func send(
        _ header: [UInt8], followedBy payload: [UInt8], until deadline: MonotonicInstant
    ) throws(LinkError) {
        try send(header, until: deadline)
        try send(payload, until: deadline)
    }

    /// Nil: a call that waits cannot be ended.
    public var interrupter: (@Sendable () -> Void)? { nil }

    /// Nil: the stream has no descriptor.
    public var activityDescriptor: Int32? { nil }
}

/// A link that sends windows and line levels as messages: a ``MessageStream`` and a ``HostSession``.
public final class MessageLink: Link {
    private let stream: any MessageStream
    // The run time does not check exclusive access, which would cost 110 instructions each time: `access` does.
    @exclusivity(unchecked) private var exchange: MessageExchange
    @exclusivity(unchecked) private var isAccessed = false

    /// Sends the greeting and waits until the device is up.
    public init(stream: any MessageStream, until deadline: MonotonicInstant) throws(LinkError) {
        self.stream = stream
        exchange = MessageExchange(stream)
        try exchange.greet(until: deadline)
    }

    /// The only access to the exchange. A stream must not call the link that calls it.
    private func access<Result>(
        _ body: (inout MessageExchange) throws(LinkError) -> Result
    ) throws(LinkError) -> Result {
        precondition(!isAccessed, "a MessageStream has called its link")
        isAccessed = true
        defer { isAccessed = false }
        return try body(&exchange)
    }

    /// The time on the stream's clock.
    public var now: MonotonicInstant { stream.now }

    /// The stream's descriptor.
    public var activityDescriptor: Int32? { stream.activityDescriptor }

    /// The stream's interrupter.
    public var interrupter: (@Sendable () -> Void)? { stream.interrupter }

    /// The IRQ level, after processing received messages.
    public func interruptLevel() throws(LinkError) -> Bool {
        try access { exchange throws(LinkError) in try exchange.interruptLevel() }
    }

    /// Resets the coprocessor.
    public func reset(until deadline: MonotonicInstant) throws(LinkError) {
        try access { exchange throws(LinkError) in try exchange.reset(until: deadline) }
    }

    /// Sends a command together with the window that reads the previous reply.
    /// - Throws: `.unavailable` for more bytes than a message holds.
    public func sendCommand(_ frame: [UInt8], until deadline: MonotonicInstant) throws(LinkError) {
        try access { exchange throws(LinkError) in try exchange.sendCommand(frame, until: deadline) }
    }

    /// Waits for the reply, which arrives as one message; the opcode is not needed.
    public func receiveReply(
        expecting opcode: Opcode, until deadline: MonotonicInstant
    ) throws(LinkError) -> ArraySlice<UInt8> {
        try access { exchange throws(LinkError) in try exchange.receiveReply(until: deadline) }
    }

    /// Waits until IRQ is high.
    public func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        try access { exchange throws(LinkError) in try exchange.waitForInterrupt(until: deadline) }
    }

    /// Waits until the deadline while processing messages from the device.
    public func sleep(until deadline: MonotonicInstant) throws(LinkError) {
        try access { exchange throws(LinkError) in try exchange.sleep(until: deadline) }
    }

    /// Sends the window owed for the last reply and ends the stream.
    public func close() {
        let deadline = now.advanced(byNanoseconds: 100_000_000)
        let ends = try? access { exchange throws(LinkError) in exchange.end(until: deadline) }
        if ends == true { stream.close() }
    }
}

/// A session that waits on a stream.
///
/// A structure, so that one exclusive access by the link covers all the work of a command.
private struct MessageExchange {
    private let stream: any MessageStream
    private var session = HostSession()
    private var isClosed = false
    /// The error that truncated an outgoing message. The device cannot parse anything sent after it.
    private var failure: LinkError?
    /// After this many receives without an event, the deadline applies even if more bytes are available, so that a
    /// device that sends continuously cannot exceed it.
    private static let patience = 16

    init(_ stream: any MessageStream) { self.stream = stream }

    private func requireOpen(_ phase: LinkError.Phase) throws(LinkError) {
        if isClosed { throw LinkError(.closed, phase, "this side closed it") }
        if let failure {
            throw LinkError(
                .closed, phase, failure.kind == .closed ? failure.detail : "a message could not be sent whole")
        }
    }

    /// A payload of at least this many bytes is not copied behind its header: copying it takes longer than sending two
    /// pieces.
    private static let longPayload = 512

    /// Sends the session's output.
    /// - Parameter payload: the payload of the last message, if it is not in the output.
    private mutating func flush(
        followedBy payload: [UInt8]? = nil, until deadline: MonotonicInstant
    ) throws(LinkError) {
        defer { session.output.removeAll(keepingCapacity: true) }
        do throws(LinkError) {
            if let payload {
                try stream.send(session.output, followedBy: payload, until: deadline)
            } else {
                try stream.send(session.output, until: deadline)
            }
        } catch {
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
        try flush(until: deadline)
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
        session.reset()
        try flush(until: deadline)
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
        if frame.count < Self.longPayload {
            session.sendCommand(frame)
            try flush(until: deadline)
        } else {
            session.beginCommand(length: frame.count)
            try flush(followedBy: frame, until: deadline)
        }
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
        try? flush(until: deadline)
        return true
    }
}
