import Testing

@testable import LinuxIO

/// The system's OpenSSL behind its shim: what is loaded, a client's first message, and servers that send arbitrary
/// bytes.
@Suite(.timeLimit(.minutes(10))) struct TLSClientTests {
    private func output(_ client: TLSClient) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: client.outputCount)
        let count = bytes.withUnsafeMutableBytes { client.takeOutput(into: $0) }
        #expect(count == bytes.count)
        return bytes
    }

    private func contains(_ bytes: [UInt8], _ text: String) -> Bool {
        let text = Array(text.utf8)
        return bytes.indices.contains { bytes[$0...].starts(with: text) }
    }

    @Test func whatIsMissingIsNamed() {
        let library = #expect(throws: TLSLibrary.Unavailable.self) { try TLSLibrary(path: "/no/such/libssl.so.3") }
        #expect(library?.description.contains("/no/such/libssl.so.3") == true)
        let authorities = #expect(throws: TLSLibrary.Unavailable.self) { try TLSLibrary(authorities: "/no/such.pem") }
        #expect(authorities?.description.contains("/no/such.pem") == true)
        let other = #expect(throws: TLSLibrary.Unavailable.self) { try TLSLibrary(path: "libc.so.6") }
        #expect(other?.description.contains("OpenSSL 3 is needed") == true)
    }

    @Test func aClientSpeaksFirst() throws {
        let library = try TLSLibrary()
        let named = try #require(TLSClient(library))
        #expect(named.expect(name: "good.example"))
        #expect(named.outputCount == 0)
        #expect(named.handshake() == .wantsMore)
        let hello = output(named)
        // A handshake record with a ClientHello that names the host.
        #expect(hello.first == 0x16 && hello[5] == 1)
        #expect(contains(hello, "good.example"))
        #expect(named.outputCount == 0)

        let addressed = try #require(TLSClient(library))
        #expect(addressed.expect(address: "127.0.0.1"))
        #expect(addressed.handshake() == .wantsMore)
        #expect(!contains(output(addressed), "127.0.0.1"))
        #expect(!addressed.expect(address: "no address"))
    }

    @Test func whatIsNoCertificateOrKeyIsRefused() throws {
        let client = try #require(TLSClient(try TLSLibrary()))
        for text in [[], Array("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8), [0, 1, 2]] {
            #expect(!client.use(certificate: text, key: text))
            #expect(!client.trust(name: text, publicKey: text, isAuthority: true))
        }
    }

    /// Whatever a server sends, the result is a failed handshake at most.
    @Test func anyBytesAtAllOnlyFail() throws {
        let library = try TLSLibrary()
        var random = SystemRandomNumberGenerator()
        let seed = random.next()
        var source = Generator(state: seed)
        for round in 0..<1000 {
            let client = try #require(TLSClient(library))
            #expect(client.expect(name: "good.example"))
            #expect(client.handshake() == .wantsMore)
            var bytes = (0..<Int.random(in: 1...2000, using: &source)).map { _ in
                UInt8.random(in: 0...255, using: &source)
            }
            if round % 2 == 0, bytes.count > 8 {
                // A well-formed record: a handshake message, or an alert.
                let length = bytes.count - 5
                bytes.replaceSubrange(
                    0..<5, with: [round % 4 == 0 ? 0x16 : 0x15, 3, 3, UInt8(length >> 8), UInt8(length & 0xFF)])
                bytes[5] = [1, 2, 8, 11, 20].randomElement(using: &source) ?? 2
                bytes.replaceSubrange(6..<8, with: [0, UInt8((length - 4) >> 8)])
                bytes[8] = UInt8((length - 4) & 0xFF)
            }
            var rest = bytes[...]
            var result = TLSResult.wantsMore
            while !rest.isEmpty, result == .wantsMore {
                let piece = rest.prefix(Int.random(in: 1...700, using: &source))
                rest = rest.dropFirst(piece.count)
                piece.withUnsafeBytes { client.feed($0) }
                result = client.handshake()
            }
            // A server may also close.
            #expect(result == .wantsMore || result == .failed || result == .closed, "seed \(seed), round \(round)")
            if result == .failed {
                #expect(client.error.reason > 0, "seed \(seed), round \(round)")
                #expect(client.error.verification == 0)
                #expect(client.handshake() == .failed)
            }
            client.close()
        }
    }

    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state ^ state >> 29) &* 0xBF58_476D_1CE4_E5B9
        }
    }
}
