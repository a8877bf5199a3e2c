import NINALink
import NINAWire

/// A BSD socket.
struct BSDEntry {
    /// What it carries.
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
        /// A datagram socket has a destination then.
        case connected
        /// Its connection has failed, or was lost.
        case broken
    }

    /// A datagram that was received.
    struct Datagram {
        var bytes: [UInt8]
        var sender: Endpoint
    }

    let kind: Kind
    var state = State.idle
    /// None for a stream that is idle or broken, and for a datagram socket without a port.
    var socket = NetworkSocket.invalid
    /// The port it was bound to; nil before that.
    var port: UInt16?
    var remote = Endpoint.unspecified
    /// Commands return at once.
    var isNonblocking = false
    /// The network takes no bytes now.
    var isFull = false
    /// Why the connection is broken; reported by the next command.
    var failure = BSDError.none
    /// The datagram that is read next.
    var datagram: Datagram?
    var options = BSDOptions()

    init(_ kind: Kind) { self.kind = kind }
}

extension NetworkFailure {
    /// What ERRNO says of it.
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
