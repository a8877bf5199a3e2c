import TestPeers
import LinuxIO
import NINAWire
import Testing

/// Client certificates (SET_CLI_CERT, SET_PK) and trusted keys (BR_SET_EC_TA), with real servers.
@Suite(.serialized, .timeLimit(.minutes(10))) struct TLSCredentialTests {
    private func set(_ host: CommandHost, _ name: String) throws {
        let certificates = try TestCertificates.shared()
        #expect(try host.acknowledge(SetCliCert(certificate: try certificates.bytes("\(name).pem")[...])))
        #expect(try host.acknowledge(SetPK(key: try certificates.bytes("\(name).key")[...])))
    }

    private func serverThatAsks(_ options: [String]) throws -> TLSServer {
        try .python("good", ["--client-ca", try TestCertificates.shared().path("ca.pem")] + options)
    }

    @Test(arguments: ["adafruit-3.3.0", "adafruit-1.7.7"], [["--tls12"], []])
    func aClientCertificateIsShown(_ firmware: String, _ options: [String]) throws {
        let server = try serverThatAsks(options)
        let emulator = try EmulatorUnderTest.withAuthority(["--firmware", firmware])
        let host = try emulator.commandHost()
        try set(host, "client")
        #expect(try host.connectTLS(server.port))
        #expect(try server.waits(for: "connected"))
        #expect(try host.readAll(TLSServer.greeting.count) == TLSServer.greeting)
        // The key is in no log line, not even at level debug.
        let key = String(decoding: try TestCertificates.shared().bytes("client.key"), as: UTF8.self)
        let body = try #require(key.split(separator: "\n").dropFirst().first)
        #expect(!emulator.logText.contains(body))
        let hex = body.utf8.prefix(8).map { String($0, radix: 16) }.joined()
        #expect(!emulator.logText.lowercased().contains(hex))
    }

    @Test func withoutACertificateTheServerRefuses() throws {
        let server = try serverThatAsks(["--tls12"])
        let emulator = try EmulatorUnderTest.withAuthority(["--firmware", "adafruit-3.3.0"])
        let host = try emulator.commandHost()
        #expect(try !host.connectTLS(server.port))
        #expect(try emulator.logs("failed: the server wants a client certificate"))
        try set(host, "stranger")
        #expect(try !host.connectTLS(server.port))
        #expect(try emulator.logs("failed: the server refuses the client certificate"))
    }

    /// With TLS 1.3 the server checks the client's certificate after the client has finished its handshake.
    @Test func inTLS13TheRefusalComesLater() throws {
        let server = try serverThatAsks([])
        let emulator = try EmulatorUnderTest.withAuthority(["--firmware", "adafruit-3.3.0"])
        let host = try emulator.commandHost()
        #expect(try host.connectTLS(server.port))
        #expect(try host.waitForEnd())
        #expect(try emulator.logs(": the server wants a client certificate"))
    }

    @Test func aKeyOfAnotherCertificateIsTold() throws {
        let server = try serverThatAsks([])
        let emulator = try EmulatorUnderTest.withAuthority(["--firmware", "adafruit-3.3.0"])
        let host = try emulator.commandHost()
        let certificates = try TestCertificates.shared()
        _ = try host.run(SetCliCert(certificate: try certificates.bytes("client.pem")[...]))
        for (key, detail) in [
            (Array("no key".utf8), ""), (try certificates.bytes("stranger.key"), "key values mismatch)"),
        ] {
            _ = try host.run(SetPK(key: key[...]))
            #expect(try !host.connectTLS(server.port))
            #expect(try emulator.logs("failed: the client certificate or its key cannot be used (" + detail))
        }
    }

    // MARK: BearSSL

    private func trust(_ host: CommandHost, _ name: String, flags: UInt16 = 1) throws -> UInt8 {
        let certificates = try TestCertificates.shared()
        return try host.run(
            BrSetEcTa(
                name: try certificates.subject(name)[...], flags: flags, curve: 23,
                key: try certificates.point(name)[...])
        ).value
    }

    private func error(_ host: CommandHost) throws -> Int32 { try host.run(BrErrorCode()).error }

    @Test func aTrustedKeyStandsForTheAuthorities() throws {
        let servers = try ["good", "foreign", "chain"].map { try TLSServer.openSSL($0) }
        let emulator = try EmulatorUnderTest.withAuthority()
        let host = try emulator.commandHost()
        func connects(_ index: Int, type: SocketType = .tlsBearSSL, name: String = "good.example") throws -> Bool {
            let isConnected = try host.connectTLS(servers[index].port, name: name, type: type)
            _ = try host.stop()
            return isConnected
        }
        #expect(try connects(0) && connects(2) && !connects(1))
        #expect(try error(host) == 62)
        // The other authority's key: now it is the only trusted one.
        #expect(try trust(host, "other") == 0)
        #expect(try connects(1))
        #expect(try error(host) == 0)
        #expect(try !connects(0))
        #expect(try !connects(2))
        #expect(try error(host) == 62)
        #expect(try connects(0, type: .tls))
        // The first authority's key: also with an intermediate certificate, and everything else is still verified.
        #expect(try trust(host, "ca") == 0)
        #expect(try connects(0) && connects(2) && !connects(1))
        #expect(try !connects(0, name: "other.example"))
        #expect(try error(host) == 56)
        // The server's own key.
        #expect(try trust(host, "good", flags: 0) == 0)
        #expect(try connects(0) && !connects(2))
        // An authority's name with another one's key.
        let certificates = try TestCertificates.shared()
        _ = try host.run(
            BrSetEcTa(
                name: try certificates.subject("ca")[...], flags: 1, curve: 23,
                key: try certificates.point("other")[...]))
        #expect(try !connects(0))
        #expect(try error(host) == 62)
        #expect(try !connects(1))
    }

    @Test(arguments: [
        ("expired", 54 as Int32, "the certificate has expired"), ("forged", 52, "(invalid CA certificate)"),
    ])
    func aTrustedKeyDoesNotMakeOtherFaultsGood(_ certificate: String, _ number: Int32, _ reason: String) throws {
        let server = try TLSServer.openSSL(certificate)
        let emulator = try EmulatorUnderTest.withAuthority()
        let host = try emulator.commandHost()
        #expect(try trust(host, "ca") == 0)
        #expect(try !host.connectTLS(server.port, type: .tlsBearSSL))
        #expect(try error(host) == number)
        #expect(try emulator.logs(reason))
        // No server listens, or none answers: BearSSL's transport error.
        #expect(try !host.connectTLS(1, type: .tlsBearSSL))
        #expect(try error(host) == 31)
    }
}
