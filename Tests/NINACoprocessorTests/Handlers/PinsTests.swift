import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct PinsTests {
    private func mode(_ bench: DeviceHarness, _ pin: UInt8, _ mode: UInt8) throws {
        #expect(try bench.byte(0x50, [pin], [mode]) == 1)
    }

    private func level(_ bench: DeviceHarness, _ pin: UInt8) throws -> Int { try bench.byte(0x53, [pin]) }

    @Test func hostsWriteAndReadLevels() throws {
        let bench = try DeviceHarness(joined: false)
        #expect(try level(bench, 25) == 0)
        #expect(try bench.byte(0x51, [25], [1]) == 1)
        // Not an output yet.
        #expect(try level(bench, 25) == 0)
        try mode(bench, 25, 1)
        #expect(try level(bench, 25) == 1)
        #expect(bench.device.pins[25].output)
        #expect(try bench.byte(0x51, [25], [0]) == 1)
        #expect(try level(bench, 25) == 0)
        try mode(bench, 26, 2)
        #expect(try level(bench, 26) == 1)
        try mode(bench, 26, 0)
        #expect(try level(bench, 26) == 0)
        // An unknown mode is ignored.
        try mode(bench, 26, 9)
        #expect(bench.device.pins[26].mode == .input)
        #expect(try level(bench, 255) == 0)
    }

    @Test func theWorldOutsideSetsLevels() throws {
        let bench = try DeviceHarness(joined: false)
        bench.device.pins[4].input = true
        #expect(try level(bench, 4) == 1)
        try mode(bench, 4, 2)
        bench.device.pins[4].input = false
        #expect(try level(bench, 4) == 0)
        // An output does not read the outside level.
        try mode(bench, 4, 1)
        bench.device.pins[4].input = true
        #expect(try level(bench, 4) == 0)
    }

    @Test func pulses() throws {
        let bench = try DeviceHarness(joined: false)
        try mode(bench, 27, 1)
        #expect(try bench.byte(0x52, [27], [128]) == 1)
        #expect(bench.device.pins[27].duty == 128)
        #expect(try bench.byte(0x51, [27], [1]) == 1)
        #expect(bench.device.pins[27].duty == nil)
        #expect(try bench.byte(0x52, [27], [255]) == 1)
        try mode(bench, 27, 0)
        #expect(bench.device.pins[27].duty == nil)
    }

    @Test func analogValues() throws {
        let bench = try DeviceHarness(joined: false)
        #expect(try bench.ask(0x54, [3]) == [[0x06, 0x04]])
        bench.device.pins[3].analog = 4095
        #expect(try bench.ask(0x54, [3]) == [[0xFF, 0x0F]])
        // With an attenuation the reply has four bytes.
        #expect(try bench.ask(0x54, [3], [2]) == [[0xFF, 0x0F, 0, 0]])
    }

    @Test func parametersAreReadByPosition() throws {
        let bench = try DeviceHarness(joined: false)
        // One host states one parameter and sends two.
        let reply = try bench.exchange([0xE0, 0x50, 0x01, 0x01, 0x1A, 0x01, 0x01, 0xEE])
        #expect(reply == [0xE0, 0xD0, 0x01, 0x01, 0x01, 0xEE, 0x00, 0x00])
        #expect(bench.device.pins[0x1A].mode == .output)
        _ = try bench.exchange([0xE0, 0x51, 0x01, 0x01, 0x1A, 0x01, 0x01, 0xEE])
        #expect(try level(bench, 0x1A) == 1)
    }

    @Test func aResetMakesThemInputs() throws {
        let bench = try DeviceHarness(joined: false)
        try mode(bench, 25, 1)
        _ = try bench.byte(0x51, [25], [1])
        _ = try bench.byte(0x52, [26], [9])
        bench.device.pins[4].input = true
        bench.reset()
        #expect(bench.device.pins[25] == PinBank.Pin())
        #expect(bench.device.pins[26] == PinBank.Pin())
        #expect(try level(bench, 4) == 1)
    }
}
