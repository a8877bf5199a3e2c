import LinuxIO
import NINACoprocessor

// Maps OpenSSL's error numbers, which are part of its ABI and have not changed since 1.1.1.

extension TLSFailure {
    /// The reason of an OpenSSL error; `other` if it has no specific one.
    init(_ error: TLSError, else other: Reason) {
        self.init(
            error.verification != 0
                ? Reason(verification: error.verification)
                : Reason(credentialAlert: error) ?? Reason(protocolReason: error.reason) ?? other,
            error.text)
    }
}

extension TLSFailure.Reason {
    /// The reason of an X509_V_ERR_... number.
    init(verification: Int32) {
        self =
            switch verification {
            case 9, 13: .notYetValid
            case 10, 14: .expired
            case 18: .selfSigned
            case 2, 19, 20, 21, 27: .unknownAuthority
            case 62, 64: .wrongHost
            default: .badCertificate
            }
    }

    /// The reason of an alert about the client's certificate: none, bad, unsupported, revoked, expired or unknown
    /// certificate, unknown authority, access denied, bad signature; before TLS 1.3 also a plain handshake failure.
    fileprivate init?(credentialAlert error: TLSError) {
        let alerts: Set<Int32> = [40, 41, 42, 43, 44, 45, 46, 48, 49, 51, 116]
        guard error.reason >= 1000, alerts.contains(error.reason - 1000) else { return nil }
        if error.lacksCertificate || error.reason == 1116 {
            self = .clientCertificateRequired
        } else if error.hasCertificate {
            self = .clientCertificateRefused
        } else {
            return nil
        }
    }

    /// The reason of an SSL_R_... number about versions: no protocols available, unsupported protocol, wrong SSL
    /// version, wrong version number, version too low, and the corresponding alert.
    fileprivate init?(protocolReason: Int32) {
        guard [191, 258, 266, 267, 396, 1070].contains(protocolReason) else { return nil }
        self = .protocolVersion
    }
}
