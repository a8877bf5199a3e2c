import NINAWire

/// What a TLS client requires of a connection.
public struct TLSParameters: Equatable, Sendable {
    /// The subject that the server's certificate must have.
    public enum Peer: Equatable, Sendable {
        /// A host name, sent to the server too (SNI).
        case name([UInt8])
        /// An address.
        case address(IPv4Address)

        /// Parses a host: a dotted address, otherwise a name; an empty text means `address`.
        public init(host: ArraySlice<UInt8>, address: IPv4Address) {
            if host.isEmpty {
                self = .address(address)
            } else if let written = IPv4Address(dottedDecimal: host) {
                self = .address(written)
            } else {
                self = .name(Array(host))
            }
        }
    }

    /// The subject that the server's certificate must have.
    public var peer: Peer
    /// The client's certificate, for a server that requests one.
    public var credential: TLSCredential?
    /// The only trusted key; replaces the system's certificate authorities.
    public var anchor: TLSAnchor?

    /// Makes parameters.
    public init(peer: Peer, credential: TLSCredential? = nil, anchor: TLSAnchor? = nil) {
        self.peer = peer
        self.credential = credential
        self.anchor = anchor
    }
}

/// A client's certificate and its private key. The key is never logged.
public struct TLSCredential: Equatable, Sendable {
    /// The certificate, and the intermediate certificates up to an authority, in PEM.
    public var certificate: [UInt8]
    /// The private key, in PEM.
    public var key: [UInt8]

    /// Makes a credential.
    public init(certificate: [UInt8], key: [UInt8]) {
        self.certificate = certificate
        self.key = key
    }
}

/// A trusted elliptic-curve key (BR_SET_EC_TA).
public struct TLSAnchor: Equatable, Sendable {
    /// The distinguished name of its owner, in DER.
    public var name: [UInt8]
    /// Whether it belongs to an authority and signs certificates; otherwise it is the server's own key.
    public var isAuthority: Bool
    /// The number of the curve: 23 P-256, 24 P-384, 25 P-521.
    public var curve: UInt16
    /// The point, in the uncompressed format of BearSSL and X.509.
    public var key: [UInt8]

    /// Makes an anchor.
    public init(name: [UInt8], isAuthority: Bool, curve: UInt16, key: [UInt8]) {
        self.name = name
        self.isAuthority = isAuthority
        self.curve = curve
        self.key = key
    }

    /// Whether the bytes have the format of a point on the curve: 04, and two coordinates.
    static func isPoint(_ key: ArraySlice<UInt8>, ofCurve curve: UInt16) -> Bool {
        let lengths: [UInt16: Int] = [23: 32, 24: 48, 25: 66]
        guard let length = lengths[curve] else { return false }
        return key.count == 1 + 2 * length && key.first == 4
    }
}

/// Why TLS failed.
public struct TLSFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Reason: String, CaseIterable, Sendable {
        /// The certificate has expired.
        case expired = "the certificate has expired"
        /// The certificate is not valid yet.
        case notYetValid = "the certificate is not valid yet"
        /// The certificate is for another host.
        case wrongHost = "the certificate is for another host"
        /// No trusted authority has signed the certificate.
        case unknownAuthority = "the certificate is from an unknown authority"
        /// The server has signed the certificate itself.
        case selfSigned = "the certificate is self-signed"
        /// The certificate is rejected for another reason.
        case badCertificate = "the certificate is not accepted"
        /// There is no common TLS version, or the server does not use TLS.
        case protocolVersion = "no common protocol version"
        /// The server requires a client certificate, and none is set.
        case clientCertificateRequired = "the server wants a client certificate"
        /// The server rejects the client's certificate.
        case clientCertificateRefused = "the server refuses the client certificate"
        /// The host's certificate or key cannot be used.
        case badCredential = "the client certificate or its key cannot be used"
        /// The connection ended too early.
        case closed = "the server closed the connection"
        /// Any other failure of a handshake.
        case handshake = "the handshake failed"
        /// An invalid record or an alert after the handshake.
        case broken = "the connection broke"
        /// This process has no TLS engine.
        case unavailable = "TLS is not available"
    }

    /// The kind.
    public var reason: Reason
    /// The library's text; may be empty.
    public var detail: String

    /// Makes a failure.
    public init(_ reason: Reason, _ detail: String = "") {
        self.reason = reason
        self.detail = detail
    }

    /// The kind, and the library's text.
    public var description: String { detail.isEmpty ? reason.rawValue : "\(reason.rawValue) (\(detail))" }
}

/// The result of reading decrypted bytes.
public enum TLSReadOutcome: Equatable, Sendable {
    /// This many bytes were appended.
    case read(Int)
    /// More ciphertext is needed first.
    case nothing
    /// The server has closed the stream (close_notify).
    case closed
    /// The connection has failed.
    case failed(TLSFailure)
}

/// The client's end of one TLS connection. It does no I/O: the caller feeds it ciphertext and takes ciphertext from it.
public protocol TLSSession: AnyObject {
    /// Takes ciphertext from the server.
    func feed(_ ciphertext: ArraySlice<UInt8>)
    /// Appends ciphertext for the server.
    func takeOutput(into output: inout [UInt8])
    /// Continues the handshake as far as the received bytes allow.
    /// - Returns: whether it is complete and the server's certificate accepted.
    func handshake() throws(TLSFailure) -> Bool
    /// Appends at most `limit` decrypted bytes.
    func read(into plaintext: inout [UInt8], limit: Int) -> TLSReadOutcome
    /// Encrypts all of the bytes.
    func write(_ plaintext: ArraySlice<UInt8>) throws(TLSFailure)
    /// Ends the stream (close_notify).
    func close()
    /// Version and cipher, for the log.
    var summary: String { get }
}

/// Makes TLS sessions. The OpenSSL implementation is in NINACoprocessorLinux.
public protocol TLSEngine: AnyObject {
    /// Makes a session; its first output is the ClientHello.
    func makeSession(_ parameters: TLSParameters) throws(TLSFailure) -> any TLSSession
}
