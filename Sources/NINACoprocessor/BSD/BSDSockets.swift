import NINALink
import NINAWire

/// The BSD sockets of a coprocessor: at most as many as the pool has numbers.
struct BSDSockets {
    /// Open sockets, indexed by their number's position in the pool.
    private(set) var entries: [BSDEntry?]
    /// The number of open sockets.
    private(set) var count = 0
    /// The errno of the last failed command; a success does not clear it.
    var errno = BSDError.none

    /// The bytes of a command that waits for room.
    var blockedSend: [UInt8] = []

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

    /// Whether the socket is open.
    func isOpen(_ index: Int) -> Bool { entries.indices.contains(index) && entries[index] != nil }

    /// The index of the socket with this network socket.
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
