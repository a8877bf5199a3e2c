import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct FrameReaderTests {
    private func error<C: Command>(_ command: C.Type, _ hex: String) -> FrameError? {
        Inspection.strict(command: C.opcode, in: Array(hex: hex)[...]).error
    }

    private func replyError(_ opcode: Opcode, _ hex: String) -> FrameError? {
        Inspection.reply(to: opcode, in: Array(hex: hex)[...]).error
    }

    @Test(arguments: GoldenFrames.commands) func everyPrefixOfACommandThrows(_ golden: GoldenFrame) {
        for length in 0..<golden.bytes.count {
            let inspection = Inspection.strict(command: golden.opcode, in: golden.bytes.prefix(length))
            #expect(inspection.error != nil, "the first \(length) bytes")
        }
    }

    @Test(arguments: GoldenFrames.replies) func everyPrefixOfAReplyThrows(_ golden: GoldenFrame) {
        for length in 0..<golden.bytes.count {
            let error = Inspection.reply(to: golden.opcode, in: golden.bytes.prefix(length)).error
            #expect(error?.kind == (length == 0 ? .empty : .truncated), "the first \(length) bytes")
        }
    }

    @Test func saysWhatIsWrongWithTheHeader() {
        #expect(replyError(.getSocket, "") == FrameError(.empty, at: 0, expected: 0xE0, found: 0))
        #expect(replyError(.getSocket, "00") == FrameError(.startByte, at: 0, expected: 0xE0, found: 0))
        #expect(replyError(.getSocket, "EF 00 EE") == FrameError(.errorFrame, at: 0, expected: 0xE0, found: 0xEF))
        #expect(replyError(.getSocket, "E0") == FrameError(.truncated, at: 1, expected: 1, found: 0))
        #expect(replyError(.getSocket, "E0 3F 00 EE") == FrameError(.opcode, at: 1, expected: 0xBF, found: 0x3F))
        #expect(error(GetSocket.self, "E0 BF 00 EE") == FrameError(.opcode, at: 1, expected: 0x3F, found: 0xBF))
        #expect(replyError(.getSocket, "E0 BF") == FrameError(.truncated, at: 2, expected: 1, found: 0))
    }

    /// Every reply, read as a reply to every other command.
    @Test(arguments: GoldenFrames.replies) func aReplyToAnotherCommandThrows(_ golden: GoldenFrame) {
        for opcode in Opcode.allCases where opcode.byte != golden.opcode.byte {
            let error = Inspection.reply(to: opcode, in: golden.bytes[...]).error
            #expect(
                error
                    == FrameError(
                        .opcode, at: 1, expected: Int(opcode.replyByte), found: Int(golden.opcode.replyByte)),
                "read as the reply to \(opcode.name)")
        }
    }

    @Test func saysWhatIsWrongWithTheCount() {
        #expect(
            replyError(.getSocket, "E0 BF 00 EE") == FrameError(.parameterCount, at: 2, expected: 1, found: 0))
        #expect(
            replyError(.getSocket, "E0 BF 02 | 01 00 | 01 00 | EE")
                == FrameError(.parameterCount, at: 2, expected: 1, found: 2))
        #expect(
            error(GetDatabuf.self, "E0 45 01 | 0001 03 | 0002 DC05 | EE")
                == FrameError(.parameterCount, at: 2, expected: 2, found: 1))
        #expect(
            error(StartClient.self, "E0 2D 07 | 00 | 04 7F000001 | 02 0050 | 01 00 | 01 00 | EE")
                == FrameError(.parameterCount, at: 2, expected: 5, found: 7))
        #expect(
            error(GetConnStatus.self, "E0 20 02 | 01 FF | 01 FF | EE")
                == FrameError(.parameterCount, at: 2, expected: 1, found: 2))
    }

    @Test func saysWhatIsWrongWithAParameter() {
        #expect(
            replyError(.getIPAddr, "E0 A1 03 | 04 00000000 | 03 000000 | 04 00000000 | EE")
                == FrameError(.parameterLength, at: 8, expected: 4, found: 3))
        #expect(
            replyError(.sendData, "E0 C4 01 | 01 05 | EE")
                == FrameError(.parameterLength, at: 3, expected: 2, found: 1))
        #expect(
            error(GetDatabuf.self, "E0 45 02 | 0100 03 | 0002 DC05 | EE")
                == FrameError(.parameterLength, at: 3, expected: 1, found: 256))
        #expect(
            replyError(.getCurrSSID, "E0 A3 01 | 08 'lab-net'")
                == FrameError(.truncated, at: 4, expected: 8, found: 7))
        #expect(
            replyError(.getDatabuf, "E0 C5 01 | 0FF7 01 02 EE")
                == FrameError(.truncated, at: 5, expected: 4087, found: 3))
        #expect(
            replyError(.getCurrRSSI, "E0 A5 01 | 04 CCFF") == FrameError(.truncated, at: 4, expected: 4, found: 2))
        #expect(replyError(.getDatabuf, "E0 C5 01 | 00") == FrameError(.truncated, at: 4, expected: 1, found: 0))
    }

    @Test func saysWhatIsWrongWithTheEnd() {
        #expect(
            replyError(.getSocket, "E0 BF 01 | 01 03 | 00") == FrameError(.endByte, at: 5, expected: 0xEE, found: 0))
        #expect(replyError(.getSocket, "E0 BF 01 | 01 03") == FrameError(.truncated, at: 5, expected: 1, found: 0))
        #expect(replyError(.scanNetworks, "E0 A7 00 EF") == FrameError(.endByte, at: 3, expected: 0xEE, found: 0xEF))
    }

    @Test func offsetsCountFromTheFrameNotTheBuffer() {
        let buffer = Array(hex: "FF FF FF E0 BF 01 | 01 03 | 00")
        let error = Inspection.reply(to: .getSocket, in: buffer[3...]).error
        #expect(error == FrameError(.endByte, at: 5, expected: 0xEE, found: 0))
    }

    @Test func sharesTheFramesBytes() throws {
        let buffer = Array(hex: "00 00 E0 C5 01 | 0003 010203 | EE 00")
        let reply = try FrameReader.reply(to: GetDatabuf.self, in: buffer[2...])
        #expect(reply.data == buffer[7..<10])
        #expect(reply.data.startIndex == 7)
    }

    @Test func looksNotBehindTheEnd() throws {
        for padding in ["", "00", "FF FF FF", "EE E0 BF"] {
            let frame = Array(hex: "E0 BF 01 | 01 03 | EE" + padding)
            #expect(try FrameReader.reply(to: GetSocket.self, in: frame[...]).socket.rawValue == 3)
        }
    }

    /// Firmware 3.x answers a failed scan with the count 255 or 254 and nothing after it.
    @Test func failedScanOfNewFirmwareThrows() {
        #expect(
            replyError(.scanNetworks, "E0 A7 FF EE 00 00 00 00")
                == FrameError(.truncated, at: 4, expected: 0xEE, found: 4))
        #expect(replyError(.scanNetworks, "E0 A7 FE EE")?.kind == .truncated)
    }
}
