import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct StationConfigTests {
    @Test func ordersOfAddressesDiffer() throws {
        let command = SetIpConfig(
            valid: 3, address: IPv4Address(10, 0, 0, 2), gateway: IPv4Address(10, 0, 0, 1),
            mask: .mask(prefixLength: 24))
        #expect(
            try encoded(command) == Array(hex: "E0 14 04 | 01 03 | 04 0A000002 | 04 0A000001 | 04 FFFFFF00 | EE"))
    }

    @Test func setsServers() throws {
        let dns = SetDnsConfig(valid: 1, first: IPv4Address(10, 1, 2, 3), second: .any)
        #expect(try encoded(dns) == Array(hex: "E0 15 03 | 01 01 | 04 0A010203 | 04 00000000 | EE"))
    }

    @Test func answers() throws {
        let dns = GetDnsConfig.Reply(first: IPv4Address(10, 1, 2, 3), second: .any)
        #expect(
            try encoded(dns, to: GetDnsConfig.self) == Array(hex: "E0 9E 02 | 04 0A010203 | 04 00000000 | EE"))
    }
}
