/// A byte stream to and from the device, with deadlines: a Unix socket, or the loopback in one process.
public protocol MessageStream: AnyObject {
    /// The time on this stream's clock.
    var now: MonotonicInstant { get }

    /// Sends all bytes of the queue and removes them.
    /// - Throws: `.timedOut` when none was sent, and the stream can be used again; another error when it cannot: a part was sent,
    ///   or the stream has failed.
    func send(_ output: inout ByteQueue, until deadline: MonotonicInstant) throws(LinkError)

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
    /// Nil: a call that waits cannot be ended.
    public var interrupter: (@Sendable () -> Void)? { nil }

    /// Nil: the stream has no descriptor.
    public var activityDescriptor: Int32? { nil }
}

extension LinkError {
    /// The error of a stream of which a part of a message was sent.
    public static let truncated = LinkError(.closed, .transfer, "a message could not be sent whole")
}
