import NINALink
import NINAWire

/// A UDP socket in a slot.
struct Datagram {
    /// The maximum length of a datagram, in bytes.
    static let limit = 1500
    /// The same in firmware that splits longer ones.
    static let splitLimit = 1460

    /// The datagram being read.
    struct Incoming {
        var bytes: [UInt8] = []
        /// The number of its bytes already read.
        var head = 0
        var sender = Endpoint.unspecified
        /// The host has queried it.
        var isSenderKnown = false

        var hasUnread: Bool { head < bytes.count }
    }

    /// Invalid where START_CLIENT opens none (a quirk).
    var socket: NetworkSocket
    var port: UInt16
    /// The multicast group it has joined.
    var group: IPv4Address?
    /// The endpoint that GET_REMOTE_DATA reports.
    var remote = Endpoint.unspecified
    /// `remote` is the sender of a datagram that the host knows. It is kept until the host queries the next datagram,
    /// so that the host can still reply after reading the last byte.
    var keepsRemote = false
    var incoming = Incoming()
    /// It was opened for a destination whose name is being resolved.
    var awaitsName = false
    /// The destination of the datagram being written.
    var destination = Endpoint.unspecified
    /// The datagram being written.
    var outgoing: [UInt8] = []
    /// A piece of the datagram being written was refused: the rest of it must not be sent.
    var lacksPiece = false

    var hasUnread: Bool { incoming.hasUnread }

    /// Starts a datagram to this destination, which GET_REMOTE_DATA reports until another datagram arrives.
    mutating func setDestination(_ endpoint: Endpoint) {
        destination = endpoint
        remote = endpoint
        keepsRemote = false
        awaitsName = false
        discard()
    }

    /// Begins another datagram.
    mutating func discard() {
        outgoing.removeAll(keepingCapacity: true)
        lacksPiece = false
    }

    /// Takes the next datagram once the current one has been read completely: datagrams are never merged.
    mutating func fetch(_ context: inout Context) {
        guard !hasUnread else { return }
        incoming.bytes.removeAll(keepingCapacity: true)
        incoming.head = 0
        guard let (count, sender) = context.network.receiveDatagram(socket, into: &context.scratch) else { return }
        incoming.isSenderKnown = false
        let limit = context.has(.datagramsAreSplit) ? Self.splitLimit : Self.limit
        incoming.bytes.append(contentsOf: context.scratch.prefix(min(count, limit)))
        incoming.sender = sender
        if !keepsRemote || context.has(.datagramsRedirectReplies) { remote = sender }
    }

    /// The host queries the current datagram: from now on GET_REMOTE_DATA reports its sender.
    mutating func noteSender() {
        guard hasUnread, !incoming.isSenderKnown else { return }
        incoming.isSenderKnown = true
        remote = incoming.sender
        keepsRemote = true
    }

    /// Reads from the current datagram into the buffer.
    mutating func read(limit: Int, peek: Bool, into buffer: inout [UInt8]) -> Int {
        noteSender()
        let bytes = incoming.bytes[incoming.head...].prefix(limit)
        buffer.replaceSubrange(0..<bytes.count, with: bytes)
        if !peek { incoming.head += bytes.count }
        return bytes.count
    }
}
