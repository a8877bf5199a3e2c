import NINAWire

/// One TLS connection: ciphertext on the network's side, decrypted bytes on the coprocessor's side.
///
/// It buffers at most one record's worth of either. Further bytes stay in the network, which slows the sender down.
final class SecureChannel {
    enum State: Equatable {
        /// The TCP connection is being established.
        case connecting
        case handshaking
        case open
        /// The server has closed the stream (close_notify).
        case ended
        /// The stream has ended without a close_notify: it may have been truncated.
        case cut
        /// The handshake has failed.
        case refused
        /// The connection broke after the handshake.
        case broken
    }

    /// The maximum number of decrypted bytes buffered, and of bytes encrypted at once: the length of the longest
    /// record.
    static let recordLength = 16 * 1024
    /// The maximum number of bytes in a handshake. The longest certificate chain is 100 KiB.
    static let handshakeLimit = 256 * 1024
    /// The maximum number of consecutive bytes decrypted without plaintext, as with endless tickets or key updates,
    /// before other connections are served.
    static let fruitlessLimit = 2 * recordLength
    /// Reading pauses while more output than this is unsent: otherwise a server could request replies without limit.
    static let outputLimit = 4 * recordLength

    let socket: NetworkSocket
    let peer: TLSParameters.Peer
    let endpoint: Endpoint
    private let session: any TLSSession
    private let streams: any StreamNetwork
    private(set) var state = State.connecting
    /// The coprocessor has requested a `.writable` event.
    var awaitsRoom = false
    /// Decrypted bytes; those from `head` on are unread.
    private var plaintext: [UInt8] = []
    private var head = 0
    /// Frames that follow each other, until they are encrypted as one record: each record costs both sides as much as a few KB.
    private var held: [UInt8] = []
    /// Encrypted bytes; those from `sent` on are unsent.
    private var output: [UInt8] = []
    private var sent = 0
    /// At the last attempt neither the session nor the network had bytes.
    private var isDrained = false
    /// The network may have more bytes, for which it sends no further event.
    private(set) var hasMore = false
    /// Reading is paused until the server has taken output.
    private(set) var isPaused = false
    private var handshakeLength = 0
    /// The latest incident on the stream, for the log.
    var notice: (level: LogLevel, text: String)?

    init(
        _ socket: NetworkSocket, _ peer: TLSParameters.Peer, _ endpoint: Endpoint, _ session: any TLSSession,
        _ streams: any StreamNetwork
    ) {
        self.socket = socket
        self.peer = peer
        self.endpoint = endpoint
        self.session = session
        self.streams = streams
    }

    var summary: String { session.summary }

    var unread: Int { plaintext.count - head }

    /// Whether everything encrypted has been taken by the network.
    var hasSentAll: Bool { sent == output.count }

    /// Whether bytes that were accepted have not been taken by the network.
    var hasUnsent: Bool { !hasSentAll || !held.isEmpty }

    // MARK: Handshake

    /// Continues the handshake as far as possible without waiting.
    /// - Returns: whether it is complete.
    func proceed(_ scratch: inout [UInt8]) throws(TLSFailure) -> Bool {
        state = .handshaking
        do throws(TLSFailure) {
            while try !session.handshake() {
                guard flush() else { throw TLSFailure(.closed) }
                switch streams.receive(socket, into: &scratch, limit: scratch.count, peek: false) {
                case .received(let count):
                    handshakeLength += count
                    guard handshakeLength <= Self.handshakeLimit else {
                        throw TLSFailure(.handshake, "the server sends too much")
                    }
                    session.feed(scratch[..<count])
                case .nothing: return false
                case .closed, .reset: throw TLSFailure(.closed)
                }
            }
            state = .open
            guard flush() else { throw TLSFailure(.closed) }
            return true
        } catch {
            state = .refused
            // Send the alert with the reason.
            _ = flush()
            throw error
        }
    }

    // MARK: Reading

    /// The network has new bytes.
    func markReadable() { isDrained = false }

    /// Decrypts until one record's worth is unread.
    func fill(_ scratch: inout [UInt8]) {
        release()
        guard !isDrained, state == .open, unread < Self.recordLength else { return }
        plaintext.removeFirst(head)
        head = 0
        var fruitless = 0
        hasMore = false
        while state == .open, plaintext.count < Self.recordLength {
            switch session.read(into: &plaintext, limit: Self.recordLength - plaintext.count) {
            case .read: fruitless = 0
            case .closed: end(.ended, .debug, "the server has closed the connection")
            case .failed(let failure): end(.broken, .warning, "\(failure)")
            case .nothing:
                // The session may have had to reply, for example to a key update.
                guard flush() else {
                    end(.broken, .info, "the connection is gone")
                    break
                }
                isPaused = output.count - sent > Self.outputLimit
                hasMore = fruitless >= Self.fruitlessLimit
                guard !isPaused, !hasMore, let count = refill(&scratch) else { return }
                fruitless += count
            }
        }
        if state != .open { _ = flush() }
    }

    /// Receives ciphertext from the network.
    /// - Returns: the number of bytes; nil when there are none.
    private func refill(_ scratch: inout [UInt8]) -> Int? {
        switch streams.receive(socket, into: &scratch, limit: scratch.count, peek: false) {
        case .received(let count):
            session.feed(scratch[..<count])
            return count
        case .nothing: isDrained = true
        case .closed: end(.cut, .info, "the stream ended without a close_notify: data may be missing")
        case .reset: end(.broken, .info, "the server has reset the connection")
        }
        return nil
    }

    private func end(_ state: State, _ level: LogLevel, _ text: String) {
        self.state = state
        notice = (level, text)
    }

    func receive(into buffer: inout [UInt8], limit: Int, peek: Bool) -> ReceiveOutcome {
        let count = min(limit, unread, buffer.count)
        guard count > 0 else {
            return switch state {
            case .connecting, .handshaking, .open: .nothing
            case .ended: .closed
            // Do not report the end of the stream: bytes may be missing.
            case .cut, .refused, .broken: .reset
            }
        }
        buffer.replaceSubrange(0..<count, with: plaintext[head..<head + count])
        if !peek { head += count }
        return .received(count)
    }

    // MARK: Writing

    /// A server that has closed its own direction may still read.
    private var canWrite: Bool { state == .open || state == .ended || state == .cut }

    /// Encrypts and sends, unless earlier output is still unsent.
    /// - Returns: see ``StreamNetwork/send(_:_:)``.
    func send(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard canWrite, flush() else { return nil }
        guard hasSentAll else { return 0 }
        let piece = bytes.prefix(Self.recordLength)
        if held.count + piece.count > Self.recordLength {
            guard release() else { return nil }
            guard hasSentAll else { return 0 }
        }
        if streams.joinsBatch(socket, count: piece.count) {
            if held.isEmpty { held.reserveCapacity(Self.recordLength) }
            held.append(contentsOf: piece)
            return piece.count
        }
        return encrypt(piece) && flush() ? piece.count : nil
    }

    /// Encrypts what is held, and then these bytes.
    /// - Returns: false when TLS has failed.
    private func encrypt(_ bytes: ArraySlice<UInt8>) -> Bool {
        defer { held.removeAll(keepingCapacity: true) }
        do throws(TLSFailure) {
            guard !held.isEmpty else {
                try session.write(bytes)
                return true
            }
            held.append(contentsOf: bytes)
            try session.write(held[...])
            return true
        } catch {
            end(.broken, .warning, "\(error)")
            return false
        }
    }

    /// Encrypts and sends what is held.
    /// - Returns: false when the connection is gone.
    @discardableResult
    func release() -> Bool {
        guard !held.isEmpty, canWrite else { return true }
        return encrypt([]) && flush()
    }

    /// Sends encrypted bytes.
    /// - Returns: false when the connection is gone.
    func flush() -> Bool {
        if hasSentAll {
            output.removeAll(keepingCapacity: true)
            sent = 0
        }
        session.takeOutput(into: &output)
        guard !hasSentAll else { return true }
        guard let count = streams.send(socket, output[sent...]) else {
            output.removeAll()
            sent = 0
            if state == .open { state = .broken }
            return false
        }
        sent += count
        if !hasSentAll { streams.notifyWhenWritable(socket) }
        return true
    }

    /// The last bytes to send when the connection ends: unsent output, `rest`, and the close_notify or the alert.
    func takeLast(_ rest: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        if canWrite {
            for bytes in [held[...], rest] where !bytes.isEmpty { try? session.write(bytes) }
            session.close()
        }
        session.takeOutput(into: &output)
        return output[sent...]
    }
}
