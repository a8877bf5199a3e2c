import NINACoprocessor

/// TLS as a toy: a client says C, a server S; then come records, a length byte and as many bytes, each turned around.
/// A length of 0 is the end; one of 255 stands alone and means nothing. A server that says E shows a certificate that has
/// expired.
public final class ScriptedEngine: TLSEngine {
    /// What was asked for, in order.
    public var parameters: [TLSParameters] = []
    /// Why no session can be made.
    public var failure: TLSFailure?

    /// An engine whose sessions work.
    public init() {}

    /// A session, or the failure.
    public func makeSession(_ parameters: TLSParameters) throws(TLSFailure) -> any TLSSession {
        if let failure { throw failure }
        self.parameters.append(parameters)
        return ScriptedSession()
    }

    /// The records of these bytes.
    public static func records(_ bytes: some Collection<UInt8>, length: Int = 254) -> [UInt8] {
        var records: [UInt8] = []
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let piece = rest.prefix(length)
            records += [UInt8(piece.count)] + piece.map { ~$0 }
            rest = rest.dropFirst(length)
        }
        return records
    }

    /// What whole records hold; nil when something else is there. A record of length 0 has to be the last.
    public static func plaintext(_ records: [UInt8]) -> (bytes: [UInt8], isClosed: Bool)? {
        var bytes: [UInt8] = []
        var rest = records[...]
        while let length = rest.first.map(Int.init) {
            guard length > 0 else { return rest.count == 1 ? (bytes, true) : nil }
            guard rest.count > length else { return nil }
            bytes += rest.dropFirst().prefix(length).map { ~$0 }
            rest = rest.dropFirst(1 + length)
        }
        return (bytes, false)
    }
}

/// One connection of a ``ScriptedEngine``.
public final class ScriptedSession: TLSSession {
    /// What a client says first.
    public static let hello = UInt8(ascii: "C")
    /// What a server answers.
    public static let welcome = UInt8(ascii: "S")
    /// What a server with an old certificate answers.
    public static let expired = UInt8(ascii: "E")
    /// What a client says to such a server.
    public static let alert = UInt8(ascii: "!")
    private var input: [UInt8] = []
    private var output: [UInt8] = []
    private var decrypted: [UInt8] = []
    private var hasGreeted = false

    /// Its name.
    public var summary: String { "scripted" }

    /// Takes ciphertext.
    public func feed(_ ciphertext: ArraySlice<UInt8>) { input += ciphertext }

    /// Gives ciphertext.
    public func takeOutput(into output: inout [UInt8]) {
        output += self.output
        self.output = []
    }

    /// Greets, and looks at the answer.
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

    /// Turns the bytes of records around.
    public func read(into plaintext: inout [UInt8], limit: Int) -> TLSReadOutcome {
        if decrypted.isEmpty {
            input.removeFirst(input.prefix { $0 == 255 }.count)
            guard let length = input.first.map(Int.init) else { return .nothing }
            if length == 0 { return .closed }
            guard input.count > length else { return .nothing }
            decrypted = input[1...length].map { ~$0 }
            input.removeFirst(1 + length)
        }
        let piece = decrypted.prefix(limit)
        decrypted.removeFirst(piece.count)
        plaintext += piece
        return .read(piece.count)
    }

    /// Makes records.
    public func write(_ plaintext: ArraySlice<UInt8>) throws(TLSFailure) { output += ScriptedEngine.records(plaintext) }

    /// Makes the record that is the end.
    public func close() { output.append(0) }
}
