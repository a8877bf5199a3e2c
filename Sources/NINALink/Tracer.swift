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

/// A link around another that tells what passes and when; it changes nothing.
public final class Tracer: Link {
    private let link: any Link
    private let sink: (TraceEvent, MonotonicInstant) -> Void

    /// Wraps a link.
    /// - Parameter sink: called with each event and the time at which it ended.
    public init(_ link: any Link, sink: @escaping (TraceEvent, MonotonicInstant) -> Void) {
        self.link = link
        self.sink = sink
    }

    private func tell(_ event: TraceEvent) { sink(event, link.now) }

    private func telling<Result>(_ work: () throws(LinkError) -> Result) throws(LinkError) -> Result {
        do throws(LinkError) {
            return try work()
        } catch {
            tell(.failure(error))
            throw error
        }
    }

    /// The time on the inner link's clock.
    public var now: MonotonicInstant { link.now }

    /// The inner link's.
    public var activityDescriptor: Int32? { link.activityDescriptor }

    /// Passed on; levels are not traced.
    public func interruptLevel() throws(LinkError) -> Bool { try link.interruptLevel() }

    /// Passed on and told.
    public func reset(until deadline: MonotonicInstant) throws(LinkError) {
        try telling { () throws(LinkError) in try link.reset(until: deadline) }
        tell(.reset)
    }

    /// Passed on and told.
    public func writeWindow(_ frame: [UInt8], until deadline: MonotonicInstant) throws(LinkError) {
        try telling { () throws(LinkError) in try link.writeWindow(frame, until: deadline) }
        tell(.command(frame))
    }

    /// Passed on and told.
    public func readWindow(into reply: inout [UInt8], until deadline: MonotonicInstant) throws(LinkError) {
        do throws(LinkError) {
            try link.readWindow(into: &reply, until: deadline)
        } catch {
            tell(.failure(error))
            throw error
        }
        tell(.reply(reply))
    }

    /// Passed on.
    public func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        try telling { () throws(LinkError) in try link.waitForInterrupt(until: deadline) }
    }

    /// Passed on.
    public func sleep(until deadline: MonotonicInstant) throws(LinkError) {
        try telling { () throws(LinkError) in try link.sleep(until: deadline) }
    }

    /// Passed on and told.
    public func close() {
        link.close()
        tell(.closed)
    }
}
