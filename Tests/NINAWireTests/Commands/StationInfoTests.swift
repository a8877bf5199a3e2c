import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct StationInfoTests {
    private func reply<C: Command>(_ command: C.Type, _ hex: String) throws -> C.Reply {
        try FrameReader.reply(to: C.self, in: Array(hex: hex)[...])
    }

    @Test func statusAndAddresses() throws {
        #expect(try reply(GetConnStatus.self, "E0 A0 01 | 01 03 | EE").status == .connected)
        // Address, mask, gateway: the order of SET_IP_CONFIG is different.
        let addresses = try reply(GetIPAddr.self, "E0 A1 03 | 04 C0A8012A | 04 FFFFFF00 | 04 C0A80101 | EE")
        #expect(addresses.address == IPv4Address(192, 168, 1, 42))
        #expect(addresses.mask == IPv4Address(255, 255, 255, 0))
        #expect(addresses.gateway == IPv4Address(192, 168, 1, 1))
    }

    @Test func hardwareAddressesAreInWireOrder() throws {
        let address = try reply(GetMACAddr.self, "E0 A2 01 | 06 030201C40A24 | EE").address
        #expect(address.reversed == MACAddress(rawValue: 0x240A_C401_0203))
        let bssid = try reply(GetCurrBSSID.self, "E0 A4 01 | 06 01BBAA000002 | EE").bssid
        #expect("\(bssid)" == "01:BB:AA:00:00:02")
    }
}
