import NINALink
import NINAWire

/// A UDP socket in a slot.
struct Datagram {
    /// The longest datagram, in bytes.
    static let limit = 1500

    /// The datagram that is being read.
    struct Incoming {
        var bytes: [UInt8] = []
        /// Bytes of it that were read.
        var head = 0
        var sender = Endpoint.unspecified
        /// The host has asked for it.
        var isSenderKnown = false

        var hasUnread: Bool { head < bytes.count }
    }

    let socket: NetworkSocket
    let port: UInt16
    /// The multicast group it is in.
    let group: IPv4Address?
    /// What GET_REMOTE_DATA reports.
    var remote = Endpoint.unspecified
    /// `remote` is the sender of a datagram that the host knows of: the next sender waits until the host has asked for
    /// its datagram, so that it can still be answered after its last byte was read.
    var keepsRemote = false
    var incoming = Incoming()
    /// It was opened for a destination whose name is being looked up.
    var awaitsName = false
    /// Where the datagram that is being written goes.
    var destination = Endpoint.unspecified
    /// The datagram that is being written.
    var outgoing: [UInt8] = []

    var hasUnread: Bool { incoming.hasUnread }

    /// Starts a datagram to this destination; GET_REMOTE_DATA reports it until another datagram has come.
    mutating func setDestination(_ endpoint: Endpoint) {
        destination = endpoint
        remote = endpoint
        keepsRemote = false
        awaitsName = false
        outgoing.removeAll(keepingCapacity: true)
    }

    /// Takes the next datagram, when the last one is read to its end: datagrams are never merged.
    mutating func fetch(_ context: inout Context) {
        guard !hasUnread else { return }
        incoming.bytes.removeAll(keepingCapacity: true)
        incoming.head = 0
        guard let (count, sender) = context.network.receiveDatagram(socket, into: &context.scratch) else { return }
        incoming.isSenderKnown = false
        incoming.bytes.append(contentsOf: context.scratch.prefix(min(count, Self.limit)))
        incoming.sender = sender
        if !keepsRemote { remote = sender }
    }

    /// The host asks for the present datagram: from now on GET_REMOTE_DATA reports its sender.
    mutating func noteSender() {
        guard hasUnread, !incoming.isSenderKnown else { return }
        incoming.isSenderKnown = true
        remote = incoming.sender
        keepsRemote = true
    }

    /// Reads of the present datagram into the buffer.
    mutating func read(limit: Int, peek: Bool, into buffer: inout [UInt8]) -> Int {
        noteSender()
        let bytes = incoming.bytes[incoming.head...].prefix(limit)
        buffer.replaceSubrange(0..<bytes.count, with: bytes)
        if !peek { incoming.head += bytes.count }
        return bytes.count
    }
}
