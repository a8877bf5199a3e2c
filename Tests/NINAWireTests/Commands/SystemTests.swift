import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct SystemTests {
    @Test func versionHasItsNUL() throws {
        var reply = GetFwVersion.Reply()
        reply.version = "3.5.0".bytes + [0]
        #expect(try encoded(reply, to: GetFwVersion.self) == Array(hex: "E0 B7 01 | 06 '3.5.0' 00 | EE"))
        let long = Array(hex: "E0 B7 01 | 14 '2.0.0-rc.0+adafruit' 00 | EE")
        #expect(try FrameReader.reply(to: GetFwVersion.self, in: long[...]).version.count == 20)
    }

    @Test func dummyIsOptional() throws {
        var command = GetFwVersion()
        #expect(try encoded(command).hex == "E03700EE")
        command.dummy = 0
        #expect(try encoded(command).hex == "E037010100EE")
    }

    @Test func temperatureIsAFloat() throws {
        let reply = GetTemperature.Reply(celsius: 21.5)
        #expect(try encoded(reply, to: GetTemperature.self) == Array(hex: "E0 9B 01 | 04 0000AC41 | EE"))
        let recorded = Array(hex: "E0 9B 01 | 04 55555542 | EE")
        #expect(try FrameReader.reply(to: GetTemperature.self, in: recorded[...]).celsius == 53.333332)
    }

    @Test func timeHasTwoWidths() throws {
        let reply = GetTime.Reply(seconds: 0x1_0000_0002)
        #expect(try encoded(reply, to: GetTime.self).hex == "E0BB010402000000EE")
        let wide = GetTime.Reply(seconds: 0x1_0000_0002, isWide: true)
        let frame = try encoded(wide, to: GetTime.self)
        #expect(frame.hex == "E0BB01080200000001000000EE")
        #expect(try FrameReader.reply(to: GetTime.self, in: frame[...]) == wide)
        let odd = Array(hex: "E0 BB 01 | 05 0000000000 | EE")
        #expect(
            Inspection.reply(to: .getTime, in: odd[...]).error
                == FrameError(.parameterLength, at: 3, expected: 4, found: 5))
    }

    @Test func versionHasThreeOrFourBytes() throws {
        let four = GetFwVersionU32.Reply(version: 0x03_05_01)
        #expect(try encoded(four, to: GetFwVersionU32.self) == Array(hex: "E0 DE 01 | 04 03050100 | EE"))
        let three = GetFwVersionU32.Reply(version: 0x03_05_01, extra: nil)
        #expect(try encoded(three, to: GetFwVersionU32.self) == Array(hex: "E0 DE 01 | 03 030501 | EE"))
        for reply in [four, three] {
            let frame = try encoded(reply, to: GetFwVersionU32.self)
            #expect(try FrameReader.reply(to: GetFwVersionU32.self, in: frame[...]) == reply)
        }
    }
}
