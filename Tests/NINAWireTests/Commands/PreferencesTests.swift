import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct PreferencesTests {
    private func read(_ hex: String) -> Inspection {
        let window = Array(hex: hex)
        return Inspection.positional(command: Opcode(byte: window[1], family: .arduino) ?? .getSocket, in: window[...])
    }

    @Test func countSelectsTheFormOfBegin() {
        for count in ["00", "01"] { #expect(read("E0 55 \(count) | 01 'n' | 01 01 | 01 'l' | EE").text == "name=n") }
        #expect(read("E0 55 02 | 01 'n' | 01 01 | 01 'l' | EE").text == "name=n read_only=1")
        for count in ["03", "04", "FF"] {
            #expect(read("E0 55 \(count) | 01 'n' | 01 01 | 01 'l' | EE").text == "name=n read_only=1 label=l")
        }
    }

    /// Devices answer these with 255, so they must not read a missing parameter.
    @Test func wrongCountsAreReportedAndNothingIsRead() throws {
        for hex in ["E0 58 00 EE", "E0 58 02 | 01 'k' | 01 'k' | EE"] {
            let window = Array(hex: hex)
            let header = try CommandHeader(window: window[...])
            let command = try PositionalReader.command(
                PrefRemove.self, header: header, in: window[...], missingBytes: .areRefused)
            #expect(command.isMiscounted)
            #expect(command.key == [])
        }
        for hex in ["E0 59 00", "E0 59 02", "E0 5B 02", "E0 5B 04", "E0 5C 01", "E0 5C 03 EE"] {
            #expect(read(hex).text == "")
        }
        // The command that ignores its count is refused when its key is missing.
        #expect(read("E0 5D 00").error?.kind == .truncated)
    }

    @Test func strictReadersWantTheCount() {
        let window = Array(hex: "E0 58 02 | 01 'k' | 01 'k' | EE")
        #expect(
            Inspection.strict(command: .prefRemove, in: window[...]).error
                == FrameError(.parameterCount, at: 2, expected: 0, found: 2))
    }

    @Test func countsAreNumbersOrErrors() throws {
        #expect(try encoded(PreferenceCount(count: 258), to: PrefPut.self).hex == "E0DB010402010000EE")
        #expect(try encoded(PreferenceCount(error: 254), to: PrefPut.self).hex == "E0DB0101FEEE")
        let error = Array(hex: "E0 D9 01 | 01 FF | EE")
        #expect(try FrameReader.reply(to: PrefLen.self, in: error[...]) == PreferenceCount(error: 255))
        let number = Array(hex: "E0 D9 01 | 04 01000000 | EE")
        #expect(try FrameReader.reply(to: PrefLen.self, in: number[...]) == PreferenceCount(count: 1))
    }

    private func value(_ frame: [UInt8]) throws(FrameError) -> PrefGet.Reply {
        try FrameReader.reply(to: PrefGet.self, in: frame[...])
    }

    @Test func refusalHasALengthOfOneByte() throws {
        for padding in ["", "00", "000000"] {
            #expect(try value(Array(hex: "E0 DC 01 | 00 | EE" + padding)).isRefused)
            #expect(try !value(Array(hex: "E0 DC 01 | 0000 | EE" + padding)).isRefused)
        }
        // The host may have read more: what follows is no value while the end byte is missing.
        #expect(try value(Array(hex: "E0 DC 01 | 00 | EE") + [UInt8](repeating: 0, count: 300)).isRefused)
        var refusal = PrefGet.Reply()
        refusal.isRefused = true
        #expect(try encoded(refusal, to: PrefGet.self).hex == "E0DC0100EE")
    }

    /// 238 is 00EE: the length begins like a refusal.
    @Test(arguments: [237, 238, 239, 4086]) func valuesOfThatLengthAreValues(_ length: Int) throws {
        let reply = PrefGet.Reply(value: [UInt8](repeating: 0x55, count: length)[...])
        let frame = try encoded(reply, to: PrefGet.self)
        #expect(try value(frame) == reply)
        #expect(try value(frame + [0, 0]) == reply)
    }
}
