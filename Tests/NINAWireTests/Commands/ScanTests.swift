import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ScanTests {
    @Test func names() throws {
        let frame = Array(hex: "E0 A7 03 | 07 'lab-net' | 00 | 04 'cafe' | EE")
        let reply = try FrameReader.reply(to: ScanNetworks.self, in: frame[...])
        #expect(reply.networks == ["lab-net".bytes, [], "cafe".bytes])
        #expect(try encoded(reply, to: ScanNetworks.self) == frame)
        #expect(try FrameReader.reply(to: ScanNetworks.self, in: [0xE0, 0xA7, 0, 0xEE]).networks.isEmpty)
        #expect(ScanNetworks.limit == 10)
    }

    @Test func records() throws {
        #expect(try encoded(GetIdxRSSI(index: 3)).hex == "E032010103EE")
        let rssi = Array(hex: "E0 B2 01 | 04 BAFFFFFF | EE")
        #expect(try FrameReader.reply(to: GetIdxRSSI.self, in: rssi[...]).rssi == -70)
        let channel = Array(hex: "E0 BD 01 | 01 0B | EE")
        #expect(try FrameReader.reply(to: GetIdxChannel.self, in: channel[...]).channel == 11)
    }
}
