import NINAWire
import TestSupport
import Testing

@Suite struct SystemTests {
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
}
