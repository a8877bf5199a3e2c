import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct PinsTests {
    @Test func setsPins() throws {
        #expect(try encoded(SetPinMode(pin: 25, mode: 1)).hex == "E0500201190101EE")
        #expect(try encoded(SetDigitalWrite(pin: 25, value: 1)).hex == "E0510201190101EE")
        #expect(try encoded(SetAnalogWrite(pin: 25, value: 128)).hex == "E0520201190180EE")
    }

    @Test func analogReadHasTwoForms() throws {
        #expect(try encoded(GetAnalogRead(pin: 6)).hex == "E054010106EE")
        #expect(try encoded(GetAnalogRead(pin: 34, attenuation: 3)).hex == "E0540201220103EE")
        #expect(try encoded(GetAnalogRead.Reply(value: 4095), to: GetAnalogRead.self).hex == "E0D40102FF0FEE")
        #expect(
            try encoded(GetAnalogRead.Reply(value: -1, isWide: true), to: GetAnalogRead.self).hex
                == "E0D40104FFFFFFFFEE")
        let odd = Array(hex: "E0 D4 01 | 03 010203 | EE")
        #expect(
            Inspection.reply(to: .getAnalogRead, in: odd[...]).error
                == FrameError(.parameterLength, at: 3, expected: 2, found: 3))
    }

    @Test func paddingIsNoAttenuation() {
        for padding in ["EE", "EE FFFF", "EE 0101", "000000"] {
            let window = Array(hex: "E0 54 01 | 01 06 |" + padding)
            #expect(Inspection.positional(command: .getAnalogRead, in: window[...]).text == "pin=6")
        }
    }
}
