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

/// Two observers of one link.
public final class LinkObserverPair: LinkObserver {
    private let first: any LinkObserver
    private let second: any LinkObserver

    private init(_ first: any LinkObserver, _ second: any LinkObserver) {
        self.first = first
        self.second = second
    }

    /// The one that is there, both, or nil without any.
    public static func of(_ first: (any LinkObserver)?, _ second: (any LinkObserver)?) -> (any LinkObserver)? {
        guard let first else { return second }
        guard let second else { return first }
        return LinkObserverPair(first, second)
    }

    /// Passes it to both.
    public func observe(window: ArraySlice<UInt8>, _ fate: WindowFate, interrupt: Bool) {
        first.observe(window: window, fate, interrupt: interrupt)
        second.observe(window: window, fate, interrupt: interrupt)
    }

    /// Passes it to both.
    public func observe(reply: [UInt8], interrupt: Bool) {
        first.observe(reply: reply, interrupt: interrupt)
        second.observe(reply: reply, interrupt: interrupt)
    }

    /// Passes it to both.
    public func observe(lines: PinLevels) {
        first.observe(lines: lines)
        second.observe(lines: lines)
    }

    /// Passes it to both.
    public func observe(interrupt: Bool) {
        first.observe(interrupt: interrupt)
        second.observe(interrupt: interrupt)
    }

    /// Passes it to both.
    public func observe(start boots: Int, bluetooth: Bool) {
        first.observe(start: boots, bluetooth: bluetooth)
        second.observe(start: boots, bluetooth: bluetooth)
    }
}
