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
}

/// A link whose windows and lines travel as messages over a stream.
public final class MessageLink: Link {
    private let stream: any MessageStream
    private var handshake = HostHandshake()
    private var buffer = MessageBuffer(acceptsHostMessages: false)
    private var output: [UInt8] = []
    private var reply: [UInt8] = []
    private var isClosed = false

    /// Greets the device and waits until it is up.
    public init(stream: any MessageStream, until deadline: MonotonicInstant) throws(LinkError) {
        self.stream = stream
        output.reserveCapacity(2 * Frame.limit)
        reply.reserveCapacity(Frame.limit)
        handshake.appendHello(to: &output)
        try flush(until: deadline)
        // The greeting is no event: one wait spans both, and the error says which of them it was.
        while handshake.state == .hello || handshake.state == .booting {
            _ = try pump(handshake.state == .hello ? .hello : .boot, until: deadline)
        }
    }

    /// The time on the stream's clock.
    public var now: MonotonicInstant { stream.now }

    private func flush(until deadline: MonotonicInstant) throws(LinkError) {
        guard !isClosed else { throw LinkError(.closed, .transfer, "this side closed it") }
        try stream.send(output, until: deadline)
        output.removeAll(keepingCapacity: true)
    }

    /// Takes messages until one means something; false when the deadline came first.
    private func step(until deadline: MonotonicInstant) throws(LinkError) -> HostHandshake.Event? {
        guard !isClosed else { throw LinkError(.closed, .transfer, "this side closed it") }
        while true {
            while let message = try buffer.next() {
                let event = try handshake.receive(message)
                if event == .reply {
                    reply.removeAll(keepingCapacity: true)
                    reply.append(contentsOf: message.payload)
                }
                if event != .none { return event }
            }
            guard try stream.receive(into: &buffer, until: deadline) else { return nil }
        }
    }

    private func pump(
        _ phase: @autoclosure () -> LinkError.Phase, until deadline: MonotonicInstant
    ) throws(LinkError) -> HostHandshake.Event {
        do throws(LinkError) {
            guard let event = try step(until: deadline) else { throw LinkError(.timedOut, phase()) }
            return event
        } catch {
            // Whatever the stream was doing, the caller wants to know what for.
            throw LinkError(error.kind, phase(), error.detail, code: error.code)
        }
    }

    /// The IRQ level, after a look at what has arrived.
    public func interruptLevel() throws(LinkError) -> Bool {
        if !handshake.interrupt { try look() }
        return handshake.interrupt
    }

    private func look() throws(LinkError) {
        // A deadline in the past: the stream only looks. The IRQ level is no event, so nil is the usual answer.
        while try step(until: MonotonicInstant(nanoseconds: 0)) != nil {}
    }

    /// Resets the coprocessor.
    public func reset(until deadline: MonotonicInstant) throws(LinkError) {
        handshake.appendReset(to: &output)
        try flush(until: deadline)
        while handshake.state == .booting { _ = try pump(.boot, until: deadline) }
    }

    /// Sends a command, and with it the window that reads the reply before.
    public func writeWindow(_ frame: [UInt8], until deadline: MonotonicInstant) throws(LinkError) {
        while handshake.state == .busy || handshake.state == .booting {
            _ = try pump(.readyForCommand, until: deadline)
        }
        handshake.appendCommand(frame, to: &output)
        try flush(until: deadline)
    }

    /// Waits for the reply.
    public func readWindow(into reply: inout [UInt8], until deadline: MonotonicInstant) throws(LinkError) {
        while handshake.state == .busy {
            guard try pump(.reply, until: deadline) != .restarted else { throw LinkError(.restarted, .reply) }
        }
        guard handshake.state == .replyQueued else { throw LinkError(.violation, .reply, "no command was sent") }
        swap(&reply, &self.reply)
    }

    /// Waits until IRQ is high.
    public func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        while !handshake.interrupt {
            guard try receiveOnce(until: deadline) else { return false }
        }
        return true
    }

    private func receiveOnce(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        guard !isClosed else { throw LinkError(.closed, .idle, "this side closed it") }
        try look()
        if handshake.interrupt { return true }
        return try stream.receive(into: &buffer, until: deadline)
    }

    /// Lets time pass; what the device says meanwhile is taken in.
    public func sleep(until deadline: MonotonicInstant) throws(LinkError) {
        while now < deadline { _ = try step(until: deadline) }
    }

    /// Reads the last reply's window and ends the stream.
    public func close() {
        guard !isClosed else { return }
        handshake.appendOwedWindow(to: &output)
        try? flush(until: now.advanced(byNanoseconds: 100_000_000))
        isClosed = true
        stream.close()
    }
}
