import NINALink
import NINAWire

/// The numbers of lwip's sockets, one pool for both families of commands.
///
/// They end at 63. Those never used come first, in rising order, then the one that was taken longest ago.
struct SocketNumbers {
    /// Who has a number.
    enum Holder: Equatable {
        case nobody
        /// A BSD socket.
        case bsd
        /// The socket of a slot.
        case slot(NetworkSocket)
        /// A client in a server's list that holds no slot. It must give way to a slot.
        case waiting(NetworkSocket)
    }

    private(set) var holders: [Holder]
    /// When each was taken last, 0 for never.
    private var turns: [UInt64]
    private var turn: UInt64 = 0

    init(count: Int) {
        holders = Array(repeating: .nobody, count: count)
        turns = Array(repeating: 0, count: count)
    }

    /// The number of the first socket.
    var base: Int { Int(Firmware.socketNumbers(slots: holders.count).lowerBound) }

    /// Whether a number is left.
    var hasRoom: Bool { holders.contains(.nobody) }

    /// Takes a number.
    /// - Returns: its index, nil when none is left.
    mutating func take(_ holder: Holder) -> Int? {
        var next: Int?
        for index in holders.indices where holders[index] == .nobody {
            if let known = next, turns[known] <= turns[index] { continue }
            next = index
        }
        guard let next else { return nil }
        turn += 1
        turns[next] = turn
        holders[next] = holder
        return next
    }

    /// Takes a number for the socket of a slot: one it had while it waited, a free one, or that of a client that waits.
    mutating func take(forSlot socket: NetworkSocket) {
        if let own = holders.firstIndex(of: .waiting(socket)) {
            holders[own] = .slot(socket)
        } else if take(.slot(socket)) == nil, let other = holders.firstIndex(where: \.isWaiting) {
            turn += 1
            turns[other] = turn
            holders[other] = .slot(socket)
        }
    }

    /// The number of a slot's or a waiting client's socket.
    func index(of socket: NetworkSocket) -> Int? {
        holders.firstIndex { $0 == .slot(socket) || $0 == .waiting(socket) }
    }

    /// Gives back the number of a slot's or a waiting client's socket.
    mutating func release(_ socket: NetworkSocket) {
        if let index = index(of: socket) { holders[index] = .nobody }
    }

    /// Gives back a number.
    mutating func release(at index: Int) { holders[index] = .nobody }
}

extension SocketNumbers.Holder {
    fileprivate var isWaiting: Bool {
        if case .waiting = self { true } else { false }
    }
}

/// A BSD socket.
struct BSDEntry {
    /// What it carries.
    enum Kind: UInt8 {
        case stream = 1
        case datagram = 2
    }

    /// What has become of it.
    enum State {
        /// New, or bound.
        case idle
        case listening
        case connecting
        /// A datagram socket has a destination then.
        case connected
        /// Its connection has failed, or was lost.
        case broken
    }

    /// A datagram that has come.
    struct Datagram {
        var bytes: [UInt8]
        var sender: Endpoint
    }

    let kind: Kind
    var state = State.idle
    /// None for a stream that is idle or broken, and for a datagram socket without a port.
    var socket = NetworkSocket.invalid
    /// The port it was bound to; nil before that.
    var port: UInt16?
    var remote = Endpoint.unspecified
    /// Commands return at once.
    var isNonblocking = false
    /// The network takes no bytes now.
    var isFull = false
    /// Why the connection is broken; told by the next command.
    var failure = BSDError.none
    /// The datagram that is read next.
    var datagram: Datagram?
    var options = BSDOptions()

    init(_ kind: Kind) { self.kind = kind }
}

/// The BSD sockets of a coprocessor: at most as many as the pool has numbers.
struct BSDSocketTable {
    /// Open sockets, by their place in the pool.
    private(set) var entries: [BSDEntry?]
    /// The number of open sockets.
    private(set) var count = 0
    /// Why the last command failed that did; a success leaves it alone.
    var errno = BSDError.none

    init(count: Int) { entries = Array(repeating: nil, count: count) }

    subscript(_ index: Int) -> BSDEntry {
        get { entries[index] ?? BSDEntry(.stream) }
        _modify {
            var entry = entries[index] ?? BSDEntry(.stream)
            let isOpen = entries[index] != nil
            entries[index] = nil
            defer { if isOpen { entries[index] = entry } }
            yield &entry
        }
    }

    /// Whether there is an open socket at this place.
    func isOpen(_ index: Int) -> Bool { entries.indices.contains(index) && entries[index] != nil }

    /// The socket that has this network socket.
    func index(of socket: NetworkSocket) -> Int? {
        guard count > 0, socket != .invalid else { return nil }
        return entries.firstIndex { $0?.socket == socket }
    }

    mutating func open(_ index: Int, _ kind: BSDEntry.Kind) {
        if entries[index] == nil { count += 1 }
        entries[index] = BSDEntry(kind)
    }

    mutating func close(_ index: Int) {
        if entries[index] != nil { count -= 1 }
        entries[index] = nil
    }
}

extension NetworkFailure {
    /// What ERRNO says of it.
    var bsdError: BSDError {
        switch self {
        case .addressInUse: .addressInUse
        case .refused, .closed, .tls: .reset
        case .unreachable: .unreachable
        case .timedOut: .aborted
        case .noResources: .noBuffers
        case .notPermitted: .notAllowed
        case .system: .inputOutput
        }
    }
}
