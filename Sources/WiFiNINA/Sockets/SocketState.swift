import NINALink
import NINAWire

/// The library's state of one socket of the coprocessor.
///
/// The coprocessor reuses numbers. Each connection starts with a fresh state; only the generation carries over.
struct SocketState {
    /// The library's use of the socket.
    enum Use {
        case closed
        case client
        case listener
        /// A ``WiFiUDP``.
        case datagram
        /// A ``WiFiSocket``, which the program manages itself.
        case raw
    }

    /// What the other end may still send.
    enum Stream {
        case open
        /// The chip has reported the end of the stream (BSD sockets).
        case ended
        /// The connection is lost; only buffered bytes remain. The chip has freed a slot already; a BSD socket remains
        /// until it is closed.
        case gone
    }

    /// Directions in which a lost reply has left a gap in the stream.
    struct Gaps: OptionSet {
        var rawValue: UInt8
        /// A reply with bytes was lost: later bytes must not be read as if they followed directly.
        static let input = Gaps(rawValue: 1)
        /// It is unknown whether the chip took a frame.
        static let output = Gaps(rawValue: 2)
    }

    /// Counts the socket's connections: a handle with a different number is stale.
    private(set) var generation: UInt32 = 0
    private(set) var use = Use.closed
    var stream = Stream.open
    var gaps: Gaps = []
    /// A wait has read bytes into the buffer that the program has not seen (BSD sockets).
    var hasNews = false
    /// The server whose `available` returned it.
    var server: ServerID?
    /// The server whose listener it came from, returned to the program or not (BSD sockets).
    var origin: ServerID?
    /// The remote address and port (BSD sockets).
    var remote = GetRemoteData.Reply()
    /// The remote port, where `accept` had to query it.
    var remotePort: UInt16?
    /// Bytes read from the chip and not taken by the program yet.
    var ahead = ReadAhead()
    var quantum = Quantum()
    /// When the program last used it.
    var usedAt = MonotonicInstant(nanoseconds: 0)
    /// Until when the chip is not queried for more bytes than the buffered ones, because it had none.
    var restsUntil = MonotonicInstant(nanoseconds: 0)
    /// When the chip was last queried for bytes while IRQ was low.
    var askedAt = MonotonicInstant(nanoseconds: 0)

    var isOpen: Bool { use != .closed }

    /// Whether it stays open when the module leaves its network.
    var outlivesNetwork: Bool {
        switch use {
        case .closed, .client: false
        case .listener, .datagram, .raw: true
        }
    }

    /// Starts a new connection; invalidates every handle to an earlier one.
    mutating func open(as use: Use, at now: MonotonicInstant) {
        close()
        self.use = use
        usedAt = now
    }

    /// Ends the connection. Keeps the buffer's storage for the next one.
    mutating func close() {
        var fresh = SocketState()
        fresh.generation = generation &+ 1
        swap(&fresh.ahead, &ahead)
        fresh.ahead.removeAll()
        self = fresh
    }
}

/// The unique identity of a ``WiFiServer``.
struct ServerID: Equatable {
    var rawValue: UInt32
}

/// A client's use of its turn at a server's `available`.
struct Quantum {
    /// Bytes read from the chip in this turn; the chip counts them too.
    var read = 0
    /// Bytes taken by the program in this turn.
    var taken = 0

    /// After this many bytes, a client yields to another one that has bytes.
    static let limit = 16 * 1024

    /// Counts the bytes read from the chip, so that both sides agree. The bytes taken decide only when the library had
    /// buffered more than one frame of them.
    var isOver: Bool { read >= Self.limit || taken >= Self.limit + Frame.longestReceive }
}

/// A queue of bytes; taken bytes are dropped from the front.
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

    /// - Precondition: at least `count` bytes are stored.
    mutating func drop(_ count: Int) { head += count }

    /// Moves bytes into a buffer at the offset, as many as fit.
    /// - Returns: the number of bytes.
    mutating func move(into buffer: inout [UInt8], at offset: Int) -> Int {
        let count = min(buffer.count - offset, self.count)
        guard count > 0 else { return 0 }
        buffer.replaceSubrange(offset..<offset + count, with: storage[head..<head + count])
        head += count
        return count
    }

    /// Takes up to `limit` bytes. Taking all of them does not copy.
    mutating func take(_ limit: Int) -> [UInt8] {
        guard head > 0 || limit < storage.count else {
            defer { storage = [] }
            return storage
        }
        let bytes = Array(storage[head...].prefix(max(0, limit)))
        head += bytes.count
        return bytes
    }

    /// Appends all bytes to another buffer; if that is empty, without copying.
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
