import NINAWire

/// A socket of a ``Network``: an identity that is never given out twice.
public struct NetworkSocket: RawRepresentable, Hashable, Sendable {
    /// The identity.
    public var rawValue: UInt32
    /// Makes a socket of its identity.
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// No socket.
    public static let invalid = NetworkSocket(rawValue: 0)
}

/// One end of a connection.
public struct Endpoint: Hashable, Sendable {
    /// The address.
    public var address: IPv4Address
    /// The port.
    public var port: UInt16

    /// Makes an endpoint.
    public init(address: IPv4Address, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// 0.0.0.0, port 0.
    public static let unspecified = Endpoint(address: .any, port: 0)
}

/// Why a network operation failed.
public enum NetworkFailure: Error, Equatable, Sendable {
    /// The port is taken.
    case addressInUse
    /// The system does not allow it.
    case notPermitted
    /// Nobody listens there.
    case refused
    /// There is no way to the address.
    case unreachable
    /// No answer in time.
    case timedOut
    /// The other end reset the connection, or it is closed.
    case closed
    /// Out of descriptors or memory.
    case noResources
    /// The connection stood, but TLS failed on it.
    case tls(TLSFailure)
    /// Any other error; the number is the system's.
    case system(Int32)
}

/// The answer to a read.
public enum ReceiveOutcome: Equatable, Sendable {
    /// This many bytes were read.
    case received(Int)
    /// There is nothing now.
    case nothing
    /// The other end has sent everything, or the connection is gone.
    case closed
    /// The other end has reset the connection; told once.
    case reset
}

/// What a network tells its coprocessor.
public enum NetworkEvent: Equatable, Sendable {
    /// A listener has a connection that waits (told once after it was armed).
    case pending(NetworkSocket)
    /// There are bytes, the end of the stream, or an error: look.
    case readable(NetworkSocket)
    /// A socket takes bytes again; told once after ``Network/tellWhenWritable(_:)``.
    case writable(NetworkSocket)
    /// A connect ended; nil means that the connection stands.
    case connected(NetworkSocket, NetworkFailure?)
    /// A look-up ended.
    case resolved(token: UInt32, IPv4Address?)
    /// An echo request was answered after so many milliseconds, or could not be sent (nil).
    case echoed(token: UInt32, milliseconds: Int?)
}

/// Receives the events of a network.
public protocol NetworkObserver: AnyObject {
    /// Called for each event, never from inside a call to the network.
    func networkEvent(_ event: NetworkEvent)
}

/// The only door of a coprocessor to sockets: nothing here waits.
///
/// `VirtualNetwork` is the one in memory; the one of real sockets is in NINACoprocessorLinux.
public protocol Network: AnyObject {
    /// Who is told of events; held weakly.
    var observer: (any NetworkObserver)? { get set }

    /// The coprocessor's own address.
    var ownAddress: IPv4Address { get }

    /// Listens on a port of the coprocessor.
    func listen(port: UInt16, backlog: Int) -> Result<NetworkSocket, NetworkFailure>
    /// Whether a connection waits to be accepted.
    func hasPendingConnection(_ listener: NetworkSocket) -> Bool
    /// Takes the connection that has waited longest; nil when none waits.
    ///
    /// After a failure (`.noResources`) the connection still waits.
    func accept(_ listener: NetworkSocket) -> Result<(NetworkSocket, Endpoint)?, NetworkFailure>
    /// Whether the next waiting connection is told by an event; a new listener is armed.
    func setArmed(_ listener: NetworkSocket, _ isArmed: Bool)
    /// Whether connection requests are dropped without an answer.
    func setDropsRequests(_ listener: NetworkSocket, _ drops: Bool)

    /// Starts a connection; an event tells its end.
    func connect(to endpoint: Endpoint) -> Result<NetworkSocket, NetworkFailure>
    /// Starts a connection with TLS; the event tells of its end when the handshake is over too. From then on everything
    /// here is about decrypted bytes. ``SecureNetwork`` gives it to every network.
    func connect(to endpoint: Endpoint, security: TLSParameters) -> Result<NetworkSocket, NetworkFailure>
    /// Sends bytes.
    /// - Returns: how many were taken, 0 when there is no room now, nil when the connection is gone.
    func send(_ socket: NetworkSocket, _ bytes: ArraySlice<UInt8>) -> Int?
    /// Asks for an event when the socket takes bytes again.
    func tellWhenWritable(_ socket: NetworkSocket)
    /// Asks for an event when there is something to read, also when it was told before.
    func tellWhenReadable(_ socket: NetworkSocket)
    /// Reads into the first `limit` bytes of the buffer.
    func receive(_ socket: NetworkSocket, into buffer: inout [UInt8], limit: Int, peek: Bool) -> ReceiveOutcome
    /// Bytes that can be read now.
    func readableBytes(_ socket: NetworkSocket) -> Int
    /// Whether the other end may still send, or has sent bytes that are unread.
    func isOpen(_ socket: NetworkSocket) -> Bool

    /// Closes in good order, outside the coprocessor's view: sends `rest`, shuts down for writing, drains to the end
    /// of the stream or for 5 seconds, then closes.
    func finish(_ socket: NetworkSocket, sending rest: ArraySlice<UInt8>)
    /// Closes at once, a connection by a reset.
    func abort(_ socket: NetworkSocket)

    /// Starts a look-up; an event with the token tells its end.
    func resolve(_ name: ArraySlice<UInt8>, token: UInt32)

    /// Opens a datagram socket on a port of the coprocessor, 0 for any; in a multicast group where one is given.
    func openDatagram(port: UInt16, group: IPv4Address?) -> Result<NetworkSocket, NetworkFailure>
    /// Sends a datagram.
    /// - Returns: whether it has left.
    func sendDatagram(_ socket: NetworkSocket, _ bytes: ArraySlice<UInt8>, to endpoint: Endpoint) -> Bool
    /// Takes the datagram that has waited longest; bytes beyond the buffer are lost.
    /// - Returns: its length and its sender, nil when none is there. Datagrams without bytes are dropped.
    func receiveDatagram(_ socket: NetworkSocket, into buffer: inout [UInt8]) -> (Int, Endpoint)?

    /// Sends an echo request; an event with the token tells of the answer.
    func ping(_ address: IPv4Address, timeToLive: UInt8, token: UInt32)

    /// Closes everything: the coprocessor stops.
    func closeAll()

    /// Tells the events that have come about; called while a command waits. A network whose events come by themselves
    /// has nothing to do here.
    func poll()
}

extension Network {
    /// A network that knows no TLS.
    public func connect(to endpoint: Endpoint, security: TLSParameters) -> Result<NetworkSocket, NetworkFailure> {
        .failure(.tls(TLSFailure(.unavailable)))
    }

    /// Nothing.
    public func poll() {}
}
