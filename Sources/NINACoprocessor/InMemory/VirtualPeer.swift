import NINAWire

/// A datagram.
public struct VirtualDatagram: Equatable {
    /// The coprocessor's port.
    public var port: UInt16
    /// The other endpoint.
    public var remote: Endpoint
    /// The payload.
    public var bytes: [UInt8]
}

/// A listener outside the coprocessor, for its clients.
public final class VirtualListener {
    /// The accepted connections, in order.
    public internal(set) var accepted: [VirtualPeer] = []
}

/// The remote end of a connection with the coprocessor.
public final class VirtualPeer {
    /// Its own address and port, as the coprocessor sees them.
    public let endpoint: Endpoint
    /// Bytes received from the coprocessor and not taken by ``read()``.
    public internal(set) var received: [UInt8] = []
    /// Whether the coprocessor has ended the stream.
    public internal(set) var isFinished = false
    /// Whether the coprocessor has reset the connection.
    public internal(set) var wasReset = false
    let socket: NetworkSocket
    var sent: [UInt8] = []
    var hasFinished = false
    var isGone = false
    var isAwaited = false
    /// The number of bytes that it can have left unread.
    var sendBuffer = Int.max
    private unowned let network: VirtualNetwork

    init(_ network: VirtualNetwork, _ socket: NetworkSocket, _ endpoint: Endpoint) {
        self.network = network
        self.socket = socket
        self.endpoint = endpoint
    }

    /// Sends bytes to the coprocessor.
    public func send(_ bytes: [UInt8]) {
        sent.append(contentsOf: bytes)
        network.deliver(.readable(socket))
    }

    /// Takes the received bytes.
    public func read() -> [UInt8] {
        defer {
            received = []
            if isAwaited {
                isAwaited = false
                network.deliver(.writable(socket))
            }
        }
        return received
    }

    /// Ends the stream; bytes already sent can still be read.
    public func finish() {
        hasFinished = true
        network.deliver(.readable(socket))
    }

    /// Resets the connection; unread bytes are lost.
    public func reset() {
        sent = []
        hasFinished = true
        isGone = true
        network.deliver(.readable(socket))
    }
}
