import NINALink
import NINAWire

/// Everything a coprocessor needs of a network: streams, datagrams, name look-up and echo requests.
///
/// No call blocks. The outcome of an operation that takes time arrives as a ``NetworkEvent``.
///
/// **Event contract.** A network never calls its observer from inside one of its own methods, with one exception:
/// ``poll()`` may deliver queued events. The coprocessor has exclusive access to its state while it runs a command and
/// calls the network from there; an event delivered at that moment would be a second access, which traps. An operation
/// that completes at once is therefore reported later: with the next ``poll()``, or from the event loop.
///
/// `VirtualNetwork` is the implementation in memory; the one on real sockets is in NINACoprocessorLinux.
public protocol Network: StreamNetwork, DatagramNetwork, NameLookup, EchoNetwork {
    /// Receives the events; held weakly.
    var observer: (any NetworkObserver)? { get set }

    /// The current time, on the clock of the calls to the coprocessor. Events carry no time: the device reads it here, for
    /// events of the storage and of Bluetooth too.
    var now: MonotonicInstant { get }

    /// The coprocessor's own address.
    var ownAddress: IPv4Address { get }

    /// Closes every socket and drops every unfinished operation, without further events: the coprocessor stops.
    func closeAll()

    /// Delivers queued events. The coprocessor calls it while a command is pending. A network driven by an event loop
    /// does not need it.
    func poll()
}

extension Network {
    /// Does nothing.
    public func poll() {}
}

/// TCP: listeners and connections.
public protocol StreamNetwork: AnyObject {
    /// Listens on a port of the coprocessor. Arriving connections cause `.pending`, delivered only while one is queued.
    func listen(port: UInt16, backlog: Int) -> Result<NetworkSocket, NetworkFailure>
    /// Whether a connection is queued on a listener. It may cost a system call: keep it off paths that run often.
    func hasPendingConnection(_ listener: NetworkSocket) -> Bool
    /// Accepts the first queued connection; nil when the queue is empty.
    ///
    /// After a failure (`.noResources`) the connection stays queued, and no new event announces it: try again later.
    func accept(_ listener: NetworkSocket) -> Result<(NetworkSocket, Endpoint)?, NetworkFailure>
    /// Sets whether connection requests are dropped without an answer.
    func setDropsRequests(_ listener: NetworkSocket, _ drops: Bool)

    /// Starts a connection; `.connected` reports the outcome.
    func connect(to endpoint: Endpoint) -> Result<NetworkSocket, NetworkFailure>
    /// Limits how many bytes a connection holds for its peer before ``send(_:_:)`` takes no more. Without it the system's limit
    /// applies.
    func limitSendBuffer(_ socket: NetworkSocket, to bytes: Int)
    /// Sends bytes.
    /// - Returns: the number of bytes taken; 0 when the buffer is full, nil when the connection is gone.
    func send(_ socket: NetworkSocket, _ bytes: ArraySlice<UInt8>) -> Int?
    /// Whether so many bytes would be held with others that wait to leave together. Then `.batchDue` comes before those leave:
    /// TLS encrypts what follows each other as one record.
    func joinsBatch(_ socket: NetworkSocket, count: Int) -> Bool
    /// Requests one `.writable` event, for when the socket takes bytes again.
    func notifyWhenWritable(_ socket: NetworkSocket)
    /// Requests a `.readable` event for unread bytes, even if they were already reported.
    func notifyWhenReadable(_ socket: NetworkSocket)
    /// Reads into the first `limit` bytes of the buffer.
    func receive(_ socket: NetworkSocket, into buffer: inout [UInt8], limit: Int, peek: Bool) -> ReceiveOutcome
    /// Number of bytes that can be read now.
    func readableBytes(_ socket: NetworkSocket) -> Int
    /// Whether bytes can be read now; asked after each frame that filled its buffer.
    func hasReadableBytes(_ socket: NetworkSocket) -> Bool
    /// Whether the peer may still send, or has sent unread bytes.
    func isOpen(_ socket: NetworkSocket) -> Bool

    /// Closes gracefully, in the background: sends `rest`, shuts down for writing, drains the connection until the peer
    /// closes or 5 seconds have passed, then closes it.
    func finish(_ socket: NetworkSocket, sending rest: ArraySlice<UInt8>)
    /// Closes a socket of any kind at once; a connection is reset.
    func abort(_ socket: NetworkSocket)
}

extension StreamNetwork {
    /// Does nothing: the system's limit applies.
    public func limitSendBuffer(_ socket: NetworkSocket, to bytes: Int) {}

    /// False: bytes leave at once.
    public func joinsBatch(_ socket: NetworkSocket, count: Int) -> Bool { false }

    /// Counts them.
    public func hasReadableBytes(_ socket: NetworkSocket) -> Bool { readableBytes(socket) > 0 }
}

/// UDP.
public protocol DatagramNetwork: AnyObject {
    /// Opens a datagram socket on a port of the coprocessor, 0 for any, and joins the multicast group if one is given.
    func openDatagram(port: UInt16, group: IPv4Address?) -> Result<NetworkSocket, NetworkFailure>
    /// Sends a datagram.
    /// - Returns: whether it was sent.
    func sendDatagram(_ socket: NetworkSocket, _ bytes: ArraySlice<UInt8>, to endpoint: Endpoint) -> Bool
    /// Receives the first queued datagram; bytes that exceed the buffer are lost.
    /// - Returns: its length and its sender; nil when the queue is empty. Empty datagrams are skipped.
    func receiveDatagram(_ socket: NetworkSocket, into buffer: inout [UInt8]) -> (Int, Endpoint)?
    /// Closes a datagram socket.
    func closeDatagram(_ socket: NetworkSocket)
}

/// DNS.
public protocol NameLookup: AnyObject {
    /// Starts a look-up; `.resolved` with the token reports the outcome.
    func resolve(_ name: ArraySlice<UInt8>, token: UInt32)
}

/// ICMP echo.
public protocol EchoNetwork: AnyObject {
    /// Sends an echo request; `.echoed` with the token reports the reply. Without a reply there is no event.
    func ping(_ address: IPv4Address, timeToLive: UInt8, token: UInt32)
}

/// An event of a network.
public enum NetworkEvent: Equatable, Sendable {
    /// A connection was queued on a listener. Edge-triggered: reported when connections arrive, not again while they
    /// stay queued, and once for several that arrive together. Accept until the queue is empty, or remember that it is
    /// not.
    case pending(NetworkSocket)
    /// A socket has new bytes, has reached the end of the stream, or has failed; read it to determine which.
    case readable(NetworkSocket)
    /// A socket takes bytes again; follows ``StreamNetwork/notifyWhenWritable(_:)``.
    case writable(NetworkSocket)
    /// The bytes of a connection that are held leave now; follows ``StreamNetwork/joinsBatch(_:count:)``.
    case batchDue(NetworkSocket)
    /// A connection attempt has completed; nil means success.
    case connected(NetworkSocket, NetworkFailure?)
    /// A look-up has completed; nil means that the name was not found.
    case resolved(token: UInt32, IPv4Address?)
    /// An echo request was answered after this many milliseconds; nil means that it could not be sent.
    case echoed(token: UInt32, milliseconds: Int?)
}

/// Receives the events of a network.
public protocol NetworkObserver: AnyObject {
    /// Called once for each event; see the event contract of ``Network``.
    func networkEvent(_ event: NetworkEvent)
}
