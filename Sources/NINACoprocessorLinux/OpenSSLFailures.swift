import LinuxIO
import NINACoprocessor

// OpenSSL's numbers as reasons. They are part of its binary interface and have not changed since 1.1.1.

extension TLSFailure {
    /// What an error of OpenSSL means; what has no reason of its own is of the kind `other`.
    init(_ error: TLSError, else other: Reason) {
        self.init(
            error.verification != 0
                ? Reason(verification: error.verification)
                : Reason(credentialAlert: error) ?? Reason(protocolReason: error.reason) ?? other,
            error.text)
    }
}

extension TLSFailure.Reason {
    /// Of X509_V_ERR_...
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

    /// Of an alert that concerns the client's certificate: no certificate, a bad one, an unsupported, revoked, expired or
    /// unknown one, an unknown authority, access denied, a bad signature; before TLS 1.3 also a plain handshake failure.
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

    /// Of SSL_R_...: no protocols available, unsupported protocol, wrong SSL version, wrong version number, version too
    /// low; and of the alert that says so.
    fileprivate init?(protocolReason: Int32) {
        guard [191, 258, 266, 267, 396, 1070].contains(protocolReason) else { return nil }
        self = .protocolVersion
    }
}
