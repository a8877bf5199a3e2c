import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct BluetoothTests {
    @Test func orderOfTheCountBelongsToTheFirmware() throws {
        let little = BLEAvailable.Reply(count: 258)
        #expect(try encoded(little, to: BLEAvailable.self).hex == "E0CC01020201EE")
        let big = BLEAvailable.Reply(count: 258, order: .big)
        #expect(try encoded(big, to: BLEAvailable.self).hex == "E0CC01020102EE")
        let read = try FrameReader.reply(to: BLEAvailable.self, in: Array(hex: "E0 CC 01 | 02 0102 | EE")[...])
        #expect(read.count(order: .big) == 258)
        #expect(read.count() == 513)
    }

    @Test func movesPackets() throws {
        #expect(try encoded(BLEWrite(packet: [1, 3, 12, 0])) == Array(hex: "E0 4F 01 | 0004 01030C00 | EE"))
        #expect(try encoded(BLERead(size: 300)).hex == "E04E01022C01EE")
        #expect(try encoded(BLERead.Reply(data: [4]), to: BLERead.self) == Array(hex: "E0 CE 01 | 0001 04 | EE"))
        #expect(try encoded(BLEWrite.Reply(count: 4), to: BLEWrite.self).hex == "E0CF01020400EE")
    }
}
