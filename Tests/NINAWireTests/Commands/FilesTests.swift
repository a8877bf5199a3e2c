import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct FilesTests {
    private func read(_ hex: String, _ missingBytes: MissingBytes = .areRefused) -> Inspection {
        Inspection.positional(command: .writeFile, in: Array(hex: hex)[...], missingBytes: missingBytes)
    }

    @Test func dataRunsOnBehindItsLengthByte() throws {
        let data = [UInt8](repeating: 0xEE, count: 4000)
        let frame = try encoded(WriteFile(offset: 1, path: "/fs/f".bytes, data: data[...]))
        #expect(frame.prefix(20) == Array(hex: "E0 60 04 | 04 01000000 | 04 A00F0000 | 05 '/fs/f' | 00")[...])
        #expect(frame.count == 20 + 4000 + 1)
        #expect(try FrameReader.command(WriteFile.self, in: frame[...]).data == data[...])
        #expect(Inspection.positional(command: .writeFile, in: frame[...]).encoded == frame)
    }

    @Test func countIsTheSizeOfTheData() {
        let head = "E0 60 04 | 04 00000000 | 04 02000000 | 01 'f'"
        #expect(read(head + "| 00 'hello' | EE").text == "offset=0 count=2 path=f data=he")
        // Devices skip the length byte; readers of recordings require 0.
        #expect(read(head + "| 02 'he' | EE").text == "offset=0 count=2 path=f data=he")
        #expect(
            Inspection.strict(command: .writeFile, in: Array(hex: head + "| 02 'he' | EE")[...]).error
                == FrameError(.parameterLength, at: 15, expected: 0, found: 2))
    }

    @Test func countsBeyondTheWindowAreRefusedOrCutShort() {
        let frame = "E0 60 04 | 04 00000000 | 04 FFFFFFFF | 01 'f' | 00 'hello'"
        #expect(read(frame).error?.kind == .truncated)
        #expect(read(frame, .readAsZero).text == "offset=0 count=5 path=f data=hello")
        #expect(
            read("E0 60 04 | 04 00000000 | 04 FFFFFFFF | 01 'f'", .readAsZero).text == "offset=0 count=0 path=f data=")
        let strict = Inspection.strict(command: .writeFile, in: Array(hex: frame)[...])
        #expect(strict.error?.kind == .truncated)
    }

    @Test func sizeMayHaveAStrayByte() throws {
        #expect(try encoded(ExistsFile.Reply(size: -1), to: ExistsFile.self).hex == "E0E30104FFFFFFFFEE")
        let stray = ExistsFile.Reply(size: 258, hasStrayByte: true)
        #expect(try encoded(stray, to: ExistsFile.self).hex == "E0E301040201000000EE")
        for reply in [stray, ExistsFile.Reply(size: 0), ExistsFile.Reply(size: 0, hasStrayByte: true)] {
            let frame = try encoded(reply, to: ExistsFile.self) + [0, 0]
            #expect(try FrameReader.reply(to: ExistsFile.self, in: frame[...]) == reply)
        }
    }

    @Test func namesFiles() throws {
        #expect(
            try encoded(DeleteFile(path: "f".bytes))
                == Array(hex: "E0 62 03 | 04 00000000 | 04 00000000 | 01 'f' | EE"))
        #expect(
            try encoded(ReadFile(offset: 1, count: 2, path: "f".bytes))
                == Array(hex: "E0 61 03 | 04 01000000 | 04 02000000 | 01 'f' | EE"))
        #expect(try encoded(DeleteFile.Reply(), to: DeleteFile.self).hex == "E0E20100EE")
        #expect(
            try encoded(RenameFile(old: "a".bytes, new: "b".bytes)) == Array(hex: "E0 66 02 | 01 'a' | 01 'b' | EE"))
    }

    /// nina-fw's replies to WRITE_FILE, from its sources.
    @Test func countedRepliesAreNoFrames() {
        let replies = ["", "EEE00000", "E0EE0000", "E0E0EE00", "E0E000EE", "E0E00000EE000000"]
        for (count, reply) in replies.enumerated() {
            #expect(WriteFile.countedReply(count).hex == reply)
            #expect(WriteFile.countedReply(count, isPadded: false).hex == String(reply.prefix(2 * count)))
        }
    }

    @Test func lengthOfALongReadWraps() throws {
        let frame = try encoded(ReadFile.Reply(data: ArraySlice(repeating: 7, count: 300)), to: ReadFile.self)
        #expect(frame == [0xE0, 0xE1, 0x01, 0x2C] + Array(repeating: 7, count: 300) + [0xEE])
    }
}
