import NINALink

/// A listener.
struct Server {
    let socket: NetworkSocket
    let port: UInt16
    /// Connections may be queued: set by the network's event, cleared when the queue is found empty.
    var hasPending = false
    /// Accepting failed for lack of resources; it is retried at this time.
    var stalledUntil: MonotonicInstant?
    /// Connection requests are dropped without a reply (the overflow policy `drop`).
    var dropsRequests = false
    /// The next connection, which firmware accepts before the host asks for it. It holds one of lwip's numbers, and no slot.
    var held: Connection?
    /// Connections taken from the queue that the host does not know yet: they hold no slot.
    var waiting: [Connection] = []
    /// The slot of the client that `available` last returned.
    var current: Int?
    /// Bytes read from it since it became the current client.
    var bytesInQuantum = 0

    /// It has connections that hold no slot: held, in its list, or possibly in its queue.
    var hasClientsWithoutSlot: Bool { hasPending || held != nil || !waiting.isEmpty }

    /// A connection has entered the queue.
    /// - Returns: whether others were known to wait there.
    mutating func markPending() -> Bool {
        defer { hasPending = true }
        return hasPending
    }
}
