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
