import NINALink
import NINAWire

/// The slots of a coprocessor: which can be taken, and which client of a server is next. Pure: no I/O.
struct SlotTable {
    /// When no free slot is left, a reservation older than this may be taken over.
    static let reservationAge = Duration.seconds(1)
    /// After this many bytes, the client that `available` returns yields to another one that has bytes.
    static let quantum = 16 * 1024
    /// The maximum number of connections waiting without a slot, so that silent clients do not keep others out.
    static let waitingLimit = 64

    private var slots: [Slot]
    /// Servers that have lost their slots and still listen (a quirk), by slot.
    private var leftServers: [Server?]
    /// What a command has to know of all slots.
    private(set) var tally: SlotTally
    /// The time of the current call into the device, for the age of slots.
    var now = MonotonicInstant(nanoseconds: 0)

    init(count: Int) {
        slots = Array(repeating: .free, count: count)
        leftServers = Array(repeating: nil, count: count)
        tally = SlotTally(slotCount: count)
    }

    var indices: Range<Int> { slots.indices }
    var count: Int { slots.count }

    subscript(index: Int) -> Slot {
        get { slots[index] }
        set {
            slots[index] = newValue
            count(index)
        }
    }

    /// Records in the tally what this slot is now. Every change of a slot or of the server it has lost ends with it; while a
    /// payload is being changed the tally still has the state before.
    private mutating func count(_ index: Int) { tally.record(marks(index), at: index, now) }

    /// The marks of a slot, derived from its state.
    func marks(_ index: Int) -> SlotMarks { SlotMarks(slots[index], server: listener(index)) }

    /// The index of a socket number; nil when the slot does not exist.
    func index(_ number: SocketNumber) -> Int? {
        Int(number.rawValue) < slots.count ? Int(number.rawValue) : nil
    }

    /// The slot with this network socket.
    func index(of socket: NetworkSocket) -> Int? { slots.firstIndex { $0.isInUse && $0.socket == socket } }

    // Asking for the kind of a slot copies nothing of its payload.

    func isClient(_ index: Int) -> Bool { if case .client = slots[index] { true } else { false } }

    func isDatagram(_ index: Int) -> Bool { if case .datagram = slots[index] { true } else { false } }

    // MARK: Servers

    /// The server of a slot, or the one that has lost this slot (a quirk).
    func listener(_ index: Int) -> Server? { slots[index].server ?? leftServers[index] }

    /// The server that commands on a slot reach: that of the slot, or the one that has lost it, as soon as the slot holds a
    /// TCP client (a quirk: the firmware looks at the slot's server first).
    func server(_ index: Int) -> Server? {
        guard tally[index].contains(.listener) else { return nil }
        if case .client(let client) = slots[index], client.type == .tcp { return leftServers[index] }
        return slots[index].server
    }

    /// The slot whose server, or former server, has this network socket.
    func index(ofListener socket: NetworkSocket) -> Int? { slots.indices.first { listener($0)?.socket == socket } }

    /// Frees the slot of a server, which keeps listening.
    mutating func leaveServer(_ index: Int) {
        guard case .server(let server) = slots[index] else { return }
        leftServers[index] = server
        self[index] = .free
    }

    /// Gives the slot back to the server that has lost it.
    /// - Returns: whether there was one.
    @discardableResult
    mutating func returnServer(_ index: Int) -> Bool {
        guard let server = takeLeftServer(index) else { return false }
        self[index] = .server(server)
        return true
    }

    /// Takes the server that has lost this slot; it is not known to the slot any more.
    mutating func takeLeftServer(_ index: Int) -> Server? {
        defer { count(index) }
        return leftServers[index].take()
    }

    // MARK: Changing a payload

    // The payload is taken out of the slot, changed and put back: its buffers are not copied, and nothing is allocated.
    // (`_modify` accessors allocate a coroutine frame per access.)

    /// Changes the client of a slot; nil when the slot holds something else.
    @discardableResult
    mutating func updateClient<Result>(_ index: Int, _ change: (inout Client) -> Result) -> Result? {
        guard case .client(var client) = slots[index] else { return nil }
        slots[index] = .free
        defer { self[index] = .client(client) }
        return change(&client)
    }

    /// Changes the server of a slot, or the one that has lost the slot; nil when there is neither.
    @discardableResult
    mutating func updateServer<Result>(_ index: Int, _ change: (inout Server) -> Result) -> Result? {
        guard case .server(var server) = slots[index] else {
            guard var server = leftServers[index].take() else { return nil }
            defer {
                leftServers[index] = server
                count(index)
            }
            return change(&server)
        }
        slots[index] = .free
        defer { self[index] = .server(server) }
        return change(&server)
    }

    /// Changes the datagram of a slot; nil when the slot holds something else.
    @discardableResult
    mutating func updateDatagram<Result>(_ index: Int, _ change: (inout Datagram) -> Result) -> Result? {
        guard case .datagram(var datagram) = slots[index] else { return nil }
        slots[index] = .free
        defer { self[index] = .datagram(datagram) }
        return change(&datagram)
    }

    // MARK: Taking a slot

    /// The index of a slot that can be taken: the lowest free one, otherwise the oldest expired reservation.
    /// - Parameter bsdSockets: the number of sockets of the pool used by BSD sockets.
    func available(at now: MonotonicInstant, bsdSockets: Int = 0) -> Int? {
        guard hasSocketLeft(bsdSockets: bsdSockets) else { return nil }
        var oldest: (index: Int, since: MonotonicInstant)?
        for index in slots.indices {
            switch slots[index] {
            case .free: return index
            case .reserved(let since):
                guard since.advanced(by: Self.reservationAge) <= now else { continue }
                if let oldest, oldest.since <= since { continue }
                oldest = (index, since)
            case .connecting, .server, .client, .datagram: continue
            }
        }
        return oldest?.index
    }

    /// Whether a slot can have a socket: BSD sockets have not taken all remaining ones.
    func hasSocketLeft(bsdSockets: Int) -> Bool {
        bsdSockets == 0 || bsdSockets + tally.inUse < slots.count
    }

    /// The number of connections that servers have taken from their queues and the host does not know yet: they hold no
    /// slot.
    var waitingCount: Int {
        slots.indices.reduce(0) { $0 + (listener($1)?.waiting.count ?? 0) }
    }

    /// Whether another connection can be taken from a server's queue: a slot is available for it.
    func hasRoom(at now: MonotonicInstant, bsdSockets: Int = 0) -> Bool {
        available(at: now, bsdSockets: bsdSockets) != nil && waitingCount < Self.waitingLimit
    }

    /// When the next reservation expires.
    func nextExpiry(after now: MonotonicInstant) -> MonotonicInstant? {
        var next: MonotonicInstant?
        for case .reserved(let since) in slots {
            let expiry = since.advanced(by: Self.reservationAge)
            if expiry > now { next = min(next ?? expiry, expiry) }
        }
        return next
    }

    /// Reserves a slot for a host; nil when all are in use.
    mutating func reserve(at now: MonotonicInstant, bsdSockets: Int = 0) -> Int? {
        guard let index = available(at: now, bsdSockets: bsdSockets) else { return nil }
        self[index] = .reserved(since: now)
        return index
    }

    // MARK: Clients of a server

    /// The client that `available` returns: one in a slot, or a waiting one that must be given a slot.
    enum Next: Equatable {
        case slot(Int)
        case waiting(Int)
    }

    /// The next client of a server that has unread bytes: the current one, until its quantum is used up and another has
    /// bytes; then the next in slot order, with clients without a slot between the last slot and the first.
    func next(ofServer server: Int, canHandOut: Bool) -> Next? {
        guard let state = self.server(server) else { return nil }
        let current = state.current.flatMap { listed($0, server) == nil ? nil : $0 }
        let other = successor(ofServer: server, state.waiting, after: current, canHandOut: canHandOut)
        guard let current, listed(current, server)?.connection.hasUnread == true else { return other }
        return state.bytesInQuantum < Self.quantum || other == nil ? .slot(current) : other
    }

    /// The client with unread bytes that has the lowest place in the server's list (a quirk: it starves the others).
    func first(ofServer server: Int, canHandOut: Bool) -> Next? {
        guard let state = self.server(server) else { return nil }
        let inSlots = slots.indices.compactMap { index in
            listed(index, server).flatMap {
                $0.connection.hasUnread ? ($0.connection.place, Next.slot(index)) : nil
            }
        }
        let waiting = state.waiting.indices.filter { state.waiting[$0].hasUnread }
            .map { (state.waiting[$0].place, Next.waiting($0)) }
        let next = (inSlots + waiting).min { $0.0 < $1.0 }?.1
        if case .waiting = next, !canHandOut { return nil }
        return next
    }

    /// The lowest place in a server's list that no client has.
    func freePlace(ofServer server: Int) -> Int {
        func isTaken(_ place: Int) -> Bool {
            listener(server)?.waiting.contains { $0.place == place } == true
                || slots.indices.contains {
                    guard let client = listed($0, server) else { return false }
                    return client.connection.socket != .invalid && client.connection.place == place
                }
        }
        var place = 0
        while isTaken(place) { place += 1 }
        return place
    }

    private func successor(
        ofServer server: Int, _ waiting: [Connection], after current: Int?, canHandOut: Bool
    ) -> Next? {
        func isDue(_ index: Int) -> Bool {
            index != current && listed(index, server)?.connection.hasUnread == true
        }
        let start = current.map { $0 + 1 } ?? 0
        if let index = (start..<slots.count).first(where: isDue) { return .slot(index) }
        if canHandOut, let index = waiting.firstIndex(where: \.hasUnread) { return .waiting(index) }
        if let index = (0..<start).first(where: isDue) { return .slot(index) }
        return nil
    }

    /// The client in a slot, if `available` of this server may return it.
    private func listed(_ index: Int, _ server: Int) -> Client? {
        guard case .client(let client) = slots[index], client.origin == .available, client.server == server else {
            return nil
        }
        return client
    }
}
