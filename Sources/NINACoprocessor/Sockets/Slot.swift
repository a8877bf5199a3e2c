import NINALink
import NINAWire

/// What a host's socket number refers to.
enum Slot {
    case free
    /// Returned by GET_SOCKET, not in use yet.
    case reserved(since: MonotonicInstant)
    /// A connect is in progress.
    case connecting(Connecting)
    case server(Server)
    case client(Client)
    /// A UDP socket.
    case datagram(Datagram)
}

/// A START_CLIENT in progress.
struct Connecting {
    /// TCP or TLS.
    let type: SocketType
    /// The TLS parameters; nil for TCP.
    let security: TLSParameters?
    /// The name that is resolved; empty for an address.
    let host: [UInt8]
    let port: UInt16
    /// Invalid while the host's name is being resolved.
    var socket = NetworkSocket.invalid
    var remote = Endpoint.unspecified
    /// The time-out of the look-up and the connect, or of one after the other.
    var deadline: MonotonicInstant

    /// Where to, for the log: the name while there is no address.
    var target: String {
        remote == .unspecified ? "'\(host[...].printable)':\(port)" : "\(remote.address):\(remote.port)"
    }
}

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

    /// Connections wait in its queue or its list, or may do so.
    var hasClientsWithoutSlot: Bool { hasPending || held != nil || !waiting.isEmpty }

    /// A connection has entered the queue.
    /// - Returns: whether others were known to wait there.
    mutating func markPending() -> Bool {
        defer { hasPending = true }
        return hasPending
    }
}

/// A client in a slot, connected by the host or handed out by a server.
struct Client {
    /// The origin of the client.
    enum Origin {
        case connected
        case available
        case accepted
    }

    var connection: Connection
    let origin: Origin
    /// TCP or TLS.
    var type = SocketType.tcp
    /// The slot of the server it came from.
    var server: Int?
    /// The byte that a peek removed from the stream (a quirk).
    var peeked: UInt8?
    /// The server has closed the connection; the slot still refers to the socket with this number, even after reuse (a
    /// quirk).
    var staleNumber: Int?

    /// A TCP slot without a connection: what firmware leaves of a server or a client that has failed.
    static let disconnected = Client(connection: Connection(socket: .invalid, remote: .unspecified), origin: .connected)

    /// It has a TCP connection, which may have ended.
    var isPlain: Bool { type == .tcp && connection.socket != .invalid }

    /// The slot has no connection, and no number of one: nothing is lost when another takes it.
    var isDisconnected: Bool { connection.socket == .invalid && staleNumber == nil }
}

extension Slot {
    var isFree: Bool { if case .free = self { true } else { false } }

    /// Neither free nor reserved.
    var isInUse: Bool {
        switch self {
        case .free, .reserved: false
        case .connecting, .server, .client, .datagram: true
        }
    }

    /// The network's socket; invalid for a slot without one.
    var socket: NetworkSocket {
        switch self {
        case .free, .reserved: .invalid
        case .connecting(let connecting): connecting.socket
        case .server(let server): server.socket
        case .client(let client): client.connection.socket
        case .datagram(let datagram): datagram.socket
        }
    }

    var connecting: Connecting? {
        if case .connecting(let connecting) = self { connecting } else { nil }
    }

    var server: Server? {
        if case .server(let server) = self { server } else { nil }
    }

    var client: Client? {
        if case .client(let client) = self { client } else { nil }
    }

    var datagram: Datagram? {
        if case .datagram(let datagram) = self { datagram } else { nil }
    }
}
