import NINAWire
import Testing

@Suite(.timeLimit(.minutes(10))) struct FrameErrorTests {
    @Test(arguments: [
        (FrameError.Kind.empty, "the frame is empty"),
        (.startByte, "byte 7: the frame starts with 0x05, not with 0xE0"),
        (.errorFrame, "the device refused the command (error frame EF 00 EE)"),
        (.unknownOpcode, "byte 7: no command has the number 0x05"),
        (.opcode, "byte 7: opcode 0x05 where 0xE0 was due"),
        (.parameterCount, "byte 7: 5 parameters where 224 were due"),
        (.parameterLength, "byte 7: a parameter of 5 bytes where 224 were due"),
        (.truncated, "byte 7: the frame ends where 224 more bytes were due (5 are there)"),
        (.endByte, "byte 7: 0x05 where the end byte 0xE0 was due"),
        (.valueTooLong, "byte 7: a value of 5 bytes does not fit its length field (most 224)"),
        (.frameTooLong, "byte 7: the frame would take 5 bytes, the limit is 224"),
    ])
    func saysWhatAndWhere(_ kind: FrameError.Kind, _ text: String) {
        #expect("\(FrameError(kind, at: 7, expected: 0xE0, found: 5))" == text)
    }
}
