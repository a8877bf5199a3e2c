import NINALink
import NINAWire

/// What ``WiFiSSLClient`` and ``WiFiBearSSLClient`` have in common: a ``WiFiClient`` whose bytes the module encrypts.
///
/// Every call of a ``WiFiClient`` is here under its name; ``client`` goes where a `WiFiClient` is asked for.
public protocol WiFiSecureClient: Equatable {
    /// The kind of socket that the module opens for it.
    static var socketType: SocketType { get }
    /// The connection.
    var client: WiFiClient { get set }
}

extension WiFiSecureClient {
    /// Connects to a host; an open connection of this client is stopped before.
    ///
    /// Prefer a name, which the coprocessor looks up and finds in the server's certificate. An address cannot be compared with the
    /// certificate, and firmware before 3.0 connects to it with its octets in reverse.
    /// - Parameters:
    ///   - host: its name as in the certificate, or its address.
    ///   - port: the port there.
    ///   - timeout: instead of the client's ``WiFiClient/connectionTimeout``.
    /// - Throws: `.connectFailed` also when the name is not known or the certificate is not trusted; `.noSocketAvailable`.
    public mutating func connect(_ host: Host, port: UInt16, timeout: Duration? = nil) throws(WiFiError) {
        try client.connect(host, port: port, over: Self.socketType, timeout: timeout)
    }

    /// As ``WiFiClient/connectionTimeout``; the handshake is part of it.
    public var connectionTimeout: Duration? {
        get { client.connectionTimeout }
        set { client.connectionTimeout = newValue }
    }

    /// As ``WiFiClient/socket``.
    public var socket: SocketNumber { client.socket }
    /// As ``WiFiClient/stop()``.
    public func stop() throws(WiFiError) { try client.stop() }
    /// As ``WiFiClient/connected()``.
    public func connected() throws(WiFiError) -> Bool { try client.connected() }
    /// As ``WiFiClient/status()``.
    public func status() throws(WiFiError) -> ClientState { try client.status() }
    /// As ``WiFiClient/remoteIP()``.
    public func remoteIP() throws(WiFiError) -> IPv4Address { try client.remoteIP() }
    /// As ``WiFiClient/remotePort()``.
    public func remotePort() throws(WiFiError) -> UInt16 { try client.remotePort() }

    /// As ``WiFiClient/available()``.
    public func available() throws(WiFiError) -> Int { try client.available() }
    /// As ``WiFiClient/read()``.
    public func read() throws(WiFiError) -> UInt8? { try client.read() }
    /// As ``WiFiClient/peek()``.
    public func peek() throws(WiFiError) -> UInt8? { try client.peek() }
    /// As ``WiFiClient/read(_:)``.
    public func read(_ limit: Int) throws(WiFiError) -> [UInt8] { try client.read(limit) }
    /// As ``WiFiClient/read(into:)``.
    public func read(into buffer: inout [UInt8]) throws(WiFiError) -> Int { try client.read(into: &buffer) }
    /// As ``WiFiClient/waitForBytes(_:)``.
    public func waitForBytes(_ time: Duration) throws(WiFiError) -> Int { try client.waitForBytes(time) }

    /// As ``WiFiClient/write(_:)-(UInt8)``.
    public func write(_ byte: UInt8) throws(WiFiError) -> Int { try client.write(byte) }
    /// As ``WiFiClient/write(_:)-([UInt8])``.
    public func write(_ bytes: [UInt8]) throws(WiFiError) -> Int { try client.write(bytes) }
    /// As ``WiFiClient/write(_:)-(ArraySlice<UInt8>)``.
    public func write(_ bytes: ArraySlice<UInt8>) throws(WiFiError) -> Int { try client.write(bytes) }
    /// As ``WiFiClient/print(_:)``.
    public func print(_ text: String) throws(WiFiError) { try client.print(text) }
    /// As ``WiFiClient/println(_:)``.
    public func println(_ text: String = "") throws(WiFiError) { try client.println(text) }
    /// As ``WiFiClient/flush()``.
    public func flush() {}

    /// As ``WiFiClient/writeAll(_:timeout:)-(ArraySlice<UInt8>,_)``.
    public func writeAll(_ bytes: ArraySlice<UInt8>, timeout: Duration = .seconds(30)) throws(WiFiError) {
        try client.writeAll(bytes, timeout: timeout)
    }

    /// As ``WiFiClient/writeAll(_:timeout:)-([UInt8],_)``.
    public func writeAll(_ bytes: [UInt8], timeout: Duration = .seconds(30)) throws(WiFiError) {
        try client.writeAll(bytes, timeout: timeout)
    }
}

/// A client over TLS: WiFiNINA's `WiFiSSLClient`.
public struct WiFiSSLClient: WiFiSecureClient {
    /// TLS by mbedTLS, with the roots that the module has.
    public static var socketType: SocketType { .tls }
    /// The connection.
    public var client: WiFiClient

    /// A client that is not connected yet.
    public init(_ wifi: WiFi) { client = WiFiClient(wifi, family: .classic) }
}

/// A client over TLS by BearSSL, with trust anchors of the program's own: WiFiNINA's `WiFiBearSSLClient`.
///
/// A module has one such connection at a time.
public struct WiFiBearSSLClient: WiFiSecureClient {
    /// TLS by BearSSL.
    public static var socketType: SocketType { .tlsBearSSL }
    /// The connection.
    public var client: WiFiClient

    /// A client that is not connected yet.
    public init(_ wifi: WiFi) { client = WiFiClient(wifi, family: .classic) }

    /// Trusts an authority with a key on an elliptic curve, from the next connection on.
    /// - Parameters:
    ///   - name: the authority's distinguished name in DER, at most 255 bytes.
    ///   - flags: 1 when it is an authority, 0 when it is the server's own key (`BR_X509_TA_CA`).
    ///   - curve: the number of the curve in TLS, 23 for P-256.
    ///   - key: its point, uncompressed, at most 255 bytes.
    /// - Throws: `.failed`; `.unsupported` before 3.0.0 and with Adafruit's firmware.
    public func setECTrustAnchor(
        _ name: [UInt8], flags: UInt16, curve: UInt16, key: [UInt8]
    ) throws(WiFiError) {
        try client.setECTrustAnchorBearSSL(name, flags: flags, curve: curve, key: key)
    }

    /// BearSSL's number of the last error, 0 when there was none.
    /// - Throws: `.unsupported` before 3.0.0 and with Adafruit's firmware.
    public func errorCode() throws(WiFiError) -> Int { try client.errorCodeBearSSL() }
}
