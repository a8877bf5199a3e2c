import NINAWire
import Testing

@Suite(.timeLimit(.minutes(10))) struct OpcodeTests {
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

    @Test func familiesDisagree() {
        let expected: [(UInt8, Opcode?, Opcode?)] = [
            (0x37, .getFwVersion, .getFwVersion), (0x40, .setEnt, .setCliCert), (0x41, nil, .setPK),
            (0x4A, .bleBegin, .setEntIdent), (0x4B, .bleEnd, .setEntUname), (0x4C, .bleAvailable, .setEntPasswd),
            (0x4D, .blePeek, nil), (0x4E, .bleRead, nil), (0x4F, .bleWrite, .setEntEnable),
            (0x54, .getAnalogRead, .getAnalogRead), (0x31, nil, nil), (0x6A, nil, nil), (0x80, nil, nil),
        ]
        for (byte, arduino, adafruit) in expected {
            #expect(Opcode(byte: byte, family: .arduino) == arduino)
            #expect(Opcode(byte: byte, family: .adafruit) == adafruit)
        }
    }

    @Test(arguments: Opcode.allCases) func numberLeadsBack(_ opcode: Opcode) {
        #expect(Opcode(byte: opcode.byte, family: opcode.isAdafruitOnly ? .adafruit : .arduino) == opcode)
    }

    @Test func namesAreThoseOfTheProtocol() {
        let expected: [(Opcode, String)] = [
            (.setIpConfig, "SET_IP_CONFIG"), (.setDnsConfig, "SET_DNS_CONFIG"), (.setApNet, "SET_AP_NET"),
            (.sendUDP, "SEND_UDP"), (.setCliCert, "SET_CLI_CERT"), (.setPK, "SET_PK"), (.bleWrite, "BLE_WRITE"),
            (.prefGettype, "PREF_GETTYPE"), (.getFwVersionU32, "GET_FW_VERSION_U32"), (.applyOTA, "APPLY_OTA"),
            (.downloadOTA, "DOWNLOAD_OTA"), (.brSetEcTa, "BR_SET_EC_TA"), (.bsdGetpeername, "BSD_GETPEERNAME"),
        ]
        for (opcode, name) in expected { #expect(opcode.name == name) }
    }
}

private struct OpcodeOfType: CommandVisitor {
    mutating func visit<C: Command>(_ command: C.Type) -> (Opcode, String) { (C.opcode, C.summary.description) }
}
