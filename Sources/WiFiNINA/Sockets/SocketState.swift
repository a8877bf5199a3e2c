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
    private(set) var stream = Stream.open
    private(set) var gaps: Gaps = []
    /// A wait has read bytes into the buffer that the program has not seen (BSD sockets).
    private(set) var hasNews = false
    /// The server whose `available` returned it.
    private(set) var server: ServerID?
    /// The server whose listener it came from, returned to the program or not (BSD sockets).
    private(set) var origin: ServerID?
    /// The remote address and port (BSD sockets).
    private(set) var remote = GetRemoteData.Reply()
    /// The remote port, where `accept` had to query it.
    private(set) var remotePort: UInt16?
    /// Bytes read from the chip and not taken by the program yet.
    private(set) var ahead = ReadAhead()
    private(set) var quantum = Quantum()
    private(set) var pace = Pace()

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
        pace.recordUse(at: now)
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

// What happens to an open socket.

extension SocketState {
    /// The program used it.
    mutating func recordUse(at now: MonotonicInstant) {
        pace.recordUse(at: now)
        hasNews = false
    }

    /// The chip was queried for bytes.
    mutating func recordQuery(at now: MonotonicInstant) { pace.recordQuery(at: now) }

    /// Until then the chip is not queried for more bytes than the buffered ones.
    mutating func rest(until end: MonotonicInstant) { pace.rest(until: end) }

    /// The chip may have more bytes.
    mutating func endRest() { pace.endRest() }

    // MARK: The stream

    /// The chip has reported the end of the stream.
    mutating func markEnded() { stream = .ended }

    /// The connection is lost; buffered bytes remain.
    mutating func markGone() { stream = .gone }

    /// A lost reply has left a gap in this direction.
    mutating func markGap(_ direction: Gaps) { gaps.insert(direction) }

    // MARK: Bytes

    /// The chip has returned so many bytes.
    mutating func recordReceived(_ count: Int) { quantum.read += count }

    /// Buffers bytes from the chip.
    mutating func buffer(_ bytes: ArraySlice<UInt8>) { ahead.append(bytes) }

    /// A wait has buffered bytes that the program has not seen.
    mutating func markNews() { hasNews = true }

    /// The program took bytes that were never buffered.
    mutating func recordTaken(_ count: Int) { quantum.taken += count }

    /// Removes and returns the first buffered byte; nil if the buffer is empty.
    mutating func takeByte() -> UInt8? {
        guard let byte = ahead.first else { return nil }
        ahead.drop(1)
        quantum.taken += 1
        return byte
    }

    /// Takes buffered bytes into a buffer at the offset, as many as fit.
    /// - Returns: the number of bytes.
    mutating func take(into buffer: inout [UInt8], at offset: Int) -> Int {
        let count = ahead.move(into: &buffer, at: offset)
        quantum.taken += count
        return count
    }

    /// Takes up to so many buffered bytes.
    mutating func take(_ limit: Int) -> [UInt8] {
        let bytes = ahead.take(limit)
        quantum.taken += bytes.count
        return bytes
    }

    /// Takes all buffered bytes to another buffer.
    mutating func takeAll(to buffer: inout ReadAhead) {
        quantum.taken += ahead.count
        ahead.move(to: &buffer)
    }

    // MARK: Servers

    /// It came from a server's listener.
    mutating func recordOrigin(_ server: ServerID) { origin = server }

    /// A server's `available` has found it.
    mutating func assign(to server: ServerID) { self.server = server }

    /// A server's `accept` has handed it to the program, which serves it alone.
    mutating func handOut() { server = nil }

    /// Begins its turn at a server's `available`.
    /// - Parameter read: the bytes already read from the chip in it.
    mutating func beginTurn(read: Int) { quantum = Quantum(read: read) }

    // MARK: The other end

    /// The address and port of the other end.
    mutating func recordRemote(_ remote: GetRemoteData.Reply) { self.remote = remote }

    /// The port of the other end, as `accept` has queried it.
    /// - Returns: whether it is that of the connection that the library knows.
    mutating func recordRemotePort(_ port: UInt16) -> Bool {
        defer { remotePort = port }
        return remotePort ?? port == port
    }
}

/// When a socket was last used and queried.
struct Pace {
    /// When the program last used it.
    private(set) var usedAt = MonotonicInstant(nanoseconds: 0)
    /// Until when the chip is not queried for more bytes than the buffered ones, because it had none.
    private(set) var restsUntil = MonotonicInstant(nanoseconds: 0)
    /// When the chip was last queried for bytes while IRQ was low.
    private(set) var askedAt = MonotonicInstant(nanoseconds: 0)

    mutating func recordUse(at now: MonotonicInstant) { usedAt = now }
    mutating func recordQuery(at now: MonotonicInstant) { askedAt = now }
    mutating func rest(until end: MonotonicInstant) { restsUntil = end }
    mutating func endRest() { restsUntil = MonotonicInstant(nanoseconds: 0) }
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
