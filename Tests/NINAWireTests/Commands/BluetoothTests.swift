import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct BluetoothTests {
    @Test func orderOfTheCountBelongsToTheFirmware() throws {
        let little = BLEAvailable.Reply(count: 258)
        #expect(try encoded(little, to: BLEAvailable.self).hex == "E0CC01020201EE")
        let big = BLEAvailable.Reply(count: 258, order: .big)
        #expect(try encoded(big, to: BLEAvailable.self).hex == "E0CC01020102EE")
        let read = try FrameReader.reply(to: BLEAvailable.self, in: Array(hex: "E0 CC 01 | 02 0102 | EE")[...])
        #expect(read.count(order: .big) == 258)
        #expect(read.count() == 513)
    }
}
