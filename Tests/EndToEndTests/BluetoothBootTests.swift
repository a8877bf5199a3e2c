import NINAWire
import Testing

/// Chip select held low at a reset requests Bluetooth. Most firmware obeys and stops answering on SPI; the log says so.
@Suite(.serialized, .timeLimit(.minutes(10))) struct BluetoothBootTests {
    private let getVersion: [UInt8] = [0xE0, 0x37, 0x00, 0xEE]

    @Test(arguments: Firmware.all) func theLogTellsWhatChipSelectHasDone(_ firmware: Firmware) throws {
        let emulator = try EmulatorUnderTest(["--firmware", "\(firmware.name)"])
        let link = try RawLink(path: emulator.socketPath)
        if firmware.name.description == "modern" {
            #expect(try link.reset(chipSelectLow: true))
            #expect(try emulator.logs("chip select was low at reset: this firmware stays with SPI"))
        } else {
            #expect(try !link.reset(chipSelectLow: true, seconds: 0.3), "READY stays high")
            #expect(try emulator.logs("chip select was low at reset: a Bluetooth controller now"))
            #expect(try link.exchange(getVersion, seconds: 0.3).reply == nil)
        }
        // The next reset, with chip select high, restores SPI.
        #expect(try link.reset())
        let reply = try #require(try link.exchange(getVersion, seconds: 5).reply)
        #expect(reply.starts(with: [0xE0, 0xB7]))
    }
}
