import NINALink
import NINAWire

/// What the library knows of a socket of the coprocessor.
struct SocketState {
    /// Counts the connections the socket has had: a handle with another number is stale.
    var generation: UInt32 = 0
    var isOpen = false
    /// A server or a UDP socket: it stays when the module leaves its network.
    var outlivesNetwork = false
    /// A ``WiFiSocket``: the program looks after it itself.
    var isRaw = false
    /// The connection is lost: nothing but the buffer is left of it. The chip has freed a slot by itself; a BSD socket it
    /// keeps until that is closed.
    var isGone = false
    /// The chip has said that no more bytes will come (BSD sockets).
    var hasEnded = false
    /// A wait has read bytes into the buffer, and the program has not used the socket since (BSD sockets).
    var hasNews = false
    /// A reply with bytes was lost: those that follow do not follow on.
    var hasLostInput = false
    /// Nobody knows whether a frame was taken.
    var hasLostOutput = false
    /// The server (by its own generation-proof identity) that handed it out by `available`.
    var server: UInt32 = 0
    /// The server whose listener it came from, handed out or not (BSD sockets).
    var origin: UInt32 = 0
    /// The other end (BSD sockets).
    var remote = GetRemoteData.Reply()
    /// Bytes read from the chip that the program has not taken yet: `buffer[head...]`.
    var buffer: [UInt8] = []
    var head = 0
    /// Bytes read from the chip since `available` returned it as a new turn: the chip counts the same ones.
    var readInTurn = 0
    /// Bytes the program has taken since then.
    var takenInTurn = 0
    /// The other end's port, where `accept` had to ask for it.
    var remotePort: UInt16?
    /// When the program last used it.
    var usedAt = MonotonicInstant(nanoseconds: 0)
    /// When the chip was last asked for bytes while IRQ was low.
    var askedAt = MonotonicInstant(nanoseconds: 0)

    var bufferedCount: Int { buffer.count - head }

    /// It has had its turn. By the bytes read from the chip, so that both sides agree; by those taken only when the
    /// library had more of them in its buffer than one frame.
    var isTurnOver: Bool {
        readInTurn >= WiFiServer.turnLength || takenInTurn >= WiFiServer.turnLength + Frame.longestReceive
    }

    /// A new turn begins.
    mutating func startTurn() {
        readInTurn = 0
        takenInTurn = 0
    }
}
