import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ClientTests {
    private var command: StartClient {
        var command = StartClient()
        command.host = "pi".bytes
        command.address = IPv4Address(10, 0, 0, 7)
        command.port = 80
        command.socket = SocketNumber(rawValue: 1)
        command.timeoutMilliseconds = 1234
        return command
    }

    @Test func connectsInThreeForms() throws {
        var command = command
        command.form = .address
        #expect(try encoded(command) == Array(hex: "E0 2D 04 | 04 0A000007 | 02 0050 | 01 01 | 01 00 | EE"))
        command.host = "pi".bytes
        command.form = .host
        #expect(
            try encoded(command) == Array(hex: "E0 2D 05 | 02 'pi' | 04 0A000007 | 02 0050 | 01 01 | 01 00 | EE"))
        command.form = .hostAndTimeout
        #expect(
            try encoded(command)
                == Array(hex: "E0 2D 06 | 02 'pi' | 04 0A000007 | 02 0050 | 01 01 | 01 00 | 02 04D2 | EE"))
    }

    @Test func failureHasNoParameters() throws {
        #expect(try encoded(StartClient.Reply(isConnected: false), to: StartClient.self).hex == "E0AD00EE")
        #expect(try encoded(StartClient.Reply(isConnected: true), to: StartClient.self).hex == "E0AD010101EE")
        let zero = Array(hex: "E0 AD 01 | 01 00 | EE")
        #expect(try FrameReader.reply(to: StartClient.self, in: zero[...]).isConnected == false)
    }
}
