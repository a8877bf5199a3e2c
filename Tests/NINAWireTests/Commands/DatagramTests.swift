import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct DatagramTests {
    @Test func collectsAndSends() throws {
        let slot = SocketNumber(rawValue: 2)
        #expect(
            try encoded(InsertDatabuf(socket: slot, data: "ok".bytes))
                == Array(hex: "E0 46 02 | 0001 02 | 0002 'ok' | EE"))
        #expect(try encoded(SendUDP(socket: slot)).hex == "E039010102EE")
    }

    @Test func lostPingIsNegative() throws {
        #expect(try encoded(Ping.Reply(milliseconds: -1), to: Ping.self).hex == "E0BE0102FFFFEE")
        let command = Ping(address: IPv4Address(8, 8, 8, 8), ttl: 64)
        #expect(try encoded(command) == Array(hex: "E0 3E 02 | 04 08080808 | 01 40 | EE"))
    }
}
