import NINALink
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct LinkMessageTests {
    @Test func messagesAreThoseOfTheContract() {
        var bytes = ByteQueue()
        LinkMessage.append(.hostHello, payload: LinkMessage.greeting, to: &bytes)
        LinkMessage.append(.window, payload: [0xE0, 0x20, 0x00, 0xEE], to: &bytes)
        LinkMessage.append(.pins, payload: [PinLevels([.reset, .gpio0]).rawValue], to: &bytes)
        LinkMessage.append(.interrupt, flags: 1, to: &bytes)
        let expected = Array(hex: "01 00 0005 4E494E41 01 | 02 00 0004 E02000EE | 03 00 0001 03 | 83 01 0000")
        #expect(bytes.bytes == expected)
    }

    @Test func lengthIsBigEndian() {
        var bytes = ByteQueue()
        LinkMessage.append(.window, payload: Array(repeating: 0, count: 0x0102), to: &bytes)
        #expect(bytes.bytes.prefix(4).hex == "02000102")
        #expect(bytes.count == 4 + 0x0102)
    }

    @Test func queuedFlags() {
        #expect(QueuedFlags(interrupt: true, isReply: false, boots: 1).rawValue == 0b101)
        #expect(QueuedFlags(interrupt: false, isReply: true, boots: 63).rawValue == 0b1111_1110)
        #expect(QueuedFlags(interrupt: false, isReply: false, boots: 64).rawValue == 0)
        #expect(QueuedFlags(interrupt: false, isReply: false, boots: 130).boots == 2)
        let flags = QueuedFlags(rawValue: 0b1011)
        #expect(flags.interrupt && flags.isReply && flags.boots == 2)
    }

    @Test func pinLevels() {
        #expect(PinLevels(rawValue: 0b111) == [.reset, .gpio0, .chipSelectLow])
        #expect(PinLevels.chipSelectLow.rawValue == 4)
    }
}
