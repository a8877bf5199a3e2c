import NINAWire

/// A stream of bytes to the device and back, with deadlines: a Unix socket, or the loopback in one process.
public protocol MessageStream: AnyObject {
    /// The time on this stream's clock.
    var now: MonotonicInstant { get }

    /// Sends all bytes.
    func send(_ bytes: [UInt8], until deadline: MonotonicInstant) throws(LinkError)

    /// Waits for bytes and puts them into the buffer; with a deadline that has passed it only looks.
    /// - Returns: false when the deadline came first.
    /// - Throws: `.closed` when the other end is gone.
    func receive(into buffer: inout MessageBuffer, until deadline: MonotonicInstant) throws(LinkError) -> Bool

    /// Ends the stream.
    func close()

    /// As ``Link/activityDescriptor``.
    var activityDescriptor: Int32? { get }
}

extension MessageStream {
    /// Nil: the stream has no descriptor.
    public var activityDescriptor: Int32? { nil }
}

/// A link whose windows and lines travel as messages: a ``MessageStream`` and a ``HostSession``.
public final class MessageLink: Link {
    private let stream: any MessageStream
    private var exchange = MessageExchange()
    private var isClosed = false

    /// Greets the device and waits until it is up.
    public init(stream: any MessageStream, until deadline: MonotonicInstant) throws(LinkError) {
        self.stream = stream
        try exchange.greet(stream, until: deadline)
    }

    /// The time on the stream's clock.
    public var now: MonotonicInstant { stream.now }

    /// The stream's descriptor.
    public var activityDescriptor: Int32? { stream.activityDescriptor }

    private func requireOpen(_ phase: LinkError.Phase) throws(LinkError) {
        if isClosed { throw LinkError(.closed, phase, "this side closed it") }
        if let fault = exchange.failure {
            throw LinkError(.closed, phase, fault.kind == .closed ? fault.detail : "a message could not be sent whole")
        }
    }

    /// The IRQ level, after a look at what has arrived.
    public func interruptLevel() throws(LinkError) -> Bool {
        try requireOpen(.idle)
        return try exchange.interruptLevel(stream)
    }

    /// Resets the coprocessor.
    public func reset(until deadline: MonotonicInstant) throws(LinkError) {
        try requireOpen(.boot)
        try exchange.reset(stream, until: deadline)
    }

    /// Sends a command, and with it the window that reads the previous reply.
    public func sendCommand(_ frame: [UInt8], until deadline: MonotonicInstant) throws(LinkError) {
        try requireOpen(.readyForCommand)
        try exchange.sendCommand(frame, stream, until: deadline)
    }

    /// Waits for the reply, which arrives whole, whatever command it answers.
    public func receiveReply(
        expecting opcode: Opcode, until deadline: MonotonicInstant
    ) throws(LinkError) -> ArraySlice<UInt8> {
        try requireOpen(.reply)
        return try exchange.receiveReply(stream, until: deadline)
    }

    /// Waits until IRQ is high.
    public func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        try requireOpen(.idle)
        return try exchange.waitForInterrupt(stream, until: deadline)
    }

    /// Lets time pass; processes what the device sends meanwhile.
    public func sleep(until deadline: MonotonicInstant) throws(LinkError) {
        try requireOpen(.idle)
        while now < deadline { _ = try exchange.step(stream, until: deadline) }
    }

    /// Reads the last reply's window and ends the stream.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        try? exchange.finish(stream, until: now.advanced(byNanoseconds: 100_000_000))
        stream.close()
    }
}

/// A session that waits on a stream.
///
/// A structure, so that the link's one exclusive access covers all that a command takes.
private struct MessageExchange {
    private var session = HostSession()
    /// Why a message was cut short: the device would understand nothing that follows.
    private(set) var failure: LinkError?
    /// After this many receives without an event the deadline counts although there is more: a device that never falls
    /// silent cannot hold it up.
    private static let patience = 16

    private mutating func flush(_ stream: any MessageStream, until deadline: MonotonicInstant) throws(LinkError) {
        defer { session.output.removeAll(keepingCapacity: true) }
        do throws(LinkError) {
            try stream.send(session.output, until: deadline)
        } catch {
            failure = error
            throw error
        }
    }

    /// Waits for an event; nil when the deadline came first.
    mutating func step(
        _ stream: any MessageStream, until deadline: MonotonicInstant
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
        _ stream: any MessageStream, _ phase: LinkError.Phase, until deadline: MonotonicInstant
    ) throws(LinkError) -> HostHandshake.Event {
        do throws(LinkError) {
            guard let event = try step(stream, until: deadline) else { throw LinkError(.timedOut, phase) }
            return event
        } catch {
            // The stream does not know what it is waited for. The greeting is no event: a device that
            // stays silent after it is starting, not greeting.
            let isStarting = phase == .hello && session.state == .booting
            throw LinkError(error.kind, isStarting ? .boot : phase, error.detail, code: error.code)
        }
    }

    mutating func greet(_ stream: any MessageStream, until deadline: MonotonicInstant) throws(LinkError) {
        session.start()
        try flush(stream, until: deadline)
        while session.state == .hello || session.state == .booting {
            _ = try pump(stream, .hello, until: deadline)
        }
    }

    mutating func interruptLevel(_ stream: any MessageStream) throws(LinkError) -> Bool {
        if !session.interrupt { try look(stream) }
        return session.interrupt
    }

    private mutating func look(_ stream: any MessageStream) throws(LinkError) {
        // A deadline in the past: the stream only looks. The IRQ level is no event, so nil is the usual answer.
        for _ in 0..<Self.patience where try step(stream, until: MonotonicInstant(nanoseconds: 0)) == nil { return }
    }

    mutating func reset(_ stream: any MessageStream, until deadline: MonotonicInstant) throws(LinkError) {
        session.reset()
        try flush(stream, until: deadline)
        while session.state == .booting { _ = try pump(stream, .boot, until: deadline) }
    }

    mutating func sendCommand(
        _ frame: [UInt8], _ stream: any MessageStream, until deadline: MonotonicInstant
    ) throws(LinkError) {
        while !session.canSendCommand { _ = try pump(stream, .readyForCommand, until: deadline) }
        if session.takeRestart() { throw LinkError(.restarted, .readyForCommand) }
        session.sendCommand(frame)
        try flush(stream, until: deadline)
    }

    mutating func receiveReply(
        _ stream: any MessageStream, until deadline: MonotonicInstant
    ) throws(LinkError) -> ArraySlice<UInt8> {
        while session.isWaitingForReply {
            guard try pump(stream, .reply, until: deadline) != .restarted else {
                _ = session.takeRestart()
                throw LinkError(.restarted, .reply)
            }
        }
        guard let reply = session.takeReply() else { throw LinkError(.violation, .reply, "no command was sent") }
        return reply
    }

    mutating func waitForInterrupt(
        _ stream: any MessageStream, until deadline: MonotonicInstant
    ) throws(LinkError) -> Bool {
        while true {
            try look(stream)
            if session.takeRestart() { throw LinkError(.restarted, .idle) }
            if session.interrupt { return true }
            if deadline <= stream.now { return false }
            guard try stream.receive(into: &session.input, until: deadline) else { return false }
        }
    }

    mutating func finish(_ stream: any MessageStream, until deadline: MonotonicInstant) throws(LinkError) {
        session.finish()
        try flush(stream, until: deadline)
    }
}
