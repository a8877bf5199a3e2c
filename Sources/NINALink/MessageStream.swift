/// A byte stream to and from the device, with deadlines: a Unix socket, or the loopback in one process.
public protocol MessageStream: AnyObject {
    /// The time on this stream's clock.
    var now: MonotonicInstant { get }

    /// Sends all bytes.
    /// - Throws: `.timedOut` when none was sent; another error when the stream cannot be used any more, because a part was
    ///   sent.
    func send(_ bytes: [UInt8], until deadline: MonotonicInstant) throws(LinkError)

    /// Sends all bytes of a message's header, and of its payload after it.
    /// - Throws: see ``send(_:until:)``.
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
        do throws(LinkError) {
            try send(payload, until: deadline)
        } catch {
            throw error.kind == .timedOut ? .truncated : error
        }
    }

    /// Nil: a call that waits cannot be ended.
    public var interrupter: (@Sendable () -> Void)? { nil }

    /// Nil: the stream has no descriptor.
    public var activityDescriptor: Int32? { nil }
}

extension LinkError {
    /// The error of a stream of which a part of a message was sent.
    public static let truncated = LinkError(.closed, .transfer, "a message could not be sent whole")
}
