import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct AccessPointTests {
    @Test func makesNetworks() throws {
        #expect(
            try encoded(SetApPassphrase(ssid: "ap".bytes, passphrase: "12345678".bytes, channel: 1))
                == Array(hex: "E0 19 03 | 02 'ap' | 08 '12345678' | 01 01 | EE"))
    }

    /// ESP32SPI sends the channel of an open network as six zero bytes.
    @Test func channelIsTheFirstByte() throws {
        let window = Array(hex: "E0 18 02 | 02 'ap' | 06 0B0000000000 | EE")
        #expect(Inspection.positional(command: .setApNet, in: window[...]).text == "ssid=ap channel=11")
    }
}
