import LinuxIO
import NINACoprocessor
import NINAWire
import Testing

@testable import NINACoprocessorLinux

/// TLS with the system's OpenSSL: what is missing or wrong is told before and during a connection.
@Suite(.timeLimit(.minutes(10))) struct TLSEngineTests {
    private final class Lines { var all: [String] = [] }

    private func engine(_ path: String? = nil, _ authorities: String? = nil, _ lines: Lines = Lines()) -> OpenSSLEngine
    {
        OpenSSLEngine(path: path, authorities: authorities) { lines.all.append("\($0): \($1)") }
    }

    private func failure(_ engine: OpenSSLEngine, _ parameters: TLSParameters) -> TLSFailure? {
        do throws(TLSFailure) {
            _ = try engine.makeSession(parameters)
            return nil
        } catch {
            return error
        }
    }

    private let good = TLSParameters(peer: .name(Array("good.example".utf8)))

    /// Each choice is checked, also alone; without one nothing is loaded.
    @Test func choicesAreCheckedBeforehand() throws {
        let scratch = try Scratch()
        try scratch.write("garbage.pem", "x")
        var options = EmulatorOptions(socketPath: nil)
        try options.checkTLS()
        options.tlsLibrary = TLSLibrary.standardName
        try options.checkTLS()
        options.tlsLibrary = "/no/such/libssl.so.3"
        var error = #expect(throws: TLSUnavailable.self) { try options.checkTLS() }
        #expect(error?.description.contains("/no/such/libssl.so.3") == true)
        options.tlsLibrary = nil
        for path in ["/no/such.pem", scratch.path + "/garbage.pem"] {
            options.authorities = path
            error = #expect(throws: TLSUnavailable.self) { try options.checkTLS() }
            #expect(error?.description.contains(path) == true)
        }
        options.tlsLibrary = TLSLibrary.standardName
        #expect(throws: TLSUnavailable.self) { try options.checkTLS() }
    }

    /// Every connection fails, and the log says it once for each reason.
    @Test func withoutALibraryEachConnectionFails() throws {
        let lines = Lines()
        let engine = engine("/no/such/libssl.so.3", nil, lines)
        for _ in 0..<3 {
            let failure = failure(engine, good)
            #expect(failure?.reason == .unavailable)
            #expect(failure?.description.contains("/no/such/libssl.so.3") == true)
        }
        #expect(lines.all.count == 1)
        #expect(lines.all.first?.hasPrefix("error: TLS is not available, every connection with it fails: ") == true)
        #expect(lines.all.first?.contains("/no/such/libssl.so.3") == true)
    }

    @Test func anotherReasonIsLoggedToo() throws {
        let scratch = try Scratch()
        let lines = Lines()
        let engine = engine(nil, scratch.path + "/ca.pem", lines)
        for count in 1...2 {
            for _ in 0..<2 { #expect(failure(engine, good)?.reason == .unavailable) }
            #expect(lines.all.count == count)
            try scratch.write("ca.pem", "no certificate")
        }
    }

    @Test func whatCannotBeUsedHasItsReason() {
        let lines = Lines()
        let engine = engine(nil, nil, lines)
        #expect(failure(engine, good) == nil)
        #expect(failure(engine, TLSParameters(peer: .address(.loopback))) == nil)
        #expect(failure(engine, TLSParameters(peer: .name([UInt8](repeating: 0x61, count: 300))))?.reason == .wrongHost)
        let credential = TLSCredential(certificate: [1, 2], key: [3])
        #expect(failure(engine, TLSParameters(peer: good.peer, credential: credential))?.reason == .badCredential)
        let unknown = TLSAnchor(name: [0x30, 0x00], isAuthority: true, curve: 1, key: [4])
        #expect(failure(engine, TLSParameters(peer: good.peer, anchor: unknown))?.reason == .unknownAuthority)
        let noPoint = TLSAnchor(name: [0x30, 0x00], isAuthority: true, curve: 23, key: [4])
        #expect(failure(engine, TLSParameters(peer: good.peer, anchor: noPoint))?.reason == .unknownAuthority)
        #expect(lines.all.isEmpty)
    }

    @Test func aSessionSpeaksFirstAndFailsOnGarbage() throws {
        let session = try engine().makeSession(good)
        var output: [UInt8] = [7]
        session.takeOutput(into: &output)
        #expect(output == [7])
        #expect(try session.handshake() == false)
        session.takeOutput(into: &output)
        // Behind what was there: a handshake record with a ClientHello.
        #expect(output.count > 100 && output.starts(with: [7, 0x16, 3]))
        let count = output.count
        session.takeOutput(into: &output)
        #expect(output.count == count)
        try session.write([])
        var plaintext: [UInt8] = []
        #expect(session.read(into: &plaintext, limit: 100) == .nothing && plaintext.isEmpty)
        session.feed(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)[...])
        #expect(throws: TLSFailure.self) { try session.handshake() }
        #expect(throws: TLSFailure.self) { try session.write([1]) }
        guard case .failed = session.read(into: &plaintext, limit: 100) else {
            Issue.record("no failure")
            return
        }
        #expect(plaintext.isEmpty)
    }
}
