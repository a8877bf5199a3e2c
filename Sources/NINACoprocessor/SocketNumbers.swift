import NINAWire

/// lwip's socket numbers: one pool for both families of commands.
///
/// The highest number is 63. Numbers never used are taken first, in ascending order, then the least recently taken one.
struct SocketNumbers {
    /// The user of a number.
    enum Holder: Equatable {
        case free
        /// A BSD socket.
        case bsd
        /// The socket of a slot.
        case slot(NetworkSocket)
        /// A client in a server's list that holds no slot. It must yield its number to a slot.
        case waiting(NetworkSocket)
    }

    private(set) var holders: [Holder]
    /// The number of BSD sockets.
    private(set) var bsdSocketCount = 0
    /// When each number was last taken, counted in takes; 0 for never.
    private var lastTaken: [UInt64]
    private var takes: UInt64 = 0

    init(count: Int) {
        holders = Array(repeating: .free, count: count)
        lastTaken = Array(repeating: 0, count: count)
    }

    /// The number of the first socket.
    var base: Int { Int(Firmware.socketNumbers(slots: holders.count).lowerBound) }

    /// Whether a number is free.
    var hasRoom: Bool { holders.contains(.free) }

    /// Takes a number.
    /// - Returns: its index; nil when none is free.
    mutating func take(_ holder: Holder) -> Int? {
        var next: Int?
        for index in holders.indices where holders[index] == .free {
            if let known = next, lastTaken[known] <= lastTaken[index] { continue }
            next = index
        }
        if let next { give(next, to: holder) }
        return next
    }

    /// Takes a number for a slot's socket: the one it had while waiting, a free one, or that of a waiting client.
    mutating func take(forSlot socket: NetworkSocket) {
        if let own = holders.firstIndex(of: .waiting(socket)) {
            holders[own] = .slot(socket)
        } else if take(.slot(socket)) == nil, let other = holders.firstIndex(where: \.isWaiting) {
            give(other, to: .slot(socket))
        }
    }

    private mutating func give(_ index: Int, to holder: Holder) {
        takes += 1
        lastTaken[index] = takes
        if holder == .bsd { bsdSocketCount += 1 }
        holders[index] = holder
    }

    /// The index of the number of a slot's or a waiting client's socket.
    func index(of socket: NetworkSocket) -> Int? {
        holders.firstIndex { $0 == .slot(socket) || $0 == .waiting(socket) }
    }

    /// Releases the number of a slot's or a waiting client's socket.
    mutating func release(_ socket: NetworkSocket) {
        if let index = index(of: socket) { release(at: index) }
    }

    /// Releases a number.
    mutating func release(at index: Int) {
        if holders[index] == .bsd { bsdSocketCount -= 1 }
        holders[index] = .free
    }
}

extension SocketNumbers.Holder {
    fileprivate var isWaiting: Bool {
        if case .waiting = self { true } else { false }
    }
}
