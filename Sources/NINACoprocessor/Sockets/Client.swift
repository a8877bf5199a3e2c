import NINAWire

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
    /// The slot of the server it came from; nil when that server has ended, or another one listens in its place: a client never
    /// counts as one of the next server on the slot.
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
