import NINALink
import NINAWire

/// A BSD socket.
struct BSDEntry {
    /// The type of the socket.
    enum Kind: UInt8 {
        case stream = 1
        case datagram = 2
    }

    /// The state of its connection.
    enum State {
        /// New, or bound.
        case idle
        case listening
        case connecting
        /// For a datagram socket: a destination is set.
        case connected
        /// The connection has failed, or was lost.
        case broken
    }

    /// A received datagram.
    struct Datagram {
        var bytes: [UInt8]
        var sender: Endpoint
    }

    let kind: Kind
    var state = State.idle
    /// Invalid for an idle or broken stream, and for a datagram socket without a port.
    var socket = NetworkSocket.invalid
    /// The port to which it was bound; nil before that.
    var port: UInt16?
    var remote = Endpoint.unspecified
    /// Whether commands return at once.
    var isNonblocking = false
    /// Whether the network's send buffer is full.
    var isFull = false
    /// Why the connection is broken; the next command reports it.
    var failure = BSDError.none
    /// The datagram to be read next.
    var datagram: Datagram?
    var options = BSDOptions()

    init(_ kind: Kind) { self.kind = kind }
}

extension NetworkFailure {
    /// The corresponding ERRNO.
    var bsdError: BSDError {
        switch self {
        case .addressInUse: .addressInUse
        case .refused, .closed, .tls: .reset
        case .unreachable: .unreachable
        case .timedOut: .aborted
        case .noResources: .noBuffers
        case .notPermitted: .notAllowed
        case .system: .inputOutput
        }
    }
}
