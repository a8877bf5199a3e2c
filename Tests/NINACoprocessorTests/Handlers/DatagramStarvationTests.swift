import NINAWire
import Testing

@testable import NINACoprocessor

/// A TCP client that waits for `accept`, and datagrams that arrive meanwhile.
@Suite(.timeLimit(.minutes(10))) struct DatagramStarvationTests {
    private let alice = Endpoint(address: IPv4Address(10, 0, 0, 7), port: 7000)

    private func bench(_ firmware: Firmware) throws -> DeviceHarness {
        try DeviceHarness {
            $0.firmware = firmware
            $0.backlog = 4
        }
    }

    @Test(arguments: [Firmware.arduino200, .adafruit330])
    func firmwareFetchesNoneUntilTheClientIsTaken(_ firmware: Firmware) throws {
        let bench = try bench(firmware)
        #expect(try bench.startServer(80, 0) == 1)
        #expect(try bench.startUDP(5000, 1) == 1)
        let client = try #require(bench.network.connect(to: 80))
        bench.network.send([1, 2, 3], toPort: 5000, from: alice)
        #expect(try bench.unread(1) == 0)
        #expect(try bench.read(1) == [])
        #expect(bench.device.interrupt)
        #expect(try bench.accept(0) == 2)
        #expect(bench.device.interrupt)
        #expect(try bench.unread(1) == 3)
        #expect(try bench.read(1) == [1, 2, 3])
        #expect(!bench.device.interrupt)
        _ = client
    }

    @Test func modernFetchesThemAtOnce() throws {
        let bench = try bench(.modern)
        #expect(try bench.startServer(80, 0) == 1)
        #expect(try bench.startUDP(5000, 1) == 1)
        let client = try #require(bench.network.connect(to: 80))
        bench.network.send([1, 2, 3], toPort: 5000, from: alice)
        #expect(try bench.read(1) == [1, 2, 3])
        #expect(try bench.accept(0) == 2)
        _ = client
    }
}
