import NINALink
import NINAWire

// Encrypted connections of a plain client. A handshake takes a module seconds: a time-out should allow for it.

extension WiFiClient {
    /// Connects to a host over TLS; see ``WiFiSSLClient``.
    /// - Throws: `.connectFailed` also when the name is not known or the certificate is not trusted.
    public mutating func connectSSL(_ host: Host, port: UInt16, timeout: Duration? = nil) throws(WiFiError) {
        try connect(host, port: port, over: .tls, timeout: timeout)
    }

    /// Connects to a host over TLS by BearSSL; see ``WiFiBearSSLClient``.
    /// - Throws: `.connectFailed` also when the name is not known or the certificate is not trusted.
    public mutating func connectBearSSL(_ host: Host, port: UInt16, timeout: Duration? = nil) throws(WiFiError) {
        try connect(host, port: port, over: .tlsBearSSL, timeout: timeout)
    }

    /// As ``WiFiBearSSLClient/setECTrustAnchor(_:flags:curve:key:)``.
    public func setECTrustAnchorBearSSL(
        _ name: [UInt8], flags: UInt16, curve: UInt16, key: [UInt8]
    ) throws(WiFiError) {
        let code = try driver.run(BrSetEcTa(name: name[...], flags: flags, curve: curve, key: key[...])).value
        // The branches of firmware 2.0.0 answer 1 for success, newer firmware 0.
        let success: UInt8 = try driver.findFirmware().isAtLeast(3) ? 0 : 1
        guard code == success else { throw .failed(.brSetEcTa, code: Int(code)) }
    }

    /// As ``WiFiBearSSLClient/errorCode()``.
    public func errorCodeBearSSL() throws(WiFiError) -> Int { Int(try driver.run(BrErrorCode()).error) }
}
