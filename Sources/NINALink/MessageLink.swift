import NINAWire

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
