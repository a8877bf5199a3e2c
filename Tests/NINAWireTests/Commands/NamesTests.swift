import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct NamesTests {
    @Test func looksUp() throws {
        #expect(
            try encoded(ReqHostByName(name: "example.com".bytes)) == Array(hex: "E0 34 01 | 0B 'example.com' | EE"))
        #expect(try encoded(GetHostByName()).hex == "E03500EE")
        let reply = Array(hex: "E0 B5 01 | 04 FFFFFFFF | EE")
        #expect(try FrameReader.reply(to: GetHostByName.self, in: reply[...]).address == IPv4Address.broadcast)
    }
}
