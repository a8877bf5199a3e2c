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
    /// None.
    public var activityDescriptor: Int32? { nil }
}

/// A link whose windows and lines travel as messages over a stream.
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

    /// The stream's.
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

    /// Sends a command, and with it the window that reads the reply before.
    public func writeWindow(_ frame: [UInt8], until deadline: MonotonicInstant) throws(LinkError) {
        try requireOpen(.readyForCommand)
        try exchange.writeWindow(frame, stream, until: deadline)
    }

    /// Waits for the reply.
    public func readWindow(into reply: inout [UInt8], until deadline: MonotonicInstant) throws(LinkError) {
        try requireOpen(.reply)
        try exchange.readWindow(into: &reply, stream, until: deadline)
    }

    /// Waits until IRQ is high.
    public func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        try requireOpen(.idle)
        return try exchange.waitForInterrupt(stream, until: deadline)
    }

    /// Lets time pass; what the device says meanwhile is taken in.
    public func sleep(until deadline: MonotonicInstant) throws(LinkError) {
        try requireOpen(.idle)
        while now < deadline { _ = try exchange.step(stream, until: deadline) }
    }

    /// Reads the last reply's window and ends the stream.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        try? exchange.settle(stream, until: now.advanced(byNanoseconds: 100_000_000))
        stream.close()
    }
}

/// What passes between a host and a device: the handshake, and the bytes on their way.
///
/// A structure, so that the link's one access covers all it does for a command.
private struct MessageExchange {
    private var handshake = HostHandshake()
    private var buffer = MessageBuffer(acceptsHostMessages: false)
    private var output: [UInt8] = []
    private var reply: [UInt8] = []
    /// The device has restarted by itself and no command has told so yet.
    private var hasRestarted = false
    /// Why a message was cut short: nothing that follows would be understood.
    private(set) var failure: LinkError?
    /// After this many receives without an event the deadline counts although there is more: a device that never falls
    /// silent cannot hold it up.
    private static let patience = 16

    init() {
        output.reserveCapacity(2 * Frame.limit)
        reply.reserveCapacity(Frame.limit)
    }

    private mutating func flush(_ stream: any MessageStream, until deadline: MonotonicInstant) throws(LinkError) {
        defer { output.removeAll(keepingCapacity: true) }
        do throws(LinkError) {
            try stream.send(output, until: deadline)
        } catch {
            failure = error
            throw error
        }
    }

    /// Takes messages until one means something; nil when the deadline came first.
    mutating func step(
        _ stream: any MessageStream, until deadline: MonotonicInstant
    ) throws(LinkError) -> HostHandshake.Event? {
        var receives = 0
        while true {
            while let message = try buffer.next() {
                let event = try handshake.receive(message)
                if event == .reply {
                    reply.removeAll(keepingCapacity: true)
                    reply.append(contentsOf: message.payload)
                }
                if event == .restarted { hasRestarted = true }
                if event != .none { return event }
            }
            if receives >= Self.patience, deadline <= stream.now { return nil }
            receives += 1
            guard try stream.receive(into: &buffer, until: deadline) else { return nil }
        }
    }

    private mutating func pump(
        _ stream: any MessageStream, _ phase: LinkError.Phase, until deadline: MonotonicInstant
    ) throws(LinkError) -> HostHandshake.Event {
        do throws(LinkError) {
            guard let event = try step(stream, until: deadline) else { throw LinkError(.timedOut, phase) }
            return event
        } catch {
            // Whatever the stream was doing, the caller wants to know what for. The greeting is no event: a device that
            // stays silent after it is starting, not greeting.
            let isStarting = phase == .hello && handshake.state == .booting
            throw LinkError(error.kind, isStarting ? .boot : phase, error.detail, code: error.code)
        }
    }

    mutating func greet(_ stream: any MessageStream, until deadline: MonotonicInstant) throws(LinkError) {
        handshake.appendHello(to: &output)
        try flush(stream, until: deadline)
        while handshake.state == .hello || handshake.state == .booting {
            _ = try pump(stream, .hello, until: deadline)
        }
    }

    mutating func interruptLevel(_ stream: any MessageStream) throws(LinkError) -> Bool {
        if !handshake.interrupt { try look(stream) }
        return handshake.interrupt
    }

    private mutating func look(_ stream: any MessageStream) throws(LinkError) {
        // A deadline in the past: the stream only looks. The IRQ level is no event, so nil is the usual answer.
        for _ in 0..<Self.patience where try step(stream, until: MonotonicInstant(nanoseconds: 0)) == nil { return }
    }

    mutating func reset(_ stream: any MessageStream, until deadline: MonotonicInstant) throws(LinkError) {
        handshake.appendReset(to: &output)
        try flush(stream, until: deadline)
        while handshake.state == .booting { _ = try pump(stream, .boot, until: deadline) }
    }

    mutating func writeWindow(
        _ frame: [UInt8], _ stream: any MessageStream, until deadline: MonotonicInstant
    ) throws(LinkError) {
        while handshake.state == .busy || handshake.state == .booting {
            _ = try pump(stream, .readyForCommand, until: deadline)
        }
        if hasRestarted {
            hasRestarted = false
            throw LinkError(.restarted, .readyForCommand)
        }
        handshake.appendCommand(frame, to: &output)
        try flush(stream, until: deadline)
    }

    mutating func readWindow(
        into reply: inout [UInt8], _ stream: any MessageStream, until deadline: MonotonicInstant
    ) throws(LinkError) {
        while handshake.state == .busy {
            guard try pump(stream, .reply, until: deadline) != .restarted else {
                hasRestarted = false
                throw LinkError(.restarted, .reply)
            }
        }
        guard handshake.state == .replyQueued else { throw LinkError(.violation, .reply, "no command was sent") }
        swap(&reply, &self.reply)
    }

    mutating func waitForInterrupt(
        _ stream: any MessageStream, until deadline: MonotonicInstant
    ) throws(LinkError) -> Bool {
        while true {
            try look(stream)
            if hasRestarted {
                hasRestarted = false
                throw LinkError(.restarted, .idle)
            }
            if handshake.interrupt { return true }
            if deadline <= stream.now { return false }
            guard try stream.receive(into: &buffer, until: deadline) else { return false }
        }
    }

    mutating func settle(_ stream: any MessageStream, until deadline: MonotonicInstant) throws(LinkError) {
        handshake.appendOwedWindow(to: &output)
        try flush(stream, until: deadline)
    }
}
