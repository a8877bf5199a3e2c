import NINACoprocessor

/// A toy TLS: the client sends C, the server S, then messages follow. The first byte of each is its kind
/// (``ScriptedMessage``); in a record a length byte and that many inverted bytes follow. A server that sends E presents
/// an expired certificate.
public final class ScriptedEngine: TLSEngine {
    /// The requested parameters, in order.
    public var parameters: [TLSParameters] = []
    /// The error of making a session, if any.
    public var failure: TLSFailure?

    /// The sessions, in the order in which they were made.
    public private(set) var sessions: [ScriptedSession] = []

    /// An engine whose sessions succeed.
    public init() {}

    /// Makes a session, or throws the failure.
    public func makeSession(_ parameters: TLSParameters) throws(TLSFailure) -> any TLSSession {
        if let failure { throw failure }
        self.parameters.append(parameters)
        let session = ScriptedSession()
        sessions.append(session)
        return session
    }

    /// Encodes bytes as records of at most 255 bytes.
    public static func records(_ bytes: some Collection<UInt8>, length: Int = 253) -> [UInt8] {
        var records: [UInt8] = []
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let piece = rest.prefix(length)
            records += [ScriptedMessage.record.rawValue, UInt8(piece.count)] + piece.map { ~$0 }
            rest = rest.dropFirst(length)
        }
        return records
    }

    /// The contents of complete records; nil if there is anything else. Only the last message may be a close.
    public static func plaintext(_ records: [UInt8]) -> (bytes: [UInt8], isClosed: Bool)? {
        var bytes: [UInt8] = []
        var rest = records[...]
        while let kind = rest.popFirst() {
            switch ScriptedMessage(rawValue: kind) {
            case .record:
                guard let length = rest.popFirst(), rest.count >= length else { return nil }
                bytes += rest.prefix(Int(length)).map { ~$0 }
                rest = rest.dropFirst(Int(length))
            case .close: return rest.isEmpty ? (bytes, true) : nil
            case .question, .noise, nil: return nil
            }
        }
        return (bytes, false)
    }
}

/// The kinds of messages after the handshake. Every message starts with its kind, so that neither a length nor a byte
/// of the stream can be mistaken for one.
public enum ScriptedMessage: UInt8 {
    /// A length byte and as many inverted bytes follow.
    case record = 1
    /// The sender ends its stream.
    case close = 0
    /// A server's query, which the client answers with the same message.
    case question = 254
    /// Messages without content.
    case noise = 255
}

/// One connection of a ``ScriptedEngine``.
public final class ScriptedSession: TLSSession {
    /// The client's first message.
    public static let hello = UInt8(ascii: "C")
    /// The server's reply.
    public static let welcome = UInt8(ascii: "S")
    /// The reply of a server with an expired certificate.
    public static let expired = UInt8(ascii: "E")
    /// The client's response to such a server.
    public static let alert = UInt8(ascii: "!")
    private var input: [UInt8] = []
    private var output: [UInt8] = []
    private var decrypted: [UInt8] = []
    private var hasGreeted = false
    /// The lengths of what was encrypted at once.
    public private(set) var writes: [Int] = []

    /// The session's name.
    public var summary: String { "scripted" }

    /// Takes ciphertext.
    public func feed(_ ciphertext: ArraySlice<UInt8>) { input += ciphertext }

    /// Returns ciphertext.
    public func takeOutput(into output: inout [UInt8]) {
        output += self.output
        self.output = []
    }

    /// Sends the first message, and checks the reply.
    public func handshake() throws(TLSFailure) -> Bool {
        if !hasGreeted { output.append(Self.hello) }
        hasGreeted = true
        guard let answer = input.first else { return false }
        input.removeFirst()
        switch answer {
        case Self.welcome: return true
        case Self.expired:
            output.append(Self.alert)
            throw TLSFailure(.expired, "scripted")
        default: return false
        }
    }

    /// Decrypts a record, after answering earlier queries.
    public func read(into plaintext: inout [UInt8], limit: Int) -> TLSReadOutcome {
        if decrypted.isEmpty {
            let work = input.prefix { $0 == ScriptedMessage.noise.rawValue || $0 == ScriptedMessage.question.rawValue }
            output += work.filter { $0 == ScriptedMessage.question.rawValue }
            input.removeFirst(work.count)
            guard let kind = input.first else { return .nothing }
            if kind == ScriptedMessage.close.rawValue { return .closed }
            guard kind == ScriptedMessage.record.rawValue else {
                return .failed(TLSFailure(.handshake, "not scripted"))
            }
            guard input.count >= 2, input.count >= 2 + Int(input[1]) else { return .nothing }
            decrypted = input[2..<2 + Int(input[1])].map { ~$0 }
            input.removeFirst(2 + decrypted.count)
        }
        let piece = decrypted.prefix(limit)
        decrypted.removeFirst(piece.count)
        plaintext += piece
        return .read(piece.count)
    }

    /// Encodes records.
    public func write(_ plaintext: ArraySlice<UInt8>) throws(TLSFailure) {
        writes.append(plaintext.count)
        output += ScriptedEngine.records(plaintext)
    }

    /// Ends the stream.
    public func close() { output.append(ScriptedMessage.close.rawValue) }
}
