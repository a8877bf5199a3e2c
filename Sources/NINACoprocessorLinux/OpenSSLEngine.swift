import LinuxIO
import NINACoprocessor
import NINAWire

/// A library or a file of authorities that TLS cannot use.
public struct TLSUnavailable: Error, CustomStringConvertible {
    /// What is wrong, with the path.
    public let description: String
}

extension EmulatorOptions {
    /// Loads the library and the authorities, if one of them was chosen, to report a mistake before the first connection.
    public func checkTLS() throws(TLSUnavailable) {
        guard tlsLibrary != nil || authorities != nil else { return }
        do throws(TLSLibrary.Unavailable) {
            _ = try TLSLibrary(path: tlsLibrary ?? TLSLibrary.standardName, authorities: authorities)
        } catch {
            throw TLSUnavailable(description: error.description)
        }
    }
}

/// TLS with the system's OpenSSL. The library and the authorities are loaded when the first connection needs them.
final class OpenSSLEngine: TLSEngine {
    private let path: String
    private let authorities: String?
    private let log: (LogLevel, String) -> Void
    private var library: TLSLibrary?
    /// The last error of loading the library, so that it is logged only once.
    private var loggedFailure: String?

    /// - Parameters:
    ///   - path: the library; nil for the system's.
    ///   - authorities: a PEM file; nil for the system's store.
    init(path: String?, authorities: String?, log: @escaping (LogLevel, String) -> Void) {
        self.path = path ?? TLSLibrary.standardName
        self.authorities = authorities
        self.log = log
    }

    /// The library. Loading takes some tens of milliseconds, once per process. A failure is retried: the process may
    /// have been out of descriptors.
    private func load() throws(TLSFailure) -> TLSLibrary {
        if let library { return library }
        do throws(TLSLibrary.Unavailable) {
            let loaded = try TLSLibrary(path: path, authorities: authorities)
            library = loaded
            return loaded
        } catch {
            let text = "\(error)"
            if loggedFailure != text { log(.error, "TLS is not available, every connection with it fails: \(text)") }
            loggedFailure = text
            throw TLSFailure(.unavailable, "\(error)")
        }
    }

    func makeSession(_ parameters: TLSParameters) throws(TLSFailure) -> any TLSSession {
        guard let client = TLSClient(try load()) else { throw TLSFailure(.handshake, "no memory") }
        let isSet =
            switch parameters.peer {
            case .name(let name): client.expect(name: String(decoding: name, as: UTF8.self))
            case .address(let address): client.expect(address: "\(address)")
            }
        guard isSet else { throw TLSFailure(.wrongHost, "the host name is invalid") }
        if let credential = parameters.credential,
            !client.use(certificate: credential.certificate, key: credential.key)
        {
            throw TLSFailure(.badCredential, client.error.text)
        }
        if let anchor = parameters.anchor {
            guard let key = anchor.subjectPublicKeyInfo,
                client.trust(name: anchor.name, publicKey: key, isAuthority: anchor.isAuthority)
            else { throw TLSFailure(.unknownAuthority, "the key set as trust anchor is invalid") }
        }
        return OpenSSLSession(client)
    }
}

/// One connection.
final class OpenSSLSession: TLSSession {
    private let client: TLSClient
    init(_ client: TLSClient) { self.client = client }

    var summary: String { client.summary }

    func feed(_ ciphertext: ArraySlice<UInt8>) { ciphertext.withUnsafeBytes { client.feed($0) } }

    func takeOutput(into output: inout [UInt8]) {
        let count = client.outputCount
        guard count > 0 else { return }
        output.append(addingCapacity: count) { span in
            span.withUnsafeMutableBufferPointer { space, filled in
                filled = client.takeOutput(into: UnsafeMutableRawBufferPointer(space))
            }
        }
    }

    func handshake() throws(TLSFailure) -> Bool {
        switch client.handshake() {
        case .done: return true
        case .wantsMore: return false
        case .closed: throw TLSFailure(.closed)
        case .failed: throw TLSFailure(client.error, else: .handshake)
        }
    }

    func read(into plaintext: inout [UInt8], limit: Int) -> TLSReadOutcome {
        var result = TLSResult.wantsMore
        plaintext.append(addingCapacity: limit) { span in
            span.withUnsafeMutableBufferPointer { space, filled in
                result = client.read(into: UnsafeMutableRawBufferPointer(space))
                if case .done(let count) = result { filled = count }
            }
        }
        switch result {
        case .done(let count): return .read(count)
        case .wantsMore: return .nothing
        case .closed: return .closed
        case .failed: return .failed(TLSFailure(client.error, else: .broken))
        }
    }

    func write(_ plaintext: ArraySlice<UInt8>) throws(TLSFailure) {
        if plaintext.isEmpty { return }
        guard case .done = plaintext.withUnsafeBytes({ client.write($0) }) else {
            throw TLSFailure(client.error, else: .broken)
        }
    }

    func close() { client.close() }
}

extension TLSAnchor {
    /// The key as a SubjectPublicKeyInfo (RFC 5480, DER); nil for an unknown curve, or for more bytes than a point of P-521 has.
    var subjectPublicKeyInfo: [UInt8]? {
        // The curves' object identifiers: 1.2.840.10045.3.1.7, 1.3.132.0.34, 1.3.132.0.35.
        let curves: [UInt16: [UInt8]] = [
            23: [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07],
            24: [0x2B, 0x81, 0x04, 0x00, 0x22],
            25: [0x2B, 0x81, 0x04, 0x00, 0x23],
        ]
        guard let identifier = curves[curve], key.count <= 133 else { return nil }
        func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
            // At most 155 bytes.
            let count = UInt8(content.count)
            return [tag] + (count < 128 ? [count] : [0x81, count]) + content
        }
        // 1.2.840.10045.2.1: an elliptic-curve key.
        let algorithm = element(0x06, [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]) + element(0x06, identifier)
        return element(0x30, element(0x30, algorithm) + element(0x03, [0] + key))
    }
}
