import NINALink
import NINAWire

// TLS connections of a plain client. A handshake takes the module seconds: set the time-out accordingly.

extension WiFiClient {
    /// Connects to a host over TLS; see ``WiFiSSLClient``.
    /// - Throws: `.connectFailed`, including for an unknown name or an untrusted certificate.
    public mutating func connectSSL(_ host: Host, port: UInt16, timeout: Duration? = nil) throws(WiFiError) {
        try connect(host, port: port, over: .tls, timeout: timeout)
    }

    /// Connects to a host over TLS with BearSSL; see ``WiFiBearSSLClient``.
    /// - Throws: `.connectFailed`, including for an unknown name or an untrusted certificate.
    public mutating func connectBearSSL(_ host: Host, port: UInt16, timeout: Duration? = nil) throws(WiFiError) {
        try connect(host, port: port, over: .tlsBearSSL, timeout: timeout)
    }

    /// See ``WiFiBearSSLClient/setECTrustAnchor(_:flags:curve:key:)``.
    public func setECTrustAnchorBearSSL(
        _ name: [UInt8], flags: UInt16, curve: UInt16, key: [UInt8]
    ) throws(WiFiError) {
        let code = try driver.run(BrSetEcTa(name: name[...], flags: flags, curve: curve, key: key[...])).value
        // The branches of firmware 2.0.0 answer 1 for success, newer firmware 0.
        let success: UInt8 = try driver.findFirmware().isAtLeast(3) ? 0 : 1
        guard code == success else { throw .failed(.brSetEcTa, code: Int(code)) }
    }

    /// See ``WiFiBearSSLClient/errorCode()``.
    public func errorCodeBearSSL() throws(WiFiError) -> Int { Int(try driver.run(BrErrorCode()).error) }
}
