import NINAWire

/// The host's side of the socket link without any I/O: bytes in, bytes out. The twin of ``DeviceSession``.
///
/// To carry a link over a transport of your own: send ``output`` and clear it after ``start()``, ``sendCommand(_:)``,
/// ``reset()`` and ``finish()``; put what arrives into ``input`` and call ``receive()`` until it returns nil.
///
///     var session = HostSession()
///     session.start()
///     while !session.canSendCommand { exchange bytes; while try session.receive() != nil {} }
///     session.sendCommand(frame)
///     while session.isWaitingForReply { exchange bytes; while try session.receive() != nil {} }
///     let reply = session.takeReply()
///
/// It keeps no time: the code that waits for bytes has the deadline. ``MessageLink`` does all this over a ``MessageStream``.
public struct HostSession {
    /// Bytes from the device, to be filled in before ``receive()``.
    public var input = MessageBuffer(acceptsHostMessages: false)
    /// Bytes for the device, to be sent and cleared.
    public var output: [UInt8] = []
    private var handshake = HostHandshake()
    /// Shares the storage of `input` until it is taken.
    private var reply: ArraySlice<UInt8> = []
    /// The device has restarted by itself and the host has not been informed yet.
    private var hasRestarted = false

    /// A session before the greeting.
    public init() { output.reserveCapacity(2 * Frame.limit) }

    /// The state of the handshake.
    public var state: HostHandshake.State { handshake.state }
    /// The IRQ level that the device reported last.
    public var interrupt: Bool { handshake.interrupt }
    /// The device's number of boots, modulo 64.
    public var boots: UInt8 { handshake.boots }
    /// Whether ``sendCommand(_:)`` may be called. A reply that was not taken is discarded by the next command.
    public var canSendCommand: Bool { handshake.state == .ready || handshake.state == .replyQueued }
    /// Whether a command runs.
    public var isWaitingForReply: Bool { handshake.state == .busy }

    /// Queues the greeting.
    public mutating func start() { handshake.appendHello(to: &output) }

    /// Queues a command, and in front of it the window that reads the previous reply.
    /// - Precondition: ``canSendCommand``.
    public mutating func sendCommand(_ frame: [UInt8]) {
        reply = []
        handshake.appendCommand(frame, to: &output)
    }

    /// Queues RESET low and high; the device is up again when ``receive()`` has returned `.booted`.
    public mutating func reset() {
        reply = []
        handshake.appendReset(to: &output)
    }

    /// Queues the window owed for the last reply, so that the device expects a command when the connection ends.
    public mutating func finish() { handshake.appendOwedWindow(to: &output) }

    /// Processes messages of the input up to the first one that matters to the host.
    /// - Returns: nil when no complete message is left.
    /// - Throws: `.violation` when the device broke the rules; the connection is to be closed.
    public mutating func receive() throws(LinkError) -> HostHandshake.Event? {
        while let message = try input.next() {
            let event = try handshake.receive(message)
            switch event {
            case .none: continue
            case .reply: reply = message.payload
            case .restarted:
                reply = []
                hasRestarted = true
            case .booted: break
            }
            return event
        }
        return nil
    }

    /// The reply that has arrived, nil when none has.
    ///
    /// It shares the input's storage: drop it before the input is filled again, or the storage is copied.
    public mutating func takeReply() -> ArraySlice<UInt8>? {
        guard handshake.state == .replyQueued else { return nil }
        defer { reply = [] }
        return reply
    }

    /// Whether the device has restarted by itself since the last call: its sockets are gone.
    public mutating func takeRestart() -> Bool {
        defer { hasRestarted = false }
        return hasRestarted
    }
}
