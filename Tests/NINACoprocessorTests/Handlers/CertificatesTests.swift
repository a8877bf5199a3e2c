import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct CertificatesTests {
    private func set(_ bench: DeviceHarness, _ opcode: UInt8, _ text: [UInt8]) throws {
        // As ESP32SPI encodes it: the low byte of the length, then the text.
        let reply = try bench.exchange([0xE0, opcode, 1, UInt8(text.count & 0xFF)] + text + [0xEE])
        #expect(Array(reply.prefix(6)) == [0xE0, opcode | 0x80, 1, 1, 1, 0xEE])
    }

    @Test(arguments: ["adafruit-1.7.7", "adafruit-3.3.0"])
    func aCertificateAndItsKeyAreShown(_ profile: String) throws {
        let firmware = try #require(Firmware.all.first { "\($0.name)" == profile })
        let secure = try SecureHarness { $0.firmware = firmware }
        let bench = secure.bench
        let certificate = [UInt8](repeating: UInt8(ascii: "c"), count: 1000)
        let key = [UInt8](repeating: UInt8(ascii: "k"), count: 300)
        func shown(_ slot: Int) throws -> TLSCredential? {
            let peer = try secure.greet(slot)
            peer.send([ScriptedSession.welcome])
            #expect(bench.finish()?.prefix(5) == [0xE0, 0xAD, 0x01, 0x01, 0x01])
            return try #require(secure.engine.parameters.last).credential
        }
        #expect(try shown(0) == nil)
        try set(bench, 0x40, certificate)
        #expect(try shown(1) == nil)
        try set(bench, 0x41, key)
        #expect(try shown(2) == TLSCredential(certificate: certificate, key: key))
        // A key must not be logged.
        #expect(!secure.lines.contains { $0.contains("kkk") })
        #expect(bench.device.boot(bluetooth: false, at: bench.now))
        #expect(bench.device.device.sockets.certificates.credential == nil)
    }

    @Test func theOldestFirmwareKnowsNone() throws {
        let bench = try DeviceHarness { $0.firmware = .adafruit122 }
        for opcode in [0x40, 0x41] as [UInt8] {
            #expect(try bench.exchange([0xE0, opcode, 1, 1, 0x63, 0xEE]) == [0xEF, 0x00, 0xEE])
        }
    }

    @Test func socketsOfType4AreArduinos() throws {
        let secure = try SecureHarness { $0.firmware = .adafruit330 }
        let reply = try secure.bench.exchange(DeviceHarness.connectWindow(0, to: 443, type: 4))
        #expect(reply == [0xE0, 0xAD, 0x00, 0xEE])
        #expect(secure.engine.parameters.isEmpty)
    }

    private static let point = [4] + [UInt8](repeating: 9, count: 64)

    private func trust(_ bench: DeviceHarness, name: [UInt8], flags: UInt8, curve: UInt8, key: [UInt8]) throws -> Int {
        let window =
            [0xE0, 0x68, 4, 0, UInt8(name.count)] + name + [2, 0, flags, 2, 0, curve, 0, UInt8(key.count)] + key + [
                0xEE
            ]
        return try DeviceHarness.number(DeviceHarness.parameters(of: bench.exchange(window), 0x68))
    }

    @Test func aKeyIsTrustedBySocketsOfType4() throws {
        let secure = try SecureHarness()
        let bench = secure.bench
        #expect(try trust(bench, name: [0x30, 0], flags: 1, curve: 23, key: Self.point) == 0)
        _ = try secure.connect(0, type: 2)
        #expect(secure.engine.parameters.last?.anchor == nil)
        _ = try secure.connect(1, type: 4)
        let anchor = TLSAnchor(name: [0x30, 0], isAuthority: true, curve: 23, key: Self.point)
        #expect(secure.engine.parameters.last?.anchor == anchor)
        // An invalid key keeps the previous one.
        #expect(try trust(bench, name: [0x30, 0], flags: 0, curve: 22, key: Self.point) == 1)
        #expect(try trust(bench, name: [0x30, 0], flags: 0, curve: 24, key: Self.point) == 1)
        #expect(try trust(bench, name: [], flags: 0, curve: 23, key: Self.point) == 1)
        #expect(try trust(bench, name: [0x30, 0], flags: 0, curve: 23, key: [5] + Self.point.dropFirst()) == 1)
        #expect(bench.device.device.sockets.certificates.anchor == anchor)
    }

    @Test func theLastErrorIsThatOfType4() throws {
        let secure = try SecureHarness()
        let bench = secure.bench
        func error() throws -> Int { try bench.byte(0x69) }
        func fail(_ slot: Int, type: UInt8) throws {
            let peer = try secure.greet(slot, type: type)
            peer.send([ScriptedSession.expired])
            #expect(bench.finish() == [0xE0, 0xAD, 0x00, 0xEE])
        }
        #expect(try error() == 0)
        try fail(0, type: 2)
        #expect(try error() == 0)
        try fail(0, type: 4)
        #expect(try error() == 54)
        _ = try secure.connect(0, type: 2)
        #expect(try error() == 54)
        _ = try secure.connect(1, type: 4)
        #expect(try error() == 0)
        _ = try secure.greet(2, milliseconds: 100, type: 4)
        bench.pass(.milliseconds(100))
        #expect(bench.finish() == [0xE0, 0xAD, 0x00, 0xEE])
        #expect(try error() == 31)
    }

    @Test func everyFailureHasANumberOfBearSSL() {
        for reason in TLSFailure.Reason.allCases {
            #expect(TLSFailure(reason).bearSSLError > 0)
            #expect("\(TLSFailure(reason))" == reason.rawValue)
        }
        #expect("\(TLSFailure(.wrongHost, "text"))" == "the certificate is for another host (text)")
    }

    /// The numbers that hosts look up in BearSSL's documentation: `BR_ERR_UNSUPPORTED_VERSION`, `BR_ERR_BAD_HANDSHAKE`,
    /// `BR_ERR_NO_CLIENT_AUTH`, `BR_ERR_IO`, `BR_ERR_X509_BAD_SIGNATURE`, `_EXPIRED`, `_BAD_SERVER_NAME`, `_NOT_TRUSTED`.
    @Test(
        arguments: [
            (.protocolVersion, 3), (.handshake, 14), (.clientCertificateRefused, 14), (.badCredential, 14),
            (.clientCertificateRequired, 29), (.closed, 31), (.unavailable, 31), (.broken, 31), (.badCertificate, 52),
            (.expired, 54), (.notYetValid, 54), (.wrongHost, 56), (.unknownAuthority, 62), (.selfSigned, 62),
        ] as [(TLSFailure.Reason, Int32)]) func theNumbersAreBearSSLs(_ reason: TLSFailure.Reason, _ number: Int32)
    {
        #expect(TLSFailure(reason).bearSSLError == number)
    }
}
