import NINALink
import NINAWire

/// The common part of ``WiFiSSLClient`` and ``WiFiBearSSLClient``: a ``WiFiClient`` whose bytes the module encrypts.
///
/// It has every method of ``WiFiClient``; pass ``client`` where a `WiFiClient` is required.
public protocol WiFiSecureClient: Equatable {
    /// The kind of socket that the module opens.
    static var socketType: SocketType { get }
    /// The connection.
    var client: WiFiClient { get set }
}

extension WiFiSecureClient {
    /// Connects to a host; first stops an open connection of this client.
    ///
    /// Prefer a name: the coprocessor resolves it and verifies it against the server's certificate. An address cannot
    /// be verified, and firmware before 3.0 connects to it with its octets reversed.
    /// - Parameters:
    ///   - host: its name as in the certificate, or its address.
    ///   - port: the port there.
    ///   - timeout: overrides ``WiFiClient/connectionTimeout``.
    /// - Throws: `.connectFailed`, including for an unknown name or an untrusted certificate; `.noSocketAvailable`.
    public mutating func connect(_ host: Host, port: UInt16, timeout: Duration? = nil) throws(WiFiError) {
        try client.connect(host, port: port, over: Self.socketType, timeout: timeout)
    }

    /// See ``WiFiClient/connectionTimeout``; includes the handshake.
    public var connectionTimeout: Duration? {
        get { client.connectionTimeout }
        set { client.connectionTimeout = newValue }
    }

    /// See ``WiFiClient/socket``.
    public var socket: SocketNumber { client.socket }
    /// See ``WiFiClient/stop()``.
    public func stop() throws(WiFiError) { try client.stop() }
    /// See ``WiFiClient/connected()``.
    public func connected() throws(WiFiError) -> Bool { try client.connected() }
    /// See ``WiFiClient/status()``.
    public func status() throws(WiFiError) -> ClientState { try client.status() }
    /// See ``WiFiClient/remoteIP()``.
    public func remoteIP() throws(WiFiError) -> IPv4Address { try client.remoteIP() }
    /// See ``WiFiClient/remotePort()``.
    public func remotePort() throws(WiFiError) -> UInt16 { try client.remotePort() }

    /// See ``WiFiClient/available()``.
    public func available() throws(WiFiError) -> Int { try client.available() }
    /// See ``WiFiClient/read()``.
    public func read() throws(WiFiError) -> UInt8? { try client.read() }
    /// See ``WiFiClient/peek()``.
    public func peek() throws(WiFiError) -> UInt8? { try client.peek() }
    /// See ``WiFiClient/read(_:)``.
    public func read(_ limit: Int) throws(WiFiError) -> [UInt8] { try client.read(limit) }
    /// See ``WiFiClient/read(into:)``.
    public func read(into buffer: inout [UInt8]) throws(WiFiError) -> Int { try client.read(into: &buffer) }
    /// See ``WiFiClient/waitForBytes(_:)``.
    public func waitForBytes(_ time: Duration) throws(WiFiError) -> Int { try client.waitForBytes(time) }
    /// See ``WiFiClient/waitForBytes(_:atLeast:)``.
    public func waitForBytes(_ time: Duration, atLeast count: Int) throws(WiFiError) -> Int {
        try client.waitForBytes(time, atLeast: count)
    }
    /// See ``WiFiClient/read(exactly:timeout:)``.
    public func read(exactly count: Int, timeout: Duration = .seconds(30)) throws(WiFiError) -> [UInt8] {
        try client.read(exactly: count, timeout: timeout)
    }

    /// See ``WiFiClient/write(_:)-(UInt8)``.
    public func write(_ byte: UInt8) throws(WiFiError) -> Int { try client.write(byte) }
    /// See ``WiFiClient/write(_:)-([UInt8])``.
    public func write(_ bytes: [UInt8]) throws(WiFiError) -> Int { try client.write(bytes) }
    /// See ``WiFiClient/write(_:)-(ArraySlice<UInt8>)``.
    public func write(_ bytes: ArraySlice<UInt8>) throws(WiFiError) -> Int { try client.write(bytes) }
    /// See ``WiFiClient/print(_:)``.
    public func print(_ text: String) throws(WiFiError) { try client.print(text) }
    /// See ``WiFiClient/println(_:)``.
    public func println(_ text: String = "") throws(WiFiError) { try client.println(text) }
    /// See ``WiFiClient/flush()``.
    public func flush() {}

    /// See ``WiFiClient/writeAll(_:timeout:)-(ArraySlice<UInt8>,_)``.
    public func writeAll(_ bytes: ArraySlice<UInt8>, timeout: Duration = .seconds(30)) throws(WiFiError) {
        try client.writeAll(bytes, timeout: timeout)
    }

    /// See ``WiFiClient/writeAll(_:timeout:)-([UInt8],_)``.
    public func writeAll(_ bytes: [UInt8], timeout: Duration = .seconds(30)) throws(WiFiError) {
        try client.writeAll(bytes, timeout: timeout)
    }
}

/// A client over TLS: WiFiNINA's `WiFiSSLClient`.
public struct WiFiSSLClient: WiFiSecureClient {
    /// TLS with mbedTLS and the module's root certificates.
    public static var socketType: SocketType { .tls }
    /// The connection.
    public var client: WiFiClient

    /// A client that is not connected yet.
    public init(_ wifi: WiFi) { client = WiFiClient(wifi, family: .classic) }
}

#if !hasFeature(Embedded)
extension WiFiSSLClient: Hashable {}
extension WiFiBearSSLClient: Hashable {}
#endif

/// A client over TLS with BearSSL and the program's own trust anchors: WiFiNINA's `WiFiBearSSLClient`.
///
/// A module has one such connection at a time.
public struct WiFiBearSSLClient: WiFiSecureClient {
    /// TLS with BearSSL.
    public static var socketType: SocketType { .tlsBearSSL }
    /// The connection.
    public var client: WiFiClient

    /// A client that is not connected yet.
    public init(_ wifi: WiFi) { client = WiFiClient(wifi, family: .classic) }

    /// Trusts a certificate authority with an elliptic-curve key, from the next connection on.
    /// - Parameters:
    ///   - name: the authority's distinguished name in DER, at most 255 bytes.
    ///   - flags: 1 for an authority, 0 for the server's own key (`BR_X509_TA_CA`).
    ///   - curve: the TLS number of the curve, 23 for P-256.
    ///   - key: the public key as an uncompressed point, at most 255 bytes.
    /// - Throws: `.failed`; `.unsupported` before 3.0.0 and with Adafruit's firmware.
    public func setECTrustAnchor(
        _ name: [UInt8], flags: UInt16, curve: UInt16, key: [UInt8]
    ) throws(WiFiError) {
        try client.setECTrustAnchorBearSSL(name, flags: flags, curve: curve, key: key)
    }

    /// BearSSL's code of the last error; 0 for none.
    /// - Throws: `.unsupported` before 3.0.0 and with Adafruit's firmware.
    public func errorCode() throws(WiFiError) -> Int { try client.errorCodeBearSSL() }
}
