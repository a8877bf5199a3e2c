import NINAWire

/// A device on the socket link without any I/O: bytes in, bytes out.
///
/// A structure, so that its owner's one access covers all it does for a command.
public struct DeviceSession {
    /// The device.
    public let device: any LinkDevice
    /// Bytes from the host, to be filled in before ``receive(at:)``.
    public var input = MessageBuffer(acceptsHostMessages: true)
    /// Bytes for the host, to be sent and cleared.
    public var output: [UInt8] = []
    private var handshake = DeviceHandshake()
    private var reply: [UInt8] = []

    /// Puts a device on the link; it is off until ``start(at:)``.
    public init(device: any LinkDevice) {
        self.device = device
        reply.reserveCapacity(Frame.limit)
        output.reserveCapacity(2 * Frame.limit)
    }

    /// Windows that the host sent while a command ran.
    public var windowsDropped: Int { handshake.windowsDropped }
    /// Whether the host has sent its greeting.
    public var isGreeted: Bool { handshake.isGreeted }
    /// Boots on this connection.
    public var boots: Int { handshake.boots }
    /// Whether a command runs.
    public var isBusy: Bool { handshake.state == .busy }

    /// Power on: greets the host and boots the device.
    public mutating func start(at now: MonotonicInstant) {
        handshake.appendHello(to: &output)
        boot(bluetooth: false, at: now)
    }

    private mutating func boot(bluetooth: Bool, at now: MonotonicInstant) {
        guard device.boot(bluetooth: bluetooth, at: now) else { return }
        handshake.queueCommand(interrupt: device.interrupt, isBoot: true, to: &output)
    }

    /// Takes every complete message of the input, in order.
    /// - Throws: ``LinkError`` when the host broke the rules; the connection is to be closed.
    public mutating func receive(at now: MonotonicInstant) throws(LinkError) {
        while let message = try input.next() {
            switch try handshake.receive(message, interrupt: device.interrupt, output: &output) {
            case .none, .windowDropped: break
            case .hold: device.halt(at: now)
            case .boot: boot(bluetooth: false, at: now)
            case .bootBluetooth: boot(bluetooth: true, at: now)
            case .run:
                if device.run(message.payload.prefix(Frame.limit), reply: &reply, at: now) { queueReply() }
            }
        }
        update(at: now)
    }

    /// After an event or a timer of the device: sends the reply that was waited for, and the IRQ level if it changed.
    public mutating func update(at now: MonotonicInstant) {
        if isBusy, device.finish(into: &reply, at: now) { queueReply() }
        handshake.tellInterrupt(device.interrupt, to: &output)
    }

    private mutating func queueReply() {
        handshake.queueReply(reply, interrupt: device.interrupt, to: &output)
    }
}
