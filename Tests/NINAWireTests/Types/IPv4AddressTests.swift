import NINAWire
import Testing

@Suite(.timeLimit(.minutes(10))) struct IPv4AddressTests {
    @Test func isANumberAndFourOctets() {
        let address = IPv4Address(127, 1, 2, 3)
        #expect(address.rawValue == 0x7F01_0203)
        #expect(address.octets == (127, 1, 2, 3))
        #expect("\(address)" == "127.1.2.3")
        #expect(IPv4Address.loopback == IPv4Address(127, 0, 0, 1))
        #expect("\(IPv4Address.any) \(IPv4Address.broadcast)" == "0.0.0.0 255.255.255.255")
    }

    @Test func parsesDottedDecimal() {
        #expect(IPv4Address(dottedDecimal: "10.11.12.13".utf8) == IPv4Address(10, 11, 12, 13))
        #expect(IPv4Address(dottedDecimal: "255.255.255.255".utf8) == IPv4Address.broadcast)
        #expect(IPv4Address(dottedDecimal: "0.0.0.0".utf8) == .any)
    }

    @Test(arguments: [
        "", "1", "1.2.3", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4.", "1.2.3.4.5", "256.0.0.1", "1.2.3.999",
        "1.2.3.0004", "1.2.3.4 ", "-1.2.3.4", "a.b.c.d", "localhost",
    ])
    func refusesAnythingElse(_ text: String) {
        #expect(IPv4Address(dottedDecimal: text.utf8) == nil)
    }

    @Test func masksNetworks() {
        #expect(IPv4Address.mask(prefixLength: 0) == .any)
        #expect(IPv4Address.mask(prefixLength: 24) == IPv4Address(255, 255, 255, 0))
        #expect(IPv4Address.mask(prefixLength: 32) == IPv4Address.broadcast)
        #expect(IPv4Address.mask(prefixLength: 40) == IPv4Address.broadcast)
        #expect(IPv4Address.mask(prefixLength: -3) == .any)
        let mask = IPv4Address.mask(prefixLength: 8)
        #expect(IPv4Address(127, 9, 9, 9).isIn(networkOf: .loopback, mask: mask))
        #expect(!IPv4Address(128, 0, 0, 1).isIn(networkOf: .loopback, mask: mask))
    }
}
