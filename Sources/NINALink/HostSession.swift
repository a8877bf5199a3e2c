import NINAWire

/// The host's side of the socket link without I/O: bytes in, bytes out. The counterpart of ``DeviceSession``.
///
/// To run a link over your own transport: send ``output`` and clear it after ``start()``, ``sendCommand(_:)``,
/// ``reset()`` and ``finish()``; append received bytes to ``input`` and call ``receive()`` until it returns nil.
///
///     var session = HostSession()
///     session.start()
///     while !session.canSendCommand { exchange bytes; while try session.receive() != nil {} }
///     session.sendCommand(frame)
///     while session.isWaitingForReply { exchange bytes; while try session.receive() != nil {} }
///     let reply = session.takeReply()
///
/// It does not track time: the code that waits for bytes enforces the deadline. ``MessageLink`` implements this loop
/// over a ``MessageStream``.
public struct HostSession {
    /// Bytes from the device; append to it before calling ``receive()``.
    public var input = MessageBuffer(acceptsHostMessages: false)
    /// Bytes for the device; send and clear them.
    public var output = ByteQueue()
    private var handshake = HostHandshake()
    /// The handshake before the output was queued.
    private var handshakeBefore = HostHandshake()
    /// Shares the storage of `input` until it is taken.
    private var reply: ArraySlice<UInt8> = []
    /// The device has restarted unexpectedly and the host has not been informed yet.
    private var hasRestarted = false

    /// A session before the greeting.
    public init() {}

    /// The state of the handshake.
    public var state: HostHandshake.State { handshake.state }
    /// The last IRQ level that the device reported.
    public var interrupt: Bool { handshake.interrupt }
    /// The device's boot count, modulo 64.
    public var boots: UInt8 { handshake.boots }
    /// Whether ``sendCommand(_:)`` may be called. The next command discards a reply that was not taken.
    public var canSendCommand: Bool { handshake.state == .ready || handshake.state == .replyQueued }
    /// Whether a command is running.
    public var isWaitingForReply: Bool { handshake.state == .busy }

    /// Queues the greeting.
    public mutating func start() { handshake.appendHello(to: &output) }

    /// Queues a command, preceded by the window that reads the previous reply.
    /// - Precondition: ``canSendCommand``, and at most 65535 bytes.
    public mutating func sendCommand(_ frame: [UInt8]) {
        reply = []
        handshakeBefore = handshake
        handshake.appendCommand(frame, to: &output)
    }

    /// Queues RESET low and high; the device is up again once ``receive()`` has returned `.booted`.
    public mutating func reset() {
        reply = []
        handshakeBefore = handshake
        handshake.appendReset(to: &output)
    }

    /// Queues the window owed for the last reply, so that the device expects a command when the connection ends.
    public mutating func finish() {
        handshakeBefore = handshake
        handshake.appendOwedWindow(to: &output)
    }

    /// Removes what the last call has queued, and of which nothing was sent.
    public mutating func withdraw() {
        output.removeAll()
        handshake = handshakeBefore
    }

    /// Processes messages of the input up to the first one with an event for the host.
    /// - Returns: nil when no complete message is left.
    /// - Throws: `.violation` when the device violated the protocol; the connection must be closed.
    public mutating func receive() throws(LinkError) -> HostHandshake.Event? {
        while let header = try input.nextHeader() {
            let payload = input.takePayload(header)
            let event = try handshake.receive(header, payload)
            switch event {
            case .none: continue
            case .reply: reply = payload
            case .restarted:
                reply = []
                hasRestarted = true
            case .booted: break
            }
            return event
        }
        return nil
    }

    /// Takes the reply that has arrived; nil if there is none.
    ///
    /// It shares the input's storage: release it before adding to the input, or the storage is copied.
    public mutating func takeReply() -> ArraySlice<UInt8>? {
        guard handshake.state == .replyQueued else { return nil }
        defer { reply = [] }
        return reply
    }

    /// Returns whether the device has restarted unexpectedly since the last call; its sockets are closed then.
    public mutating func takeRestart() -> Bool {
        defer { hasRestarted = false }
        return hasRestarted
    }
}
