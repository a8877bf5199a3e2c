import NINAWire

/// What a ``Tracer`` saw.
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

/// A link around another that reports what passes and when; it changes nothing.
public final class Tracer: Link {
    private let link: any Link
    private let sink: (TraceEvent, MonotonicInstant) -> Void

    /// Wraps a link.
    /// - Parameter sink: called with each event and the time at which it ended.
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

    /// Passed on; levels are not traced.
    public func interruptLevel() throws(LinkError) -> Bool { try link.interruptLevel() }

    /// Passed on and reported.
    public func reset(until deadline: MonotonicInstant) throws(LinkError) {
        try reporting { () throws(LinkError) in try link.reset(until: deadline) }
        report(.reset)
    }

    /// Passed on and reported.
    public func sendCommand(_ frame: [UInt8], until deadline: MonotonicInstant) throws(LinkError) {
        try reporting { () throws(LinkError) in try link.sendCommand(frame, until: deadline) }
        report(.command(frame))
    }

    /// Passed on and reported.
    public func receiveReply(
        expecting opcode: Opcode, until deadline: MonotonicInstant
    ) throws(LinkError) -> ArraySlice<UInt8> {
        let reply = try reporting { () throws(LinkError) in
            try link.receiveReply(expecting: opcode, until: deadline)
        }
        report(.reply(Array(reply)))
        return reply
    }

    /// Passed on.
    public func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        try reporting { () throws(LinkError) in try link.waitForInterrupt(until: deadline) }
    }

    /// Passed on.
    public func sleep(until deadline: MonotonicInstant) throws(LinkError) {
        try reporting { () throws(LinkError) in try link.sleep(until: deadline) }
    }

    /// Passed on and reported.
    public func close() {
        link.close()
        report(.closed)
    }
}
