import NINAWire

/// The credentials and trust anchors of TLS clients, until the next reset.
struct Certificates {
    /// PEM; both must be set.
    var certificate: [UInt8] = []
    var key: [UInt8] = []
    /// The only trusted key for sockets of type 4.
    var anchor: TLSAnchor?
    /// The result of the last connection of type 4, with BearSSL's error numbers.
    var lastError: Int32 = 0

    var credential: TLSCredential? {
        certificate.isEmpty || key.isEmpty ? nil : TLSCredential(certificate: certificate, key: key)
    }
}

// Certificates and keys for TLS.

extension Certificates {
    mutating func setCliCert(_ command: SetCliCert) -> Answer<Acknowledgement> {
        certificate = Array(command.certificate.asCString)
        return .reply(Acknowledgement(true))
    }

    mutating func setPK(_ command: SetPK) -> Answer<Acknowledgement> {
        key = Array(command.key.asCString)
        return .reply(Acknowledgement(true))
    }

    /// Answers 0 for success, 1 when it is not a key on a supported curve.
    mutating func brSetEcTa(_ command: BrSetEcTa, _ context: Context) -> Answer<ResultCode> {
        guard !command.name.isEmpty, TLSAnchor.isPoint(command.key, ofCurve: command.curve) else {
            context.log(.info, "BR_SET_EC_TA: not a name and a key on P-256, P-384 or P-521")
            return .reply(ResultCode(1))
        }
        anchor = TLSAnchor(
            name: Array(command.name), isAuthority: command.flags & 1 != 0, curve: command.curve,
            key: Array(command.key))
        return .reply(ResultCode(0))
    }

    func brErrorCode(_: BrErrorCode) -> Answer<BrErrorCode.Reply> { .reply(BrErrorCode.Reply(error: lastError)) }

    /// The TLS parameters of START_CLIENT; nil for TCP.
    func security(_ command: StartClient) -> TLSParameters? {
        guard command.type != .tcp else { return nil }
        let peer = TLSParameters.Peer(host: command.host.asCString, address: command.address)
        let isBearSSL = command.type == .tlsBearSSL
        return TLSParameters(
            peer: peer, credential: isBearSSL ? nil : credential,
            anchor: isBearSSL ? anchor : nil)
    }

    /// Whether START_CLIENT supports a type of connection.
    func allowsConnections(_ type: SocketType, _ context: Context) -> Bool {
        switch type {
        case .tcp, .tls: true
        case .tlsBearSSL: context.firmware.family == .arduino
        default: false
        }
    }

    /// Logs and records a failed connect.
    mutating func noteFailure(
        _ failure: NetworkFailure, of connecting: Connecting, _ context: Context
    ) {
        let isBearSSL = connecting.type == .tlsBearSSL
        guard case .tls(let why) = failure else {
            context.log(.info, "connect to \(connecting.target) failed: \(failure)")
            if isBearSSL { lastError = TLSFailure(.closed).bearSSLError }
            return
        }
        let (peer, remote) = (connecting.security?.peer.text ?? "?", connecting.remote)
        context.log(.warning, "TLS with \(peer) (\(remote.address):\(remote.port)) failed: \(why)")
        if isBearSSL { lastError = why.bearSSLError }
    }
}

extension TLSFailure {
    /// The closest BearSSL error number (bearssl_ssl.h, bearssl_x509.h).
    var bearSSLError: Int32 {
        switch reason {
        case .protocolVersion: 3
        case .clientCertificateRequired: 29
        case .closed, .unavailable, .broken: 31
        case .handshake, .clientCertificateRefused, .badCredential: 14
        case .badCertificate: 52
        case .expired, .notYetValid: 54
        case .wrongHost: 56
        case .unknownAuthority, .selfSigned: 62
        }
    }
}
