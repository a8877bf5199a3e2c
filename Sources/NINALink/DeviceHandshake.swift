/// The device's half of the handshake over messages.
public struct DeviceHandshake: Sendable {
    /// The state of the handshake.
    public enum State: UInt8, Sendable {
        /// RESET is low: messages are ignored.
        case held
        /// READY is low and a command is expected.
        case command
        /// READY is high: a command is running.
        case busy
        /// READY is low and a reply is queued.
        case reply
    }

    /// What the device must do after a message.
    public enum Action: UInt8, Sendable {
        /// Nothing.
        case none
        /// Run the command in the payload.
        case run
        /// Stop: RESET went low.
        case hold
        /// Start up: RESET went high.
        case boot
        /// Start up in Bluetooth mode: chip select was low when RESET went high.
        case bootBluetooth
        /// Nothing; the host sent a window while a command was running, which was dropped.
        case windowDropped
    }

    /// The state of the handshake.
    public private(set) var state = State.held
    /// Number of boots on this connection.
    public private(set) var boots = 0
    /// Windows received while a command was running.
    public private(set) var windowsDropped = 0
    private var interruptTold = false
    /// Whether the host has sent its greeting.
    public private(set) var isGreeted = false
    private var pins: PinLevels = [.reset, .gpio0]

    /// A handshake before power-on.
    public init() {}

    /// Appends the device's greeting. The device sends its greeting without waiting for the host's.
    public func appendHello(to output: inout ByteQueue) {
        LinkMessage.append(.deviceHello, payload: LinkMessage.greeting, to: &output)
    }

    /// The device starts, in either mode: one more boot for each reset of the host.
    public mutating func recordBoot() { boots += 1 }

    /// The device has started and is not ready yet: windows are lost.
    mutating func hold() { state = .held }

    /// Reports the device ready for a command.
    public mutating func queueCommand(interrupt: Bool, to output: inout ByteQueue) {
        state = .command
        appendQueued(isReply: false, interrupt: interrupt, length: 0, to: &output)
    }

    /// Queues the reply of the command that has run: appends its header, and the caller the reply.
    public mutating func queueReply(length: Int, interrupt: Bool, to output: inout ByteQueue) {
        state = .reply
        appendQueued(isReply: true, interrupt: interrupt, length: length, to: &output)
    }

    /// Whether the IRQ level has changed.
    func owesInterrupt(_ level: Bool) -> Bool { level != interruptTold && state != .held }

    /// Appends the IRQ level if it has changed.
    public mutating func reportInterrupt(_ level: Bool, to output: inout ByteQueue) {
        guard owesInterrupt(level) else { return }
        interruptTold = level
        LinkMessage.append(.interrupt, flags: level ? 1 : 0, to: &output)
    }

    private mutating func appendQueued(isReply: Bool, interrupt: Bool, length: Int, to output: inout ByteQueue) {
        interruptTold = interrupt
        let flags = QueuedFlags(interrupt: interrupt, isReply: isReply, boots: boots)
        LinkMessage.appendHeader(.queued, flags: flags.rawValue, length: length, to: &output)
    }

    /// Processes a message from the host. If READY falls again immediately, appends QUEUED.
    /// - Parameter interrupt: the current IRQ level.
    /// - Throws: `.violation` for a wrong greeting or a message before it; the connection must be closed.
    public mutating func receive(
        _ message: LinkMessage, interrupt: Bool, output: inout ByteQueue
    ) throws(LinkError) -> Action {
        try receive(message.header, message.payload, interrupt: interrupt, output: &output)
    }

    mutating func receive(
        _ header: LinkMessage.Header, _ payload: ArraySlice<UInt8>, interrupt: Bool, output: inout ByteQueue
    ) throws(LinkError) -> Action {
        guard isGreeted else {
            guard header.kind == .hostHello, payload.elementsEqual(LinkMessage.greeting) else {
                throw LinkError(.violation, .hello, "the host's greeting is not that of link version 1")
            }
            isGreeted = true
            return .none
        }
        switch header.kind {
        case .window: return window(length: header.length, interrupt: interrupt, output: &output)
        case .pins: return levels(PinLevels(rawValue: payload.first ?? 0))
        case .hostHello, .deviceHello, .queued, .interrupt:
            throw LinkError(.violation, .transfer, "a message that a host may not send now")
        }
    }

    private mutating func window(length: Int, interrupt: Bool, output: inout ByteQueue) -> Action {
        switch state {
        case .held: return .none
        case .busy:
            windowsDropped += 1
            return .windowDropped
        case .reply:
            queueCommand(interrupt: interrupt, to: &output)
            return .none
        case .command:
            guard length > 0 else {
                queueCommand(interrupt: interrupt, to: &output)
                return .none
            }
            state = .busy
            return .run
        }
    }

    private mutating func levels(_ levels: PinLevels) -> Action {
        let before = pins
        pins = levels
        switch (before.contains(.reset), levels.contains(.reset)) {
        case (true, false):
            state = .held
            return .hold
        case (false, true):
            return levels.contains(.chipSelectLow) ? .bootBluetooth : .boot
        default:
            return .none
        }
    }
}
