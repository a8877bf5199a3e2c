import NINAWire

/// The streams of a network, with TLS where requested. Connections without TLS pass through at no cost.
///
/// The handshake proceeds as bytes arrive and as room becomes free. Only its end is reported as `.connected`, so the
/// time-out of the connect covers it. From then on the coprocessor sees only decrypted bytes: reading, peeking and
/// counting agree.
final class SecureStreams: StreamNetwork {
    var log = DeviceLog()
    private let streams: any StreamNetwork
    private let engine: (any TLSEngine)?
    private let sendBuffer: Int?
    private var channels: [NetworkSocket: SecureChannel] = [:]
    /// Connections that their peers have reset by a fault, until a read has reported it.
    private var broken: Set<NetworkSocket> = []
    /// Ciphertext being passed from the network to a session.
    private var scratch: [UInt8] = []

    /// Adds TLS to the streams of a network. Without an engine TLS connections fail.
    /// - Parameter sendBuffer: how many bytes each connection holds for its peer, encrypted ones for TLS, whoever uses it: slots,
    ///   BSD sockets and downloads share lwip's streams. Nil for as many as the network takes.
    init(_ streams: any StreamNetwork, engine: (any TLSEngine)?, sendBuffer: Int? = nil) {
        self.streams = streams
        self.engine = engine
        self.sendBuffer = sendBuffer
    }

    /// The TLS state of a socket; nil for a socket without TLS. Checking is free while no socket uses TLS.
    @inline(__always)
    private func channel(_ socket: NetworkSocket) -> SecureChannel? { channels.isEmpty ? nil : channels[socket] }

    private func logNotice(of channel: SecureChannel) {
        guard let (level, text) = channel.notice else { return }
        channel.notice = nil
        log(level, "TLS with \(channel.peer.text) (\(channel.endpoint.address):\(channel.endpoint.port)): \(text)")
    }

    /// Decrypts the bytes that have arrived.
    private func fill(_ channel: SecureChannel) {
        channel.fill(&scratch)
        if channel.notice != nil { logNotice(of: channel) }
        if channel.hasMore { streams.notifyWhenReadable(channel.socket) }
    }

    // MARK: Events

    /// Processes an event of the network.
    /// - Returns: the event for the coprocessor; nil when only TLS was concerned.
    func filter(_ event: NetworkEvent) -> NetworkEvent? {
        guard !channels.isEmpty else { return event }
        switch event {
        case .connected(let socket, nil):
            guard let channel = channels[socket] else { return event }
            return proceed(channel)
        case .readable(let socket):
            guard let channel = channels[socket] else { return event }
            if channel.state == .handshaking { return proceed(channel) }
            channel.markReadable()
            return event
        case .writable(let socket):
            guard let channel = channels[socket] else { return event }
            // If the connection is gone, the next write reports it.
            if channel.flush(), !channel.hasSentAll { return nil }
            defer { channel.awaitsRoom = false }
            if channel.isPaused { streams.notifyWhenReadable(socket) }
            return channel.awaitsRoom ? event : nil
        case .connected, .pending, .resolved, .echoed: return event
        }
    }

    /// Continues a handshake.
    /// - Returns: the outcome of the connect; nil while the handshake continues.
    private func proceed(_ channel: SecureChannel) -> NetworkEvent? {
        do throws(TLSFailure) {
            guard try channel.proceed(&scratch) else { return nil }
        } catch {
            return .connected(channel.socket, .tls(error))
        }
        log(.debug, "TLS with \(channel.peer.text): \(channel.summary)")
        return .connected(channel.socket, nil)
    }

    // MARK: Listeners

    /// Listens.
    func listen(port: UInt16, backlog: Int) -> Result<NetworkSocket, NetworkFailure> {
        streams.listen(port: port, backlog: backlog)
    }

    /// Whether a connection is queued.
    func hasPendingConnection(_ listener: NetworkSocket) -> Bool { streams.hasPendingConnection(listener) }

    /// Accepts the first queued connection.
    func accept(_ listener: NetworkSocket) -> Result<(NetworkSocket, Endpoint)?, NetworkFailure> {
        let result = streams.accept(listener)
        if case .success(let (socket, _)?) = result { limitSendBuffer(socket) }
        return result
    }

    /// Sets whether connection requests are dropped.
    func setDropsRequests(_ listener: NetworkSocket, _ drops: Bool) {
        streams.setDropsRequests(listener, drops)
    }

    // MARK: Connections

    /// Starts a connection without TLS.
    func connect(to endpoint: Endpoint) -> Result<NetworkSocket, NetworkFailure> {
        let result = streams.connect(to: endpoint)
        if case .success(let socket) = result { limitSendBuffer(socket) }
        return result
    }

    /// Starts a connection with TLS; `.connected` reports the outcome of the handshake too.
    func connect(to endpoint: Endpoint, security: TLSParameters) -> Result<NetworkSocket, NetworkFailure> {
        guard let engine else { return .failure(.tls(TLSFailure(.unavailable))) }
        let session: any TLSSession
        do throws(TLSFailure) {
            session = try engine.makeSession(security)
        } catch {
            return .failure(.tls(error))
        }
        if scratch.isEmpty { scratch = Array(repeating: 0, count: SecureChannel.recordLength) }
        let result = connect(to: endpoint)
        if case .success(let socket) = result {
            channels[socket] = SecureChannel(socket, security.peer, endpoint, session, streams)
        }
        return result
    }

    private func limitSendBuffer(_ socket: NetworkSocket) {
        if let sendBuffer { streams.limitSendBuffer(socket, to: sendBuffer) }
    }

    /// Sends bytes.
    func send(_ socket: NetworkSocket, _ bytes: ArraySlice<UInt8>) -> Int? {
        guard let channel = channel(socket) else { return streams.send(socket, bytes) }
        defer { logNotice(of: channel) }
        return channel.send(bytes)
    }

    /// Requests an event for when the socket takes bytes again.
    func notifyWhenWritable(_ socket: NetworkSocket) {
        guard let channel = channel(socket) else {
            streams.notifyWhenWritable(socket)
            return
        }
        channel.awaitsRoom = true
        streams.notifyWhenWritable(socket)
    }

    /// Requests an event for unread bytes.
    func notifyWhenReadable(_ socket: NetworkSocket) { streams.notifyWhenReadable(socket) }

    /// Reads decrypted bytes.
    func receive(
        _ socket: NetworkSocket, into buffer: inout [UInt8], limit: Int, peek: Bool
    ) -> ReceiveOutcome {
        guard let channel = channel(socket) else {
            if !broken.isEmpty, broken.remove(socket) != nil { return .reset }
            return streams.receive(socket, into: &buffer, limit: limit, peek: peek)
        }
        if channel.unread < limit { fill(channel) }
        return channel.receive(into: &buffer, limit: limit, peek: peek)
    }

    /// Number of decrypted bytes that can be read now.
    func readableBytes(_ socket: NetworkSocket) -> Int {
        guard let channel = channel(socket) else { return streams.readableBytes(socket) }
        fill(channel)
        return channel.unread
    }

    /// Whether decrypted bytes can be read now.
    func hasReadableBytes(_ socket: NetworkSocket) -> Bool {
        guard let channel = channel(socket) else { return streams.hasReadableBytes(socket) }
        fill(channel)
        return channel.unread > 0
    }

    /// Whether the server may still send, or has sent bytes that are unread.
    func isOpen(_ socket: NetworkSocket) -> Bool {
        guard let channel = channel(socket) else { return streams.isOpen(socket) }
        fill(channel)
        return channel.state == .open || channel.unread > 0
    }

    /// The peer resets a connection: what is not read is lost.
    func breakDown(_ socket: NetworkSocket) {
        channels[socket] = nil
        streams.abort(socket)
        broken.insert(socket)
    }

    /// Closes gracefully: sends the rest and the close_notify, then ends the stream.
    func finish(_ socket: NetworkSocket, sending rest: ArraySlice<UInt8>) {
        guard let channel = channel(socket) else {
            broken.remove(socket)
            streams.finish(socket, sending: rest)
            return
        }
        channels[socket] = nil
        streams.finish(socket, sending: channel.takeLast(rest))
    }

    /// Closes at once. A server whose certificate was rejected is still sent the alert with the reason.
    func abort(_ socket: NetworkSocket) {
        guard let channel = channel(socket) else {
            broken.remove(socket)
            streams.abort(socket)
            return
        }
        channels[socket] = nil
        if channel.state == .refused {
            streams.finish(socket, sending: channel.takeLast([]))
            return
        }
        if channel.state == .handshaking {
            channel.notice = (.warning, "the server has not completed the handshake in time")
            logNotice(of: channel)
        }
        streams.abort(socket)
    }

    /// Ends TLS on every connection: what it has accepted is sent. The network closes the other connections itself.
    func closeAll() {
        for (socket, channel) in channels where channel.state == .open && !channel.hasSentAll {
            streams.finish(socket, sending: channel.takeLast([]))
        }
        channels = [:]
        broken = []
    }
}

extension TLSParameters.Peer {
    /// The name or the address, for the log.
    var text: String {
        switch self {
        case .name(let name): name.printable
        case .address(let address): "\(address)"
        }
    }
}
