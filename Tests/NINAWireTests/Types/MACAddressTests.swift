import NINAWire
import Testing

@Suite(.timeLimit(.minutes(10))) struct MACAddressTests {
    private let address = MACAddress(rawValue: 0x240A_C401_0203)

    @Test func hasSixOctets() {
        #expect((0..<6).map { address[$0] } == [0x24, 0x0A, 0xC4, 0x01, 0x02, 0x03])
        #expect("\(address)" == "24:0A:C4:01:02:03")
        #expect(MACAddress(rawValue: .max).rawValue == 0xFFFF_FFFF_FFFF)
        #expect("\(MACAddress.zero)" == "00:00:00:00:00:00")
    }

    @Test func turnsAround() {
        #expect("\(address.reversed)" == "03:02:01:C4:0A:24")
        #expect(address.reversed.reversed == address)
    }

    @Test func parsesColonHex() {
        #expect(MACAddress(colonHex: "24:0A:C4:01:02:03".utf8) == address)
        #expect(MACAddress(colonHex: "24:0a:c4:01:02:03".utf8) == address)
    }

    @Test(arguments: [
        "", "24:0A:C4:01:02", "24:0A:C4:01:02:03:04", "24:0A:C4:01:02:3", "240AC4010203", "24-0A-C4-01-02-03",
        "24:0A:C4:01:02:0G", "24:0A:C4:01:02:030", "24::C4:01:02:03", ":24:0A:C4:01:02:03",
    ])
    func refusesAnythingElse(_ text: String) {
        #expect(MACAddress(colonHex: text.utf8) == nil)
    }
}
