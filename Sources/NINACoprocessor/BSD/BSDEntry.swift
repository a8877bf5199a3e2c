import NINALink
import NINAWire

/// A BSD socket.
struct BSDEntry {
    /// The type in SOCKET and in SO_TYPE.
    enum Kind: UInt8 {
        case stream = 1
        case datagram = 2
    }

    /// The socket's state, by its type.
    enum Transport {
        case stream(Stream)
        case datagram(DatagramSocket)
    }

    /// A TCP socket.
    struct Stream {
        enum State {
            /// New or bound.
            case idle
            case listening(NetworkSocket)
            case connecting(NetworkSocket, to: Endpoint)
            case connected(Peer)
            /// The connection failed or was lost. The next command reports why; after that the cause is nil.
            case broken(BSDError?)
        }

        /// The bound port; nil before BIND.
        var port: UInt16?
        var state = State.idle
    }

    /// An open connection.
    struct Peer {
        let socket: NetworkSocket
        let remote: Endpoint
        /// The network accepts no bytes now.
        var isFull = false
    }

    /// A UDP socket.
    struct DatagramSocket {
        /// The network's socket; nil until the socket has a port.
        var socket: NetworkSocket?
        /// The peer set by CONNECT; datagrams from others are dropped.
        var destination: Endpoint?
        /// The datagram to be read next.
        var received: Datagram?
    }

    /// A received datagram.
    struct Datagram {
        var bytes: [UInt8]
        var sender: Endpoint
    }

    var transport: Transport
    /// Commands return immediately.
    var isNonblocking = false
    var options = BSDOptions()
    /// When it was opened.
    let since: MonotonicInstant

    init(_ kind: Kind, at now: MonotonicInstant) {
        since = now
        switch kind {
        case .stream: transport = .stream(Stream())
        case .datagram: transport = .datagram(DatagramSocket())
        }
    }

    var kind: Kind {
        switch transport {
        case .stream: .stream
        case .datagram: .datagram
        }
    }

    /// The network's socket; nil for a stream that is idle or broken, and for a datagram socket without a port.
    var socket: NetworkSocket? {
        switch transport {
        case .stream(let stream):
            switch stream.state {
            case .idle, .broken: nil
            case .listening(let socket), .connecting(let socket, _): socket
            case .connected(let peer): peer.socket
            }
        case .datagram(let datagram): datagram.socket
        }
    }
}

extension NetworkFailure {
    /// The errno that ERRNO reports for it.
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
