import CLinux

/// The system's OpenSSL 3, loaded at run time, and the authorities that its connections trust.
public final class TLSLibrary {
    /// The name under which the loader finds the library.
    public static let standardName = "libssl.so.3"
    let context: OpaquePointer

    /// Why the library is unavailable.
    public struct Unavailable: Error, CustomStringConvertible {
        /// The loader's or the library's text.
        public let description: String
    }

    /// Loads the library and the authorities; reads files.
    /// - Parameters:
    ///   - path: a path, or a name for the loader to search.
    ///   - authorities: a PEM file; nil for the system's store.
    public init(path: String = standardName, authorities: String? = nil) throws(Unavailable) {
        var text = [CChar](repeating: 0, count: 512)
        let context = text.withUnsafeMutableBufferPointer { text in
            guard let authorities else {
                return clinux_tls_context_create(path, nil, text.baseAddress, text.count)
            }
            return clinux_tls_context_create(path, authorities, text.baseAddress, text.count)
        }
        guard let context else {
            throw Unavailable(description: text.withUnsafeBufferPointer { Self.string($0) })
        }
        self.context = context
    }

    deinit { clinux_tls_context_free(context) }

    static func string(_ text: UnsafeBufferPointer<CChar>) -> String {
        String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// The result of a step of a TLS connection.
public enum TLSResult: Equatable, Sendable {
    /// Done; the number of bytes where applicable.
    case done(Int)
    /// More bytes from the server are needed first.
    case wantsMore
    /// The server has closed the stream (close_notify).
    case closed
    /// The connection has failed; `TLSClient.error` has the reason.
    case failed

    init(_ number: Int32) {
        self =
            switch number {
            case CLINUX_TLS_WANTS_MORE: .wantsMore
            case CLINUX_TLS_CLOSED: .closed
            case CLINUX_TLS_FAILED: .failed
            default: .done(Int(number))
            }
    }
}

/// The first error of a TLS connection.
public struct TLSError: Equatable, Sendable {
    /// Why the server's certificate was rejected: OpenSSL's X509_V_ERR_... 0 when the certificate was not the cause.
    public var verification: Int32
    /// OpenSSL's SSL_R_...; 1000 plus the alert number for an alert from the server. 0 for none.
    public var reason: Int32
    /// The server requested a certificate, and none was set.
    public var lacksCertificate: Bool
    /// A certificate was set.
    public var hasCertificate: Bool
    /// The library's text.
    public var text: String
}

/// The client's end of a TLS connection without I/O: the caller feeds it ciphertext and takes ciphertext from it. Use
/// it on one thread at a time.
public final class TLSClient {
    private let library: TLSLibrary
    private let tls: OpaquePointer

    /// Makes a connection; nil when out of memory.
    public init?(_ library: TLSLibrary) {
        guard let tls = clinux_tls_create(library.context) else { return nil }
        self.library = library
        self.tls = tls
    }

    deinit { clinux_tls_free(tls) }

    // MARK: Before the handshake

    /// Requires a certificate for this host name and sends the name to the server (SNI).
    public func expect(name: String) -> Bool { clinux_tls_expect_name(tls, name) == 1 }

    /// Requires a certificate for this IP address.
    public func expect(address: String) -> Bool { clinux_tls_expect_address(tls, address) == 1 }

    /// Presents this certificate on request. PEM; returns false when it, or the key, cannot be used.
    public func use(certificate: [UInt8], key: [UInt8]) -> Bool {
        clinux_tls_use_credential(tls, certificate, certificate.count, key, key.count) == 1
    }

    /// Trusts this key instead of the authorities. Both in DER: the owner's name, and a SubjectPublicKeyInfo.
    public func trust(name: [UInt8], publicKey: [UInt8], isAuthority: Bool) -> Bool {
        clinux_tls_trust_key(tls, name, name.count, publicKey, publicKey.count, isAuthority ? 1 : 0) == 1
    }

    // MARK: Steps

    /// Takes ciphertext from the server.
    public func feed(_ bytes: UnsafeRawBufferPointer) { _ = clinux_tls_feed(tls, bytes.baseAddress, bytes.count) }

    /// The number of ciphertext bytes for the server.
    public var outputCount: Int { clinux_tls_pending_output(tls) }

    /// Takes ciphertext for the server.
    public func takeOutput(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        clinux_tls_take(tls, buffer.baseAddress, buffer.count)
    }

    /// Continues the handshake.
    public func handshake() -> TLSResult { TLSResult(clinux_tls_handshake(tls)) }

    /// Decrypts into a nonempty buffer.
    public func read(into buffer: UnsafeMutableRawBufferPointer) -> TLSResult {
        TLSResult(clinux_tls_read(tls, buffer.baseAddress, Int32(clamping: buffer.count)))
    }

    /// Encrypts all bytes; there must be at least one.
    public func write(_ bytes: UnsafeRawBufferPointer) -> TLSResult {
        TLSResult(clinux_tls_write(tls, bytes.baseAddress, Int32(clamping: bytes.count)))
    }

    /// Writes the close_notify.
    public func close() { clinux_tls_close(tls) }

    // MARK: State

    /// The first error.
    public var error: TLSError {
        var error = clinux_tls_error()
        clinux_tls_describe_error(tls, &error)
        let text = withUnsafeBytes(of: &error.text) { TLSLibrary.string($0.assumingMemoryBound(to: CChar.self)) }
        return TLSError(
            verification: error.verification, reason: error.reason, lacksCertificate: error.lacked_certificate != 0,
            hasCertificate: error.showed_certificate != 0, text: text)
    }

    /// For example "TLSv1.3, TLS_AES_256_GCM_SHA384".
    public var summary: String {
        "\(String(cString: clinux_tls_version(tls))), \(String(cString: clinux_tls_cipher(tls)))"
    }
}
