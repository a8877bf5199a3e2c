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

    /// An open socket; nil when it is not open.
    subscript(_ index: Int) -> BSDEntry? { entries.indices.contains(index) ? entries[index] : nil }

    /// An open TCP socket; nil when it is not open, or of the other type.
    func stream(_ index: Int) -> BSDEntry.Stream? {
        if case .stream(let stream)? = self[index]?.transport { stream } else { nil }
    }

    /// Changes an open socket in place, as ``SlotTable`` does: the entry is taken out, so that its buffers are not copied.
    mutating func update(_ index: Int, _ change: (inout BSDEntry) -> Void) {
        guard var entry = self[index] else { return }
        entries[index] = nil
        change(&entry)
        entries[index] = entry
    }

    /// Changes a TCP socket.
    mutating func updateStream(_ index: Int, _ change: (inout BSDEntry.Stream) -> Void) {
        update(index) { entry in
            guard case .stream(var stream) = entry.transport else { return }
            change(&stream)
            entry.transport = .stream(stream)
        }
    }

    /// Changes a UDP socket in place.
    mutating func updateDatagram(_ index: Int, _ change: (inout BSDEntry.DatagramSocket) -> Void) {
        update(index) { entry in
            guard case .datagram(var datagram) = entry.transport else { return }
            entry.transport = .datagram(BSDEntry.DatagramSocket())
            change(&datagram)
            entry.transport = .datagram(datagram)
        }
    }

    /// Records whether the network accepts bytes of a connection.
    mutating func setFull(_ index: Int, _ isFull: Bool) {
        updateStream(index) { stream in
            guard case .connected(var peer) = stream.state else { return }
            peer.isFull = isFull
            stream.state = .connected(peer)
        }
    }

    /// Whether the socket is open.
    func isOpen(_ index: Int) -> Bool { self[index] != nil }

    /// The index of the socket with this network socket.
    func index(of socket: NetworkSocket) -> Int? { entries.firstIndex { $0?.socket == socket } }

    mutating func open(_ index: Int, _ kind: BSDEntry.Kind, at now: MonotonicInstant) {
        entries[index] = BSDEntry(kind, at: now)
    }

    mutating func close(_ index: Int) { entries[index] = nil }
}
