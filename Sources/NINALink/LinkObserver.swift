import NINAWire

/// Receives what a host and its device exchange, for a trace. The windows share storage with the session: copy what is kept.
public protocol LinkObserver: AnyObject {
    /// A window of the host. One without bytes is told too: it may read a reply, and tells the host the IRQ level.
    /// - Parameter interrupt: the IRQ level of which the host will know.
    func observe(window: ArraySlice<UInt8>, _ fate: WindowFate, interrupt: Bool)

    /// A reply is queued.
    func observe(reply: [UInt8], interrupt: Bool)

    /// The host has set its lines.
    func observe(lines: PinLevels)

    /// The IRQ level that the host is told.
    func observe(interrupt: Bool)

    /// The device has started.
    /// - Parameter boots: the number of starts on this connection.
    func observe(start boots: Int, bluetooth: Bool)
}

/// What becomes of a host's window.
public enum WindowFate: Equatable, Sendable {
    /// The device runs it as a command.
    case command
    /// It clocks the queued reply.
    case readsReply
    /// The device does not take it: a command is running, or RESET is low.
    case lost
}
