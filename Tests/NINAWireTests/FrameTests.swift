import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct FrameTests {
    private func header(_ hex: String) throws(FrameError) -> CommandHeader {
        try CommandHeader(window: Array(hex: hex)[...])
    }

    @Test func limitsFollowFromTheBuffer() {
        #expect(Frame.limit == 4092)
        #expect(Frame.longestSend == 4083)
        #expect(Frame.longestReceive == 4086)
        #expect([0, 1, 3, 4, 5, 4092].map(Frame.padded) == [0, 4, 4, 4, 8, 4092])
    }

    @Test func headerHasOpcodeAndCount() throws {
        let found = try header("E0 2D 05 EE")
        #expect(found.opcode == .startClient)
        #expect(found.count == 5)
        #expect(try CommandHeader(window: [0, 0xE0, 0x37, 1][1...]) == (try header("E0 37 01")))
    }

    @Test func missingCountReadsAsZero() throws {
        let found = try header("E0 37")
        #expect(found.opcode == .getFwVersion)
        #expect(found.count == 0)
    }

    @Test func wrongHeadersAreRefused() {
        #expect(throws: FrameError(.empty, at: 0, expected: 0xE0, found: 0)) { try header("") }
        #expect(throws: FrameError(.startByte, at: 0, expected: 0xE0, found: 0xE1)) { try header("E1 20 00 EE") }
        #expect(throws: FrameError(.unknownOpcode, at: 1, expected: 0, found: 0)) { try header("E0") }
        #expect(throws: FrameError(.unknownOpcode, at: 1, expected: 0, found: 0xA0)) { try header("E0 A0 00 EE") }
        #expect(throws: FrameError(.unknownOpcode, at: 1, expected: 0, found: 0x31)) { try header("E0 31 00 EE") }
    }
}
