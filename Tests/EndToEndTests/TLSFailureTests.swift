import Foundation
import LinuxIO
import LinuxProcesses
import NINALink
import NINATransport
import NINAWire
import TestPeers
import Testing
import WiFiNINA

/// TLS with faulty servers: each failure has its reply, and its reason in the log.
@Suite(.serialized, .timeLimit(.minutes(10))) struct TLSFailureTests {
    /// The certificate, the server's protocol versions, the requested name, and the logged reason.
    private static let refused: [(String, [String], String?, String)] = [
        ("good", [], "other.example", "the certificate is for another host (hostname mismatch)"),
        ("self", [], nil, "the certificate is self-signed"),
        ("expired", [], "good.example", "the certificate has expired (certificate has expired)"),
        ("future", [], "good.example", "the certificate is not valid yet (certificate is not yet valid)"),
        ("self", [], "good.example", "the certificate is self-signed (self-signed certificate)"),
        ("foreign", [], "good.example", "the certificate is from an unknown authority"),
        ("leaf", [], "good.example", "the certificate is from an unknown authority"),
        ("forged", [], "good.example", "the certificate is not accepted (invalid CA certificate)"),
        ("good", ["-tls1", "-cipher", "ALL:@SECLEVEL=0"], "good.example", "no common protocol version"),
        ("good", ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], "good.example", "no common protocol version"),
        ("good", ["-tls1_2", "-Verify", "1"], "good.example", "the server wants a client certificate"),
        ("good", ["-tls1_2", "-cipher", "NULL:@SECLEVEL=0"], "good.example", "the handshake failed"),
    ]

    @Test(arguments: refused)
    func aServerIsRefused(_ certificate: String, _ options: [String], _ name: String?, _ reason: String) throws {
        let server = try TLSServer.openSSL(certificate, ["-rev"] + options)
        let emulator = try EmulatorUnderTest.withAuthority()
        let host = try emulator.commandHost()
        #expect(try !host.connectTLS(server.port, name: name))
        let place = "TLS with \(name ?? "127.0.0.1") (127.0.0.1:\(server.port)) failed: "
        #expect(try emulator.logs(place + reason), "\(emulator.logText)")
        // The slot is free again.
        #expect(try host.run(GetSocket()).socket.rawValue == 0)
    }

    @Test func theSystemKnowsNoAuthorityOfATest() throws {
        let server = try TLSServer.python()
        let emulator = try EmulatorUnderTest(["--host", "good.example=127.0.0.1"])
        let host = try emulator.commandHost()
        #expect(try !host.connectTLS(server.port))
        #expect(try emulator.logs("the certificate is from an unknown authority"))
        // The server receives the reason.
        #expect(try server.waits(for: "failed"))
        #expect(server.said.last?.contains("unknown ca") == true, "\(server.said)")
    }

    @Test func whatIsNoTLSIsRefused() throws {
        let listener = try TCPSocket.listen(on: IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0))
        let port = try TCPSocket.localEndpoint(listener.rawValue).port
        let number = listener.rawValue
        try DetachedThread.start {
            _ = try? DescriptorWait.wait(
                number, for: .readable, deadline: MonotonicClock.nanoseconds() + 20_000_000_000)
            guard let connection = try? TCPSocket.accept(number) else { return }
            let peer = try? TCPPeer(accepted: connection.takeDescriptor())
            try? peer?.send(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
            _ = try? peer?.read()
        }
        let emulator = try EmulatorUnderTest.withAuthority()
        let host = try emulator.commandHost()
        #expect(try !host.connectTLS(port))
        #expect(try emulator.logs("failed: no common protocol version (wrong version number)"))
        withExtendedLifetime(listener) {}
    }

    @Test func aStreamThatIsCutOffIsLogged() throws {
        let server = try TLSServer.python("good", ["--truncate"])
        let emulator = try EmulatorUnderTest.withAuthority()
        let host = try emulator.commandHost()
        #expect(try host.connectTLS(server.port))
        #expect(try host.readAll(TLSServer.greeting.count) == TLSServer.greeting)
        #expect(try host.waitForEnd())
        #expect(try emulator.logs("the stream ended without a close_notify"))
    }

    /// One coprocessor waits for a server that is silent in the handshake; another runs its commands meanwhile.
    @Test func aServerThatStallsBlocksNoOtherCoprocessor() throws {
        let server = try TLSServer.python("good", ["--stall"])
        let emulator = try EmulatorUnderTest.withAuthority(["--log-level", "info"])
        let transport = emulator.transport
        let port = server.port
        let result = SharedResults<Bool>(1)
        try DetachedThread.start(stackBytes: 1 << 20) {
            result.set(
                0,
                Result {
                    let host = CommandHost(try transport.open())
                    try host.join()
                    return try host.connectTLS(port, milliseconds: 3000)
                })
        }
        #expect(try server.waits(for: "stalls"))
        let wifi = try emulator.host()
        for _ in 0..<2000 { #expect(try wifi.status() == .connected) }
        #expect(result.isUnset(0), "the handshake was given up before 2000 commands of another coprocessor")
        #expect(try result.wait()[0].get() == false)
        #expect(try emulator.logs("the server has not completed the handshake in time"))
    }

    // MARK: Without a library, without authorities

    @Test func withoutALibraryOnlyTLSFails() throws {
        let server = try TLSServer.python()
        // The loader finds this in place of the system's.
        let folder = try TemporaryLibraries()
        let emulator = try EmulatorUnderTest(
            ["--host", "good.example=127.0.0.1"], environment: ["LD_LIBRARY_PATH": folder.path])
        let host = try emulator.commandHost()
        for type in [SocketType.tls, .tlsBearSSL, .tls] { #expect(try !host.connectTLS(server.port, type: type)) }
        #expect(try emulator.logs("failed: TLS is not available", times: 3), "\(emulator.logText)")
        let lines = emulator.logText.split(separator: "\n")
        let errors = lines.filter { $0.contains("error: TLS is not available, every connection with it fails: ") }
        #expect(errors.count == 1, "\(emulator.logText)")
        #expect(errors.first?.contains("libssl.so.3") == true)
        // TCP still works.
        var command = StartClient()
        command.address = .loopback
        command.port = server.port
        #expect(try host.run(command).isConnected)
    }

    /// At the start, not at the first connection.
    @Test(arguments: [
        ("/no/such/libssl.so.3", "/no/such/libssl.so.3"),
        ("libc.so.6", "libc.so.6 has no TLS_client_method: OpenSSL 3 is needed"),
    ])
    func aLibraryThatCannotBeUsedIsToldAtTheStart(path: String, reason: String) throws {
        let result = try ProcessTests.run(
            "nina-emulator", ["--socket", EmulatorUnderTest.freshSocketPath(), "--tls-library", path])
        #expect(result.status == .exited(3))
        #expect(result.output.isEmpty)
        #expect(result.errors.contains(reason) && result.errors.contains("another --ca-file or --tls-library"))
    }

    @Test func aFileWithoutAuthoritiesIsToldAtTheStart() throws {
        let file = try TestCertificates.shared().path("good.key")
        let result = try ProcessTests.run(
            "nina-emulator", ["--socket", EmulatorUnderTest.freshSocketPath(), "--ca-file", file])
        #expect(result.status == .exited(3))
        #expect(result.errors.contains("no authorities in \(file)"))
    }

    @Test func nothingIsLinked() throws {
        let child = try ChildProcess(
            "/usr/bin/env", ["ldd", try EmulatorUnderTest.program("nina-emulator")], output: .pipe)
        guard let output = child.takeOutput() else { throw NoPipe() }
        let lines = LineReader(output)
        var libraries: [String] = []
        while case .line(let line) = try lines.nextLine(deadline: MonotonicClock.nanoseconds() + 10_000_000_000) {
            libraries.append(line)
        }
        #expect(libraries.contains { $0.contains("libc.so") })
        #expect(!libraries.contains { $0.contains("ssl") || $0.contains("crypto") })
    }
}

/// A folder with a file of the name of OpenSSL's library that is none.
private final class TemporaryLibraries {
    let path = "\(Environment.temporaryDirectory)/nina-test-libraries-\(Environment.processID)"

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Data("no library\n".utf8).write(to: URL(fileURLWithPath: path + "/libssl.so.3"))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
