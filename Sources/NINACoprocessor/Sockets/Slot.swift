import NINALink
import NINAWire

/// What a host's socket number refers to.
enum Slot {
    case free
    /// Given out by GET_SOCKET, to be used soon.
    case reserved(since: MonotonicInstant)
    /// A connect is under way.
    case connecting(Connecting)
    case server(Server)
    case client(Client)
    /// A UDP socket.
    case datagram(Datagram)
}

/// START_CLIENT under way.
struct Connecting {
    /// TCP or TLS.
    let type: SocketType
    /// What is wanted of TLS; nil for TCP.
    let security: TLSParameters?
    /// Invalid while the host's name is looked up.
    var socket = NetworkSocket.invalid
    var remote = Endpoint.unspecified
    /// When it is given up.
    let deadline: MonotonicInstant
}

/// A listener.
struct Server {
    let socket: NetworkSocket
    let port: UInt16
    /// Connections may wait in the listener's queue: set by the network's event, cleared when none is found there.
    var hasPending = false
    /// Nothing could be accepted for lack of resources; it is tried again at this time.
    var stalledUntil: MonotonicInstant?
    /// Connection requests get no answer (the overflow policy `drop`).
    var dropsRequests = false
    /// Connections taken from the queue that the host does not know yet: they hold no slot.
    var waiting: [Connection] = []
    /// The slot of the client `available` returned last.
    var current: Int?
    /// Bytes read from it since it became the current one.
    var bytesInQuantum = 0

    /// A connection has entered the queue.
    /// - Returns: whether others were known to wait there.
    mutating func markPending() -> Bool {
        defer { hasPending = true }
        return hasPending
    }
}

/// A client in a slot, made by the host or handed out by a server.
struct Client {
    /// How the host came by it.
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
    /// The byte that a peek has taken out of the stream (a quirk).
    var peeked: UInt8?
    /// The server has closed the connection; the slot still refers to the socket with this number, whoever gets it (a quirk).
    var staleNumber: Int?
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
