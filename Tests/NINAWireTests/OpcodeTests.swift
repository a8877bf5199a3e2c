import NINAWire
import Testing

@Suite struct OpcodeTests {
    @Test(arguments: Opcode.allCases) func typeBelongsToOpcode(_ opcode: Opcode) {
        var visitor = OpcodeOfType()
        let (ofType, summary) = opcode.accept(&visitor)
        #expect(ofType == opcode)
        #expect(!summary.isEmpty)
        #expect(opcode.byte & Frame.replyBit == 0)
        #expect(opcode.replyByte == opcode.byte + 0x80)
    }

    @Test func numbersAreThoseOfTheFirmware() {
        let expected: [(Opcode, UInt8)] = [
            (.setNet, 0x10), (.setPassphrase, 0x11), (.setKey, 0x12), (.getConnStatus, 0x20), (.scanNetworks, 0x27),
            (.startServer, 0x28), (.availData, 0x2B), (.startClient, 0x2D), (.disconnect, 0x30),
            (.getFwVersion, 0x37), (.getSocket, 0x3F), (.sendData, 0x44), (.getDatabuf, 0x45),
        ]
        for (opcode, number) in expected { #expect(opcode.byte == number) }
        #expect(Opcode(rawValue: 0x31) == nil)
    }
}

private struct OpcodeOfType: CommandVisitor {
    mutating func visit<C: Command>(_ command: C.Type) -> (Opcode, String) { (C.opcode, C.summary.description) }
}
