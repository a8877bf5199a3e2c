import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct StationTests {
    @Test func joins() throws {
        #expect(
            try encoded(SetPassphrase(ssid: "lab-net".bytes, passphrase: "correct-horse".bytes))
                == Array(hex: "E0 11 02 | 07 'lab-net' | 0D 'correct-horse' | EE"))
        // WPA by SET_KEY with index 0, as MicroPython joins.
        #expect(
            try encoded(SetKey(ssid: "lab-net".bytes, index: 0, key: "correct-horse".bytes))
                == Array(hex: "E0 12 03 | 07 'lab-net' | 01 00 | 0D 'correct-horse' | EE"))
    }

    @Test func leaves() throws {
        var command = Disconnect()
        #expect(try encoded(command) == Array(hex: "E0 30 00 EE"))
        command.dummy = 0xFF
        #expect(try encoded(command) == Array(hex: "E0 30 01 | 01 FF | EE"))
    }

    @Test func emptyValuesAreLegal() throws {
        #expect(
            try encoded(SetPassphrase(ssid: [], passphrase: [])) == Array(hex: "E0 11 02 | 00 | 00 | EE"))
    }
}
