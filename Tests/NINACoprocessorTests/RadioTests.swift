import NINALink
import NINAWire
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct RadioTests {
    private let start = MonotonicInstant(nanoseconds: 5)
    private let end = MonotonicInstant(nanoseconds: 30_000_005)

    private func radio(_ networks: [RadioNetwork] = RadioNetwork.defaults) -> Radio {
        Radio(air: Air(networks, delay: .milliseconds(30)), ownAddress: IPv4Address(127, 1, 0, 1))
    }

    private func bytes(_ text: String) -> ArraySlice<UInt8> { ArraySlice(text.utf8) }

    private func joined(_ ssid: String, _ secret: String?, _ networks: [RadioNetwork]? = nil) -> Radio {
        var radio = radio(networks ?? RadioNetwork.defaults)
        radio.join(ssid: bytes(ssid), secret.map { .text(bytes($0)) } ?? .none, at: start)
        #expect(radio.status == .noSSIDAvailable)
        #expect(radio.nextDeadline == end)
        radio.advance(to: MonotonicInstant(nanoseconds: end.nanoseconds - 1))
        #expect(radio.status == .noSSIDAvailable && !radio.isAssociated)
        radio.advance(to: end)
        #expect(radio.nextDeadline == nil)
        return radio
    }

    @Test func joinsWithTheRightSecret() {
        let radio = joined("lab-net", "correct-horse")
        #expect(radio.status == .connected)
        #expect(radio.reason == 0)
        #expect(radio.network?.channel == 6)
        #expect(joined("open-net", nil).status == .connected)
        #expect(joined("open-net", "").status == .connected)
    }

    @Test(arguments: [
        ("lab-net", "wrong" as String?, Radio.Reason.handshakeTimeout),
        ("lab-net", nil, Radio.Reason.handshakeTimeout),
        ("lab-net", "", Radio.Reason.handshakeTimeout),
        ("lab-net", "correct-horse ", Radio.Reason.handshakeTimeout),
        ("open-net", "secret", Radio.Reason.handshakeTimeout),
        ("lab-ne", "correct-horse", Radio.Reason.noAccessPointFound),
        ("", nil, Radio.Reason.noAccessPointFound),
    ])
    func refuses(_ ssid: String, _ secret: String?, _ reason: UInt8) {
        let radio = joined(ssid, secret)
        #expect(radio.status == .connectFailed)
        #expect(radio.reason == reason)
        #expect(!radio.isAssociated && radio.network == nil)
        #expect(radio.lease == Radio.Lease())
    }

    @Test func takesAnySecretWhereAnyWillDo() {
        let network = RadioNetwork(ssid: "x", secret: .any, security: .wpa2, bssid: .zero)
        #expect(joined("x", "whatever", [network]).isAssociated)
        #expect(!joined("x", nil, [network]).isAssociated)
    }

    @Test func choosesTheAccessPointThatAdmits() {
        let first = RadioNetwork(ssid: "x", secret: .text([1]), security: .wpa2, channel: 1, bssid: .zero)
        let second = RadioNetwork(ssid: "x", secret: .text([0x32]), security: .wpa2, channel: 9, bssid: .zero)
        #expect(joined("x", "2", [first, second]).network?.channel == 9)
    }

    @Test func leases() {
        let own = joined("lab-net", "correct-horse").lease
        #expect(own.address == IPv4Address(127, 1, 0, 1))
        #expect(own.mask == IPv4Address(255, 0, 0, 0))
        #expect(own.gateway == .loopback)
        var network = RadioNetwork(ssid: "x", bssid: .zero)
        network.address = IPv4Address(192, 168, 7, 77)
        network.prefixLength = 24
        let told = joined("x", nil, [network]).lease
        #expect(told.address == IPv4Address(192, 168, 7, 77))
        #expect(told.mask == IPv4Address(255, 255, 255, 0))
        #expect(told.gateway == IPv4Address(192, 168, 7, 1))
        network.gateway = IPv4Address(192, 168, 7, 254)
        #expect(joined("x", nil, [network]).lease.gateway == IPv4Address(192, 168, 7, 254))
    }

    @Test func leaves() {
        var radio = joined("open-net", nil)
        radio.leave()
        #expect(radio.status == .disconnected)
        #expect(radio.reason == Radio.Reason.associationLeave)
        #expect(radio.lease == Radio.Lease())
        radio.leave()
        #expect(radio.status == .disconnected)
    }

    @Test func leavingEndsAJoin() {
        var radio = radio()
        radio.leave()
        #expect(radio.status == .idle)
        radio.join(ssid: bytes("open-net"), .none, at: start)
        radio.leave()
        #expect(radio.nextDeadline == nil)
        radio.advance(to: end)
        #expect(!radio.isAssociated)
    }

    @Test func anAccessPointEndsTheConnection() {
        var radio = joined("open-net", nil)
        radio.openAccessPoint(ssid: bytes("own"), security: .wpa2)
        #expect(!radio.isAssociated && radio.network == nil)
        #expect(radio.status == .apListening)
        radio.leave()
        #expect(radio.status == .idle)
        var failed = joined("open-net", nil)
        failed.failAccessPoint()
        #expect(!failed.isAssociated && failed.status == .apFailed)
        failed = joined("open-net", nil)
        failed.drop()
        #expect(!failed.isAssociated && failed.reason == 0)
    }

    @Test func joiningAgainStartsOver() {
        var radio = joined("open-net", nil)
        radio.join(ssid: bytes("lab-net"), .text(bytes("wrong")), at: end)
        #expect(!radio.isAssociated)
        radio.join(ssid: bytes("open-net"), .none, at: end.advanced(byNanoseconds: 10))
        radio.advance(to: end.advanced(by: .milliseconds(30)))
        #expect(radio.status == .noSSIDAvailable)
        radio.advance(to: end.advanced(by: .milliseconds(31)))
        #expect(radio.status == .connected)
    }

    @Test func scans() {
        var radio = radio()
        #expect(radio.scanResults.map(\.channel) == [6, 11])
        radio.scanned()
        #expect(radio.status == .scanCompleted)
        var associated = joined("open-net", nil)
        associated.scanned()
        #expect(associated.status == .connected)
        radio.join(ssid: bytes("open-net"), .none, at: start)
        radio.scanned()
        #expect(radio.status == .noSSIDAvailable)
        let many = (0..<12).map { RadioNetwork(ssid: "n\($0)", channel: UInt8($0), bssid: .zero) }
        #expect(self.radio(many).scanResults.map(\.channel) == Array(0..<10))
    }
}
