import NINALink
import NINAWire
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct LossTests {
    private static let lab = Array("lab-net".utf8)

    private func lost(_ firmware: Firmware, for time: Duration?) throws -> DeviceHarness {
        let bench = try DeviceHarness { $0.firmware = firmware }
        try bench.device.apply(.loseNetwork(ssid: Self.lab, for: time), at: bench.now)
        return bench
    }

    @Test(arguments: [Firmware.arduino200, .arduino148]) func aLostNetworkDisconnects(_ firmware: Firmware) throws {
        let bench = try lost(firmware, for: .seconds(30))
        #expect(try (bench.status(), bench.byte(0x1F)) == (6, 200))
        bench.pass(.seconds(60))
        #expect(try bench.status() == 6)
    }

    @Test func connectionsOutliveTheNetworkInOldFirmware() throws {
        let bench = try DeviceHarness { $0.firmware = .adafruit177 }
        let slot = 0
        let listener = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 99))
        #expect(bench.start(DeviceHarness.connectWindow(slot, to: 99)) == nil)
        #expect(bench.finish() != nil)
        try bench.device.apply(.loseNetwork(ssid: Self.lab, for: nil), at: bench.now)
        #expect(listener.accepted.first?.isFinished == false)
        #expect(!bench.device.report(at: bench.now).station.isJoined)
    }

    @Test func firmware330JoinsAgain() throws {
        let bench = try lost(.adafruit330, for: .seconds(30))
        #expect(try (bench.status(), bench.byte(0x1F)) == (5, 200))
        bench.pass(.seconds(29))
        #expect(try bench.status() == 5)
        bench.pass(.seconds(2))
        #expect(try bench.status() == 3)
        #expect(bench.device.nextDeadline == nil)
    }

    /// The host wants something else by now.
    @Test(arguments: [[[UInt8]]](arrayLiteral: [[0x30], [0xFF]], [[0x10], Array("open-net".utf8)]))
    func itDoesNotWhenTheHostHasDecidedOtherwise(_ command: [[UInt8]]) throws {
        let bench = try lost(.adafruit330, for: .seconds(30))
        _ = try bench.ask(command[0][0], command[1])
        bench.pass(.seconds(60))
        #expect(bench.device.report(at: bench.now).station.ssid == (command[0] == [0x10] ? command[1] : Self.lab))
        #expect(bench.device.report(at: bench.now).station.isJoined == (command[0] == [0x10]))
    }

    @Test func aPassphraseThatHasChangedEndsTheAttempts() throws {
        let bench = try lost(.adafruit330, for: .seconds(30))
        try bench.device.apply(.secret(ssid: Self.lab, .text([1])), at: bench.now)
        bench.pass(.seconds(31))
        #expect(try (bench.status(), bench.byte(0x1F)) == (6, 15))
        #expect(bench.device.nextDeadline == nil)
    }

    /// Beacons that are missing for less than the time-out do no harm.
    @Test func theLossIsNoticedAfterTheTimeout() throws {
        let bench = try DeviceHarness { $0.beaconTimeout = .seconds(6) }
        try bench.device.apply(.loseNetwork(ssid: Self.lab, for: .seconds(5)), at: bench.now)
        bench.pass(.seconds(20))
        #expect(try bench.status() == 3)
        try bench.device.apply(.loseNetwork(ssid: Self.lab, for: .seconds(7)), at: bench.now)
        bench.pass(.milliseconds(5999))
        #expect(try bench.status() == 3)
        bench.pass(.milliseconds(1))
        #expect(try bench.status() == 5)
    }
}
