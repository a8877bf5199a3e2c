import NINALink
import NINAWire

/// A network in memory, for tests without sockets.
///
/// The test plays the peers: it connects to the coprocessor's servers, listens for its clients, and defines host names.
/// Events are delivered when the test acts and from ``poll()``, never from inside another call by the coprocessor.
public final class VirtualNetwork: Network {
    /// Receives the events.
    public weak var observer: (any NetworkObserver)?
    /// The coprocessor's own address.
    public let ownAddress: IPv4Address
    /// The time of the events that follow. While it is 0 they have the time of the coprocessor's last call.
    public var now = MonotonicInstant(nanoseconds: 0)
    /// Host names and their addresses.
    public var hosts: [String: IPv4Address] = [:]
    /// Whether look-ups and connects complete at the next ``poll()``; otherwise call ``resolveNow()`` and
    /// ``connectNow()``.
    public var answersAtOnce = true
    /// Makes `accept` and `openDatagram` fail, as when a process is out of descriptors.
    public var isOutOfResources = false
    /// The number of bytes buffered in each direction of a connection.
    public var capacity = 64 * 1024

    /// Whether frames of TLS connections wait for the next ``poll()``, to be encrypted together.
    public var holdsBatches = false

    /// The round-trip time of echo requests in milliseconds, for each address that replies.
    public var echoTimes: [IPv4Address: Int] = [.loopback: 5]
    /// Datagrams that the coprocessor has sent, in order.
    public var datagrams: [VirtualDatagram] = []

    private var lastSocket: UInt32 = 0
    private var datagramSockets: [NetworkSocket: DatagramSocket] = [:]
    private var unansweredPings: [(UInt32, Int)] = []
    private var lastPort: UInt16 = 49_151
    private var listeners: [NetworkSocket: Listener] = [:]
    private var peers: [NetworkSocket: VirtualPeer] = [:]
    private var outside: [Endpoint: VirtualListener] = [:]
    private var unansweredNames: [(UInt32, String)] = []
    private var unansweredConnects: [(NetworkSocket, Endpoint)] = []
    private var requestedReadable: [NetworkSocket] = []
    private var joinedBatches: [NetworkSocket] = []

    private struct DatagramSocket {
        var port: UInt16
        var group: IPv4Address?
        var queue: [VirtualDatagram] = []
    }

    private struct Listener {
        var port: UInt16
        var backlog: Int
        var drops = false
        var queue: [VirtualPeer] = []
    }

    /// Makes a network without peers or hosts.
    public init(ownAddress: IPv4Address = IPv4Address(127, 1, 0, 1)) { self.ownAddress = ownAddress }

    /// The number of open sockets.
    public var openSockets: Int { listeners.count + peers.count + datagramSockets.count }

    private func newSocket() -> NetworkSocket {
        lastSocket += 1
        return NetworkSocket(rawValue: lastSocket)
    }

    private func newPort() -> UInt16 {
        lastPort = lastPort == .max ? 49_152 : lastPort + 1
        return lastPort
    }

    // MARK: Peers

    /// Connects to a server of the coprocessor.
    /// - Returns: nil when there is no listener, or its queue is full.
    public func connect(to port: UInt16, from address: IPv4Address = .loopback) -> VirtualPeer? {
        guard let (socket, listener) = listeners.first(where: { $0.value.port == port }),
            !listener.drops, listener.queue.count <= listener.backlog
        else { return nil }
        let peer = VirtualPeer(self, newSocket(), Endpoint(address: address, port: newPort()))
        listeners[socket]?.queue.append(peer)
        observer?.networkEvent(.pending(socket))
        return peer
    }

    /// Listens for clients of the coprocessor.
    public func listen(at endpoint: Endpoint) -> VirtualListener {
        let listener = VirtualListener()
        outside[endpoint] = listener
        return listener
    }

    /// Completes the queued look-ups.
    public func resolveNow() {
        let names = unansweredNames
        unansweredNames = []
        for (token, name) in names { observer?.networkEvent(.resolved(token: token, hosts[name])) }
    }

    /// Completes the queued connects.
    public func connectNow() {
        let connects = unansweredConnects
        unansweredConnects = []
        for (socket, endpoint) in connects { end(socket, endpoint) }
    }

    private func end(_ socket: NetworkSocket, _ endpoint: Endpoint) {
        guard let peer = peers[socket] else { return }
        guard let listener = outside[endpoint] else {
            observer?.networkEvent(.connected(socket, .refused))
            return
        }
        listener.accepted.append(peer)
        observer?.networkEvent(.connected(socket, nil))
    }

    func deliver(_ event: NetworkEvent) { observer?.networkEvent(event) }

    /// Sends a datagram to the coprocessor.
    /// - Parameters:
    ///   - port: a port of the coprocessor.
    ///   - group: the multicast group it is sent to; nil for unicast.
    /// - Returns: whether a socket of the coprocessor has that port.
    @discardableResult
    public func send(
        _ bytes: [UInt8], toPort port: UInt16, group: IPv4Address? = nil, from remote: Endpoint
    ) -> Bool {
        let receivers = datagramSockets.filter { $0.value.port == port && (group == nil || $0.value.group == group) }
        for socket in receivers.keys where !bytes.isEmpty {
            datagramSockets[socket]?.queue.append(VirtualDatagram(port: port, remote: remote, bytes: bytes))
            observer?.networkEvent(.readable(socket))
        }
        return !receivers.isEmpty
    }

    // MARK: Network

    /// Listens, unless the port is in use.
    public func listen(port: UInt16, backlog: Int) -> Result<NetworkSocket, NetworkFailure> {
        guard !listeners.values.contains(where: { $0.port == port }) else { return .failure(.addressInUse) }
        let socket = newSocket()
        listeners[socket] = Listener(port: port, backlog: backlog)
        return .success(socket)
    }

    /// Whether a connection is queued.
    public func hasPendingConnection(_ listener: NetworkSocket) -> Bool { listeners[listener]?.queue.isEmpty == false }

    /// Accepts the first queued connection.
    public func accept(_ listener: NetworkSocket) -> Result<(NetworkSocket, Endpoint)?, NetworkFailure> {
        guard let queue = listeners[listener]?.queue, let peer = queue.first else { return .success(nil) }
        guard !isOutOfResources else { return .failure(.noResources) }
        listeners[listener]?.queue.removeFirst()
        peers[peer.socket] = peer
        return .success((peer.socket, peer.endpoint))
    }

    /// Sets whether requests are dropped.
    public func setDropsRequests(_ listener: NetworkSocket, _ drops: Bool) { listeners[listener]?.drops = drops }

    /// Starts a connection to a listener of the test.
    public func connect(to endpoint: Endpoint) -> Result<NetworkSocket, NetworkFailure> {
        let socket = newSocket()
        peers[socket] = VirtualPeer(self, socket, Endpoint(address: ownAddress, port: newPort()))
        unansweredConnects.append((socket, endpoint))
        return .success(socket)
    }

    /// Sends as many bytes as fit.
    public func send(_ socket: NetworkSocket, _ bytes: ArraySlice<UInt8>) -> Int? {
        guard let peer = peers[socket], !peer.isGone else { return nil }
        let taken = bytes.prefix(max(0, min(capacity, peer.sendBuffer) - peer.received.count))
        peer.received.append(contentsOf: taken)
        return taken.count
    }

    /// Limits the bytes that a peer has not read.
    public func limitSendBuffer(_ socket: NetworkSocket, to bytes: Int) { peers[socket]?.sendBuffer = bytes }

    /// Requests an event for when the peer has read.
    public func notifyWhenWritable(_ socket: NetworkSocket) { peers[socket]?.isAwaited = true }

    /// Reports unread bytes at the next ``poll()``.
    public func notifyWhenReadable(_ socket: NetworkSocket) { requestedReadable.append(socket) }

    /// Reads bytes that the peer has sent.
    public func receive(
        _ socket: NetworkSocket, into buffer: inout [UInt8], limit: Int, peek: Bool
    ) -> ReceiveOutcome {
        guard let peer = peers[socket] else { return .closed }
        guard !peer.sent.isEmpty else { return peer.isGone ? .reset : peer.hasFinished ? .closed : .nothing }
        let count = min(limit, buffer.count, peer.sent.count)
        buffer.replaceSubrange(0..<count, with: peer.sent.prefix(count))
        if !peek { peer.sent.removeFirst(count) }
        return .received(count)
    }

    /// The number of unread bytes from the peer.
    public func readableBytes(_ socket: NetworkSocket) -> Int { peers[socket]?.sent.count ?? 0 }

    /// Whether the peer may still send, or has sent unread bytes.
    public func isOpen(_ socket: NetworkSocket) -> Bool {
        peers[socket].map { !$0.sent.isEmpty || !$0.hasFinished } ?? false
    }

    /// Delivers the rest to the peer and ends the stream.
    public func finish(_ socket: NetworkSocket, sending rest: ArraySlice<UInt8>) {
        guard let peer = peers.removeValue(forKey: socket) else { return }
        peer.received.append(contentsOf: rest)
        peer.isFinished = true
    }

    /// Resets the connection, or closes the listener and resets the connections in its queue.
    public func abort(_ socket: NetworkSocket) {
        datagramSockets[socket] = nil
        if let peer = peers.removeValue(forKey: socket) { peer.wasReset = true }
        for peer in listeners.removeValue(forKey: socket)?.queue ?? [] { peer.wasReset = true }
    }

    /// Opens a datagram socket, unless the port is in use.
    public func openDatagram(port: UInt16, group: IPv4Address?) -> Result<NetworkSocket, NetworkFailure> {
        guard !isOutOfResources else { return .failure(.noResources) }
        guard port == 0 || !datagramSockets.values.contains(where: { $0.port == port }) else {
            return .failure(.addressInUse)
        }
        let socket = newSocket()
        datagramSockets[socket] = DatagramSocket(port: port == 0 ? newPort() : port, group: group)
        return .success(socket)
    }

    /// Records the datagram for the test.
    public func sendDatagram(_ socket: NetworkSocket, _ bytes: ArraySlice<UInt8>, to endpoint: Endpoint) -> Bool {
        guard let sender = datagramSockets[socket] else { return false }
        datagrams.append(VirtualDatagram(port: sender.port, remote: endpoint, bytes: Array(bytes)))
        return true
    }

    /// Takes the first queued datagram.
    public func receiveDatagram(_ socket: NetworkSocket, into buffer: inout [UInt8]) -> (Int, Endpoint)? {
        guard let first = datagramSockets[socket]?.queue.first else { return nil }
        datagramSockets[socket]?.queue.removeFirst()
        let count = min(buffer.count, first.bytes.count)
        buffer.replaceSubrange(0..<count, with: first.bytes.prefix(count))
        return (count, first.remote)
    }

    /// Closes the socket and discards its queued datagrams.
    public func closeDatagram(_ socket: NetworkSocket) { datagramSockets[socket] = nil }

    /// Queues the reply according to ``echoTimes``; other addresses never reply.
    public func ping(_ address: IPv4Address, timeToLive: UInt8, token: UInt32) {
        if let time = echoTimes[address] { unansweredPings.append((token, time)) }
    }

    /// Looks a name up in ``hosts``.
    public func resolve(_ name: ArraySlice<UInt8>, token: UInt32) {
        unansweredNames.append((token, String(decoding: name, as: UTF8.self)))
    }

    /// Resets every connection and closes every listener.
    public func closeAll() {
        for socket in Array(peers.keys) + Array(listeners.keys) + Array(datagramSockets.keys) { abort(socket) }
        unansweredPings = []
        unansweredNames = []
        unansweredConnects = []
        requestedReadable = []
    }

    /// Whether bytes wait for the next ``poll()``: those of a frame of at least 2 KB do, with ``holdsBatches``.
    public func joinsBatch(_ socket: NetworkSocket, count: Int) -> Bool {
        guard holdsBatches, count >= 2048 else { return false }
        if !joinedBatches.contains(socket) { joinedBatches.append(socket) }
        return true
    }

    /// Delivers requested events and, with ``answersAtOnce``, completes look-ups, connects and echo requests.
    public func poll() {
        let readable = requestedReadable
        requestedReadable = []
        for socket in readable where readableBytes(socket) > 0 { deliver(.readable(socket)) }
        let joined = joinedBatches
        joinedBatches = []
        for socket in joined { deliver(.batchDue(socket)) }
        guard answersAtOnce else { return }
        resolveNow()
        connectNow()
        let pings = unansweredPings
        unansweredPings = []
        for (token, time) in pings { observer?.networkEvent(.echoed(token: token, milliseconds: time)) }
    }
}
