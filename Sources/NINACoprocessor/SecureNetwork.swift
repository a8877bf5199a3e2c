import NINAWire

/// Gives a network connections with TLS. All others pass through as they are.
///
/// The handshake goes on as the network tells of bytes and of room; only its end is told as `.connected`, so a time-out of
/// the connect covers it. After that the coprocessor sees decrypted bytes only: reading, peeking and counting agree.
public final class SecureNetwork: Network, NetworkObserver {
    /// Who is told of events.
    public weak var observer: (any NetworkObserver)?
    /// Receives log lines.
    public var log: ((LogLevel, String) -> Void)?
    let inner: any Network
    private let engine: (any TLSEngine)?
    private var channels: [NetworkSocket: SecureChannel] = [:]
    /// Ciphertext on its way from the network to a session.
    private var scratch: [UInt8] = []

    /// Makes a network of another one. Without an engine connections with TLS fail.
    public init(_ inner: any Network, engine: (any TLSEngine)?) {
        self.inner = inner
        self.engine = engine
        inner.observer = self
    }

    /// The connection of a socket; nil for one without TLS, which costs nothing while there are none.
    @inline(__always)
    private func channel(_ socket: NetworkSocket) -> SecureChannel? { channels.isEmpty ? nil : channels[socket] }

    private func tellNews(_ channel: SecureChannel) {
        guard let (level, text) = channel.news else { return }
        channel.news = nil
        log?(level, "TLS with \(channel.peer.text) (\(channel.endpoint.address):\(channel.endpoint.port)): \(text)")
    }

    /// Decrypts what is there.
    private func fill(_ channel: SecureChannel) {
        channel.fill(&scratch)
        if channel.news != nil { tellNews(channel) }
        if channel.hasMore { inner.tellWhenReadable(channel.socket) }
    }

    // MARK: Events

    /// Takes an event of the network.
    public func networkEvent(_ event: NetworkEvent) {
        guard !channels.isEmpty, takes(event) else {
            observer?.networkEvent(event)
            return
        }
    }

    /// Deals with an event; false when it is the coprocessor's.
    private func takes(_ event: NetworkEvent) -> Bool {
        switch event {
        case .connected(let socket, nil):
            guard let channel = channels[socket] else { return false }
            proceed(channel)
            return true
        case .readable(let socket):
            guard let channel = channels[socket] else { return false }
            if channel.state == .handshaking {
                proceed(channel)
                return true
            }
            channel.inputCame()
            return false
        case .writable(let socket):
            guard let channel = channels[socket] else { return false }
            // When the connection is gone the next write tells.
            if channel.flush(), !channel.hasSentAll { return true }
            defer { channel.awaitsRoom = false }
            return !channel.awaitsRoom
        case .connected, .pending, .resolved, .echoed: return false
        }
    }

    private func proceed(_ channel: SecureChannel) {
        do throws(TLSFailure) {
            guard try channel.proceed(&scratch) else { return }
        } catch {
            observer?.networkEvent(.connected(channel.socket, .tls(error)))
            return
        }
        log?(.debug, "TLS with \(channel.peer.text): \(channel.summary)")
        observer?.networkEvent(.connected(channel.socket, nil))
    }

    // MARK: Connections

    /// Starts a connection without TLS.
    public func connect(to endpoint: Endpoint) -> Result<NetworkSocket, NetworkFailure> { inner.connect(to: endpoint) }

    /// Starts a connection with TLS.
    public func connect(to endpoint: Endpoint, security: TLSParameters) -> Result<NetworkSocket, NetworkFailure> {
        guard let engine else { return .failure(.tls(TLSFailure(.unavailable))) }
        let session: any TLSSession
        do throws(TLSFailure) {
            session = try engine.makeSession(security)
        } catch {
            return .failure(.tls(error))
        }
        if scratch.isEmpty { scratch = Array(repeating: 0, count: SecureChannel.recordLength) }
        let result = inner.connect(to: endpoint)
        if case .success(let socket) = result {
            channels[socket] = SecureChannel(socket, security.peer, endpoint, session, inner)
        }
        return result
    }

    /// Sends bytes.
    public func send(_ socket: NetworkSocket, _ bytes: ArraySlice<UInt8>) -> Int? {
        guard let channel = channel(socket) else { return inner.send(socket, bytes) }
        defer { tellNews(channel) }
        return channel.send(bytes)
    }

    /// Asks for an event when the socket takes bytes again.
    public func tellWhenWritable(_ socket: NetworkSocket) {
        guard let channel = channel(socket) else {
            inner.tellWhenWritable(socket)
            return
        }
        channel.awaitsRoom = true
        inner.tellWhenWritable(socket)
    }

    /// Asks for an event when there is something to read.
    public func tellWhenReadable(_ socket: NetworkSocket) { inner.tellWhenReadable(socket) }

    /// Reads decrypted bytes.
    public func receive(
        _ socket: NetworkSocket, into buffer: inout [UInt8], limit: Int, peek: Bool
    ) -> ReceiveOutcome {
        guard let channel = channel(socket) else {
            return inner.receive(socket, into: &buffer, limit: limit, peek: peek)
        }
        if channel.unread < limit { fill(channel) }
        return channel.receive(into: &buffer, limit: limit, peek: peek)
    }

    /// Decrypted bytes that can be read now.
    public func readableBytes(_ socket: NetworkSocket) -> Int {
        guard let channel = channel(socket) else { return inner.readableBytes(socket) }
        fill(channel)
        return channel.unread
    }

    /// Whether the server may still send, or has sent bytes that are unread.
    public func isOpen(_ socket: NetworkSocket) -> Bool {
        guard let channel = channel(socket) else { return inner.isOpen(socket) }
        fill(channel)
        return channel.state == .open || channel.unread > 0
    }

    /// Ends a connection in good order: the rest, the close_notify, the end of the stream.
    public func finish(_ socket: NetworkSocket, sending rest: ArraySlice<UInt8>) {
        guard let channel = channel(socket) else {
            inner.finish(socket, sending: rest)
            return
        }
        channels[socket] = nil
        inner.finish(socket, sending: channel.takeLast(rest))
    }

    /// Closes at once. A server whose certificate was refused still gets the alert that says so.
    public func abort(_ socket: NetworkSocket) {
        guard let channel = channel(socket) else {
            inner.abort(socket)
            return
        }
        channels[socket] = nil
        if channel.state == .refused {
            inner.finish(socket, sending: channel.takeLast([]))
            return
        }
        if channel.state == .handshaking {
            channel.news = (.warning, "the server has not completed the handshake in time")
            tellNews(channel)
        }
        inner.abort(socket)
    }

    /// Closes everything.
    public func closeAll() {
        channels = [:]
        inner.closeAll()
    }
}

extension TLSParameters.Peer {
    /// The name or the address, for the log.
    var text: String {
        switch self {
        case .name(let name): String(decoding: name, as: UTF8.self).printable
        case .address(let address): "\(address)"
        }
    }
}
