import NINALink
import NINAWire

/// The BSD sockets of a coprocessor: at most as many as the pool has numbers.
struct BSDSockets {
    /// Open sockets, indexed by their number's position in the pool.
    private(set) var entries: [BSDEntry?]
    /// The errno of the last failed command; a success does not clear it.
    var errno = BSDError.none

    /// The bytes of a command that waits for room.
    var blockedSend: [UInt8] = []

    init(count: Int) { entries = Array(repeating: nil, count: count) }

    subscript(_ index: Int) -> BSDEntry { entries[index] ?? BSDEntry(.stream) }

    /// Changes an open socket in place, as ``SlotTable`` does: the entry is taken out, so that its buffers are not copied.
    /// - Returns: what the change returns, nil when the socket is not open.
    @discardableResult
    mutating func update<Result>(_ index: Int, _ change: (inout BSDEntry) -> Result) -> Result? {
        guard var entry = entries[index] else { return nil }
        entries[index] = nil
        defer { entries[index] = entry }
        return change(&entry)
    }

    /// Whether the socket is open.
    func isOpen(_ index: Int) -> Bool { entries.indices.contains(index) && entries[index] != nil }

    /// The index of the socket with this network socket.
    func index(of socket: NetworkSocket) -> Int? {
        guard socket != .invalid else { return nil }
        return entries.firstIndex { $0?.socket == socket }
    }

    mutating func open(_ index: Int, _ kind: BSDEntry.Kind) { entries[index] = BSDEntry(kind) }

    mutating func close(_ index: Int) { entries[index] = nil }
}
