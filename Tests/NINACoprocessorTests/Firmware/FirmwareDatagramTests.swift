import NINAWire
import Testing

@testable import NINACoprocessor

/// UDP of each firmware, and where `modern` is kinder: Protocol/dialects.md, INSERT_DATABUF, SEND_UDP, START_SERVER.
@Suite(.timeLimit(.minutes(5))) struct FirmwareDatagramTests {
    private let alice = Endpoint(address: IPv4Address(10, 0, 0, 7), port: 7000)
    private let bob = Endpoint(address: IPv4Address(10, 0, 0, 8), port: 8000)

    /// ESP32SPI sends n / 64 + 1 pieces: the last one is empty for 64, 128, ... bytes.
    @Test(arguments: [1, 63, 64, 65, 128, 1472, 1500]) func modernTakesPiecesWithoutBytes(_ count: Int) throws {
        let bench = try DeviceHarness()
        #expect(try bench.startUDP(5000, 0) == 1)
        #expect(try bench.setDestination(0, 4000))
        let data = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        for start in stride(from: 0, through: count, by: 64) {
            #expect(try bench.insert(0, Array(data[start..<min(start + 64, count)])) == 1)
        }
        #expect(try bench.sendUDP(0) == 1)
        #expect(bench.network.datagrams.map(\.bytes) == [data])
    }

    @Test(arguments: Firmware.real) func firmwareRefusesThem(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        #expect(try bench.startUDP(5000, 0) == 1)
        #expect(try bench.setDestination(0, 4000))
        #expect(try bench.insert(0, []) == 0)
        #expect(try bench.insert(0, [1]) == 1)
        #expect(try bench.insert(0, []) == 0)
        #expect(try bench.sendUDP(0) == 1)
        #expect(bench.network.datagrams.map(\.bytes) == [[1]])
    }

    @Test func aDatagramThatLacksAPieceIsNotSent() throws {
        let bench = try DeviceHarness()
        #expect(try bench.setDestination(0, 4000))
        #expect(try bench.insert(0, Array(repeating: 1, count: 1501)) == 0)
        #expect(try bench.sendUDP(0) == 0)
        #expect(try bench.insert(0, Array(repeating: 1, count: 1500)) == 1)
        #expect(try bench.insert(0, [2]) == 0)
        #expect(try bench.insert(0, []) == 1)
        #expect(try bench.sendUDP(0) == 0)
        #expect(bench.network.datagrams.isEmpty)
        // The next datagram is complete again, with START_CLIENT and without.
        #expect(try bench.insert(0, [3]) == 1)
        #expect(try bench.sendUDP(0) == 1)
        #expect(try bench.insert(0, Array(repeating: 1, count: 2000)) == 0)
        #expect(try bench.setDestination(0, 4001))
        #expect(try bench.insert(0, [4]) == 1)
        #expect(try bench.sendUDP(0) == 1)
        #expect(bench.network.datagrams.map(\.bytes) == [[3], [4]])
    }

    /// START_CLIENT opens no socket, except in 3.3.0 and `modern`.
    @Test(arguments: Firmware.all) func aClientMayHaveNoSocket(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        let hasSocket = !firmware.quirks.contains(.datagramClientsHaveNoSocket)
        #expect(hasSocket == ["modern", "adafruit-3.3.0"].contains(firmware.name.description))
        #expect(try bench.setDestination(0, 4000))
        #expect(try bench.getSocket() == 1)
        #expect(bench.network.openSockets == (hasSocket ? 1 : 0))
        #expect(try bench.insert(0, [1]) == 1)
        #expect(try bench.sendUDP(0) == (hasSocket ? 1 : 0))
        #expect(try bench.startUDP(5000, 0) == 1)
        #expect(try bench.remote(0).port == 4000)
        #expect(try bench.setDestination(0, 4000))
        #expect(try bench.insert(0, [2]) == 1)
        #expect(try bench.sendUDP(0) == 1)
        #expect(bench.network.datagrams.last?.bytes == [2])
        #expect(try bench.stop(0) == 1)
        #expect(bench.network.openSockets == 0)
    }

    /// A second START_SERVER leaks the first socket, which keeps its port; the slot stays a UDP slot.
    @Test(arguments: Firmware.arduinoCode) func aSecondStartLosesTheSocket(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        #expect(try bench.startUDP(5000, 0) == 1)
        #expect(try bench.startUDP(5000, 0) == 0)
        #expect(try bench.getSocket() == 1)
        #expect(bench.network.send([1], toPort: 5000, from: alice))
        #expect(!bench.device.interrupt)
        #expect(try bench.startUDP(5001, 0) == 1)
        #expect(try bench.startUDP(5002, 0) == 1)
        #expect(try bench.startUDP(5001, 1) == 0)
        bench.network.send([2], toPort: 5002, from: alice)
        #expect(try bench.read(0) == [2])
        bench.reset()
        #expect(try bench.startUDP(5000, 0) == 1)
    }

    /// Sender and destination share one variable: a fetched datagram's sender overwrites the destination.
    @Test(arguments: Firmware.real) func theLastDatagramRedirectsReplies(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        #expect(try bench.startUDP(5000, 0) == 1)
        bench.network.send([1], toPort: 5000, from: alice)
        bench.network.send([2], toPort: 5000, from: bob)
        #expect(try bench.remote(0) == alice)
        #expect(try bench.unread(0) == 1)
        #expect(try bench.read(0) == [1])
        #expect(try bench.remote(0) == bob)
        #expect(try bench.setDestination(0, 4000))
        #expect(try bench.insert(0, [3]) == 1)
        #expect(try bench.read(0) == [2])
        bench.network.send([4], toPort: 5000, from: alice)
        #expect(try bench.sendUDP(0) == 1)
        #expect(bench.network.datagrams.last?.remote == alice)
    }
}
