import NINALink

/// Facts about a slot that commands on other slots, IRQ and timers need.
struct SlotMarks: OptionSet {
    let rawValue: UInt8

    /// Neither free nor reserved.
    static let inUse = SlotMarks(rawValue: 1 << 0)
    /// A client or a UDP socket with unread bytes.
    static let unread = SlotMarks(rawValue: 1 << 1)
    /// A UDP socket.
    static let datagram = SlotMarks(rawValue: 1 << 2)
    /// A server, or one that has lost this slot.
    static let listener = SlotMarks(rawValue: 1 << 3)
    /// A listener with clients that hold no slot, or whose queue may have some.
    static let clientsWithoutSlot = SlotMarks(rawValue: 1 << 4)
}

extension SlotMarks {
    /// The marks of a slot.
    /// - Parameter server: its server, or the one that has lost it.
    init(_ slot: Slot, server: Server?) {
        switch slot {
        case .free, .reserved: self = []
        case .connecting, .server: self = .inUse
        case .client(let client): self = client.connection.hasUnread ? [.inUse, .unread] : .inUse
        case .datagram(let datagram): self = datagram.hasUnread ? [.inUse, .datagram, .unread] : [.inUse, .datagram]
        }
        guard let server else { return }
        insert(.listener)
        if server.hasClientsWithoutSlot { insert(.clientsWithoutSlot) }
    }
}

/// How many slots have each mark: a command looks at the slots one by one only if there is something to find.
struct SlotTally {
    private var marks: [SlotMarks]
    /// Since when each slot is in use.
    private(set) var since: [MonotonicInstant]
    private(set) var inUse = 0
    private(set) var unread = 0
    private(set) var datagrams = 0
    private(set) var listeners = 0
    private(set) var clientsWithoutSlot = 0

    init(slotCount: Int) {
        marks = Array(repeating: [], count: slotCount)
        since = Array(repeating: MonotonicInstant(nanoseconds: 0), count: slotCount)
    }

    subscript(index: Int) -> SlotMarks { marks[index] }

    /// Replaces the marks of a slot.
    mutating func record(_ new: SlotMarks, at index: Int, _ now: MonotonicInstant) {
        let old = marks[index]
        guard new != old else { return }
        if new.contains(.inUse), !old.contains(.inUse) { since[index] = now }
        marks[index] = new
        func change(_ mark: SlotMarks) -> Int { (new.contains(mark) ? 1 : 0) - (old.contains(mark) ? 1 : 0) }
        inUse += change(.inUse)
        unread += change(.unread)
        datagrams += change(.datagram)
        listeners += change(.listener)
        clientsWithoutSlot += change(.clientsWithoutSlot)
    }
}
