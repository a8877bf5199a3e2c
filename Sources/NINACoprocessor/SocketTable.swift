import NINALink
import NINAWire

/// A connection taken from a server's queue that no host has been told of: it holds no slot yet.
struct WaitingClient {
    var socket: NetworkSocket
    var remote: Endpoint
    var hasUnread: Bool
    /// The order in which clients came.
    var arrival: UInt32 = 0
    /// What the network has not taken yet of a server's write to all.
    var held: ArraySlice<UInt8> = []
}

/// A slot: what a host's socket number stands for.
struct Slot {
    /// What the slot is used for.
    enum Use {
        case free
        /// Given out by GET_SOCKET, to be used soon.
        case reserved
        /// A connect is under way.
        case connecting
        case server
        case client
        /// A UDP socket.
        case datagram
    }

    /// How a host came by a client.
    enum Origin {
        case connected
        case available
        case accepted
    }

    var use = Use.free
    var socket = NetworkSocket.invalid
    var reservedAt = MonotonicInstant(nanoseconds: 0)
    /// The listener of a server that lost its slot and listens on.
    var orphan: NetworkSocket?
    /// The order in which clients came.
    var arrival: UInt32 = 0

    // A server.
    var port: UInt16 = 0
    /// Connections are queued: set by the event, cleared when accept finds none.
    var hasPending = false
    /// Nothing could be accepted for lack of resources; it is tried again at this time.
    var stalledUntil: MonotonicInstant?
    var dropsRequests = false
    var waiting: [WaitingClient] = []
    /// The client `available` returned last.
    var turn: Int?
    /// Bytes read from it since its turn began.
    var readInTurn = 0

    // A client.

    /// TCP or TLS.
    var type = SocketType.tcp
    /// What a peek has taken out of the stream (a quirk).
    var peeked: UInt8?
    var remote = Endpoint.unspecified
    var origin = Origin.connected
    /// The slot of the server it came from.
    var server: Int?
    var hasUnread = false
    /// What the network has not taken yet, at most one frame.
    var held: ArraySlice<UInt8> = []
    /// The server has closed the connection; the slot still means the socket with this number, whoever gets it (a quirk).
    var staleNumber: Int?

    // A UDP socket.

    /// The multicast group it is in.
    var group: IPv4Address?
    /// The datagram that is being read, from `datagramHead` on.
    var datagram: [UInt8] = []
    var datagramHead = 0
    /// Who sent it.
    var sender = Endpoint.unspecified
    /// The host has asked for it.
    var isSenderKnown = false
    /// `remote` is the sender of a datagram that the host knows of: the next sender waits until the host has asked for
    /// its datagram, so that it can still be answered after its last byte was read.
    var keepsRemote = false
    /// It was opened for a destination whose name is being looked up.
    var awaitsName = false
    /// Where the datagram that is being written goes.
    var destination = Endpoint.unspecified
    /// The datagram that is being written.
    var outgoing: [UInt8] = []
}

/// The slots of a coprocessor: which are free, reserved or used, and who is handed out next. Pure: no I/O.
struct SocketTable {
    /// A reservation that is older may be taken by others when no free slot is left.
    static let reservationAge = Duration.seconds(1)
    /// After this many bytes a client that `available` keeps returning gives way to another that waits.
    static let turnLength = 16 * 1024

    /// The most connections that wait without a slot: silent ones keep nobody else out.
    static let waitingLimit = 64

    var slots: [Slot]
    /// Sockets of the pool that are none of a slot: BSD sockets have them.
    var lent = 0

    /// What was not read of a datagram outlives its socket (a quirk).
    var keepsDatagrams = false
    private var arrivals: UInt32 = 0

    /// The number of the next client.
    mutating func nextArrival() -> UInt32 {
        arrivals &+= 1
        return arrivals
    }

    init(count: Int) { slots = Array(repeating: Slot(), count: count) }

    /// The index of a socket number; nil when there is no such slot.
    func index(_ number: SocketNumber) -> Int? {
        Int(number.rawValue) < slots.count ? Int(number.rawValue) : nil
    }

    /// The slot that has this network socket.
    func index(of socket: NetworkSocket) -> Int? {
        slots.firstIndex { $0.socket == socket && $0.use != .free && $0.use != .reserved }
    }

    /// The index of a slot that can be taken: the lowest free one, else the oldest reservation that is old enough.
    func available(at now: MonotonicInstant) -> Int? {
        guard hasSocketLeft else { return nil }
        var oldest: Int?
        for index in slots.indices {
            if slots[index].use == .free { return index }
            guard slots[index].use == .reserved, hasExpired(index, at: now) else { continue }
            if let known = oldest, slots[known].reservedAt <= slots[index].reservedAt { continue }
            oldest = index
        }
        return oldest
    }

    /// Whether a slot can have a socket: BSD sockets have not taken all that are left.
    var hasSocketLeft: Bool {
        guard lent > 0 else { return true }
        return lent + slots.count { $0.use != .free && $0.use != .reserved } < slots.count
    }

    private func hasExpired(_ index: Int, at now: MonotonicInstant) -> Bool {
        slots[index].reservedAt.advanced(by: Self.reservationAge) <= now
    }

    /// Connections that servers have taken from their queues and nobody was told of: they hold no slot.
    var waitingCount: Int { slots.reduce(0) { $0 + ($1.use == .server ? $1.waiting.count : 0) } }

    /// Whether another connection can be taken from a server's queue: there is a slot for it.
    func hasRoom(at now: MonotonicInstant) -> Bool {
        available(at: now) != nil && waitingCount < Self.waitingLimit
    }

    /// When the next reservation is old enough to be taken by others.
    func nextExpiry(after now: MonotonicInstant) -> MonotonicInstant? {
        slots.lazy.filter { $0.use == .reserved }
            .map { $0.reservedAt.advanced(by: Self.reservationAge) }
            .filter { $0 > now }
            .min()
    }

    /// Starts a new use of a slot.
    mutating func take(_ index: Int, as use: Slot.Use) {
        var slot = Slot()
        slot.use = use
        slot.orphan = slots[index].orphan
        if keepsDatagrams {
            slot.datagram = slots[index].datagram
            slot.datagramHead = slots[index].datagramHead
            slot.hasUnread = use == .datagram && slot.datagramHead < slot.datagram.count
        }
        slots[index] = slot
    }

    /// Ends the use of a slot.
    mutating func release(_ index: Int) { take(index, as: .free) }

    /// Reserves a slot for a host; nil when all are used.
    mutating func reserve(at now: MonotonicInstant) -> Int? {
        guard let index = available(at: now) else { return nil }
        take(index, as: .reserved)
        slots[index].reservedAt = now
        return index
    }

    /// Who is returned by `available`: the client of a slot, or one that waits and is to be given a slot.
    enum Next: Equatable {
        case slot(Int)
        case waiting(Int)
    }

    /// The next client of a server that has unread bytes: the one whose turn it is, until it has had enough and another
    /// waits; then the next in slot order, clients without a slot coming between the last slot and the first.
    func next(ofServer server: Int, canHandOut: Bool) -> Next? {
        let turn = slots[server].turn.flatMap { isListed($0, server) ? $0 : nil }
        let other = successor(ofServer: server, after: turn, canHandOut: canHandOut)
        guard let turn, slots[turn].hasUnread else { return other }
        return slots[server].readInTurn < Self.turnLength || other == nil ? .slot(turn) : other
    }

    /// The client that came first of those that have unread bytes (a quirk: it starves the others).
    func first(ofServer server: Int, canHandOut: Bool) -> Next? {
        let listed = slots.indices.filter { isListed($0, server) && slots[$0].hasUnread }
            .map { (slots[$0].arrival, Next.slot($0)) }
        let waiting = slots[server].waiting.indices.filter { slots[server].waiting[$0].hasUnread }
            .map { (slots[server].waiting[$0].arrival, Next.waiting($0)) }
        let next = (listed + waiting).min { $0.0 < $1.0 }?.1
        if case .waiting = next, !canHandOut { return nil }
        return next
    }

    private func successor(ofServer server: Int, after turn: Int?, canHandOut: Bool) -> Next? {
        func isDue(_ index: Int) -> Bool { isListed(index, server) && slots[index].hasUnread && index != turn }
        let start = turn.map { $0 + 1 } ?? 0
        if let index = (start..<slots.count).first(where: isDue) { return .slot(index) }
        if canHandOut, let index = slots[server].waiting.firstIndex(where: \.hasUnread) { return .waiting(index) }
        if let index = (0..<start).first(where: isDue) { return .slot(index) }
        return nil
    }

    /// Whether a slot holds a client that `available` of this server may return.
    private func isListed(_ index: Int, _ server: Int) -> Bool {
        slots[index].use == .client && slots[index].origin == .available && slots[index].server == server
    }
}
