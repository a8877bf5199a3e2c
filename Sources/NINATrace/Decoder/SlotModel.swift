/// What a slot is used for.
public enum SlotUse: String, Sendable {
    /// A connection that the host has opened.
    case client
    /// A connection that a server has accepted.
    case accepted
    /// A server.
    case server
    /// A UDP socket.
    case datagrams

    var name: String {
        switch self {
        case .client: "a connection"
        case .accepted: "an accepted connection"
        case .server: "a server"
        case .datagrams: "a UDP socket"
        }
    }
}

/// What a command has done to a slot.
public enum SlotChange: Equatable, Sendable {
    /// It is open from here.
    case opened(UInt8, SlotUse)
    /// It was open until here.
    case closed(UInt8)
}

/// The slots of a coprocessor, as far as its commands and replies tell.
struct SlotModel {
    private enum State {
        case open(SlotUse, since: UInt64)
        case closed(since: UInt64)
    }

    private var slots: [UInt8: State] = [:]
    /// Whether the trace has the start of the coprocessor, so that a slot that was never opened is closed.
    private var hasSeenStart = false

    /// All slots are closed from here.
    mutating func restart() {
        slots = [:]
        hasSeenStart = true
    }

    /// Follows a command.
    mutating func apply(_ effect: SlotEffect, at time: UInt64) -> (finding: Finding?, change: SlotChange?) {
        switch effect {
        case .uses(let slot): return (stale(slot), nil)
        case .opens(let slot, let use): return (nil, open(slot, use, at: time))
        case .closes(let slot):
            let old = slots.updateValue(.closed(since: time), forKey: slot)
            guard case .open = old else { return (nil, nil) }
            return (nil, .closed(slot))
        case .accepts(let server, let slot):
            guard case .open(.server, _) = slots[server] else { return (nil, nil) }
            if case .open(_, _) = slots[slot] { return (nil, nil) }
            return (nil, open(slot, .accepted, at: time))
        }
    }

    private mutating func open(_ slot: UInt8, _ use: SlotUse, at time: UInt64) -> SlotChange {
        slots[slot] = .open(use, since: time)
        return .opened(slot, use)
    }

    private func stale(_ slot: UInt8) -> Finding? {
        switch slots[slot] {
        case .open: nil
        case .closed(let since): Finding(.stale, "slot \(slot) is closed since \(TimeText.seconds(since)) s")
        case nil: hasSeenStart ? Finding(.stale, "slot \(slot) was never opened") : nil
        }
    }

    /// The slots that are still open. A server that listens until the end is no leak: programs end like that.
    var leaks: [Finding] {
        slots.sorted { $0.key < $1.key }.compactMap { slot, state in
            guard case .open(let use, let since) = state, use != .server else { return nil }
            return Finding(.leak, "slot \(slot), \(use.name) since \(TimeText.seconds(since)) s, was never closed")
        }
    }
}
