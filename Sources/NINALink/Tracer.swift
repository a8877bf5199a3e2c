import NINAWire

/// An event reported by a ``Tracer``.
public enum TraceEvent {
    /// The bytes of a command window.
    case command([UInt8])
    /// The bytes of a reply window.
    case reply([UInt8])
    /// The coprocessor was reset.
    case reset
    /// An operation failed.
    case failure(LinkError)
    /// The link was closed.
    case closed
}

/// A link that wraps another and reports each operation and its time without changing it.
public final class Tracer: Link {
    private let link: any Link
    private let sink: (TraceEvent, MonotonicInstant) -> Void

    /// Wraps a link.
    /// - Parameter sink: called with each event and the time at which it completed.
    public init(_ link: any Link, sink: @escaping (TraceEvent, MonotonicInstant) -> Void) {
        self.link = link
        self.sink = sink
    }

    private func report(_ event: TraceEvent) { sink(event, link.now) }

    private func reporting<Result>(_ work: () throws(LinkError) -> Result) throws(LinkError) -> Result {
        do throws(LinkError) {
            return try work()
        } catch {
            report(.failure(error))
            throw error
        }
    }

    /// The time on the inner link's clock.
    public var now: MonotonicInstant { link.now }

    /// The inner link's descriptor.
    public var activityDescriptor: Int32? { link.activityDescriptor }

    /// The inner link's interrupter.
    public var interrupter: (@Sendable () -> Void)? { link.interrupter }

    /// Forwards to the inner link; levels are not traced.
    public func interruptLevel() throws(LinkError) -> Bool { try link.interruptLevel() }

    /// Forwards to the inner link and reports the event.
    public func reset(until deadline: MonotonicInstant) throws(LinkError) {
        try reporting { () throws(LinkError) in try link.reset(until: deadline) }
        report(.reset)
    }

    /// Forwards to the inner link and reports the event.
    public func sendCommand(_ frame: [UInt8], until deadline: MonotonicInstant) throws(LinkError) {
        try reporting { () throws(LinkError) in try link.sendCommand(frame, until: deadline) }
        report(.command(frame))
    }

    /// Forwards to the inner link and reports the event.
    public func receiveReply(
        expecting opcode: Opcode, until deadline: MonotonicInstant
    ) throws(LinkError) -> ArraySlice<UInt8> {
        let reply = try reporting { () throws(LinkError) in
            try link.receiveReply(expecting: opcode, until: deadline)
        }
        report(.reply(Array(reply)))
        return reply
    }

    /// Forwards to the inner link.
    public func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        try reporting { () throws(LinkError) in try link.waitForInterrupt(until: deadline) }
    }

    /// Forwards to the inner link.
    public func sleep(until deadline: MonotonicInstant) throws(LinkError) {
        try reporting { () throws(LinkError) in try link.sleep(until: deadline) }
    }

    /// Forwards to the inner link and reports the event.
    public func close() {
        link.close()
        report(.closed)
    }
}
