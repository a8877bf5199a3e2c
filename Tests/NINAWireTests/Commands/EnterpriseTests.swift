import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct EnterpriseTests {
    @Test func everyTypeButZeroIsTLS() throws {
        let window = Array(
            hex: "E0 40 06 | 0001 07 | 0001 'n' | 0002 'C' 00 | 0002 'K' 00 | 0000 | 0000 | EE")
        let command = try FrameReader.command(SetEnt.self, in: window[...])
        #expect(command.method.rawValue == 7)
        #expect(command.certificate == [0x43, 0])
        #expect(command.username == [])
        #expect(try encoded(command) == window)
    }
}
