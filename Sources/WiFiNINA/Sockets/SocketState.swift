import NINALink
import NINAWire

/// The library's picture of one socket of the coprocessor.
///
/// The coprocessor uses a number again and again. Each connection begins with a fresh state; only the generation goes on.
struct SocketState {
    /// What the library uses the socket for.
    enum Use {
        case closed
        case client
        case listener
        /// A ``WiFiUDP``.
        case datagram
        /// A ``WiFiSocket``, which the program looks after itself.
        case raw
    }

    /// What may still come from the other end.
    enum Stream {
        case open
        /// The chip has reported the end of the bytes (BSD sockets).
        case ended
        /// The connection is lost: only the buffer is left of it. The chip has freed a slot by itself; a BSD socket stays
        /// until it is closed.
        case gone
    }

    /// Directions in which a lost reply has left a gap.
    struct Gaps: OptionSet {
        var rawValue: UInt8
        /// A reply with bytes was lost: those after it must not be read as if they followed.
        static let input = Gaps(rawValue: 1)
        /// It is unknown whether the chip took a frame.
        static let output = Gaps(rawValue: 2)
    }

    /// Counts the connections the socket has had: a handle with another number is stale.
    private(set) var generation: UInt32 = 0
    private(set) var use = Use.closed
    var stream = Stream.open
    var gaps: Gaps = []
    /// A wait has read bytes into the buffer, and the program has not used the socket since (BSD sockets).
    var hasNews = false
    /// The server whose `available` handed it out.
    var server: ServerID?
    /// The server whose listener it came from, handed out or not (BSD sockets).
    var origin: ServerID?
    /// The other end (BSD sockets).
    var remote = GetRemoteData.Reply()
    /// The other end's port, where `accept` had to ask for it.
    var remotePort: UInt16?
    /// Bytes read from the chip that the program has not taken yet.
    var ahead = ReadAhead()
    var quantum = Quantum()
    /// When the program last used it.
    var usedAt = MonotonicInstant(nanoseconds: 0)
    /// When the chip was last asked for bytes while IRQ was low.
    var askedAt = MonotonicInstant(nanoseconds: 0)

    var isOpen: Bool { use != .closed }

    /// Whether it stays open when the module leaves its network.
    var outlivesNetwork: Bool {
        switch use {
        case .closed, .client: false
        case .listener, .datagram, .raw: true
        }
    }

    /// A new connection begins; every handle of an earlier one is stale from now on.
    mutating func open(as use: Use, at now: MonotonicInstant) {
        close()
        self.use = use
        usedAt = now
    }

    /// The connection ends. The buffer's storage is kept for the next one.
    mutating func close() {
        var fresh = SocketState()
        fresh.generation = generation &+ 1
        swap(&fresh.ahead, &ahead)
        fresh.ahead.removeAll()
        self = fresh
    }
}

/// A ``WiFiServer``, never the same for two.
struct ServerID: Equatable {
    var rawValue: UInt32
}

/// What a client has used of its turn at a server's `available`.
struct Quantum {
    /// Bytes read from the chip in this turn, which the chip counts too.
    var read = 0
    /// Bytes the program has taken in this turn.
    var taken = 0

    /// After this many bytes a client gives way to another that has bytes.
    static let limit = 16 * 1024

    /// Decided by the bytes read from the chip, so that both sides agree; by those taken only when the library had more of
    /// them in its buffer than one frame.
    var isOver: Bool { read >= Self.limit || taken >= Self.limit + Frame.longestReceive }
}

/// Bytes in the order they came; those that were taken are dropped from the front.
struct ReadAhead {
    private var storage: [UInt8] = []
    private var head = 0

    var count: Int { storage.count - head }
    var isEmpty: Bool { head == storage.count }
    var first: UInt8? { isEmpty ? nil : storage[head] }
    /// The bytes, in storage that is shared until the next change.
    var bytes: ArraySlice<UInt8> { storage[head...] }

    mutating func append(_ bytes: ArraySlice<UInt8>) {
        if isEmpty { removeAll() } else { storage.removeFirst(head) }
        head = 0
        storage.append(contentsOf: bytes)
    }

    /// - Precondition: there are that many.
    mutating func drop(_ count: Int) { head += count }

    /// Moves bytes into a buffer, as many as fit behind the offset.
    /// - Returns: their number.
    mutating func move(into buffer: inout [UInt8], at offset: Int) -> Int {
        let count = min(buffer.count - offset, self.count)
        guard count > 0 else { return 0 }
        buffer.replaceSubrange(offset..<offset + count, with: storage[head..<head + count])
        head += count
        return count
    }

    /// Takes bytes, at most so many. All of them come without a copy.
    mutating func take(_ limit: Int) -> [UInt8] {
        guard head > 0 || limit < storage.count else {
            defer { storage = [] }
            return storage
        }
        let bytes = Array(storage[head...].prefix(max(0, limit)))
        head += bytes.count
        return bytes
    }

    /// Moves all bytes behind those of another buffer; to an empty one without a copy.
    mutating func move(to other: inout ReadAhead) {
        if other.isEmpty { swap(&self, &other) } else { other.append(bytes) }
        removeAll()
    }

    /// Keeps the capacity.
    mutating func removeAll() {
        storage.removeAll(keepingCapacity: true)
        head = 0
    }
}
