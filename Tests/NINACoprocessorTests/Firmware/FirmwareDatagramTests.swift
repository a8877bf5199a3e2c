import NINAWire
import Testing

@testable import NINACoprocessor

/// UDP of each firmware, and where `modern` is kinder: Protocol/dialects.md, INSERT_DATABUF, SEND_UDP, START_SERVER.
@Suite(.timeLimit(.minutes(10))) struct FirmwareDatagramTests {
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

    /// 3.3.0 holds 1460 bytes, and sends them when more follow.
    @Test(arguments: Firmware.all, [[1460], [1472], [1460, 12], [1000, 1000, 920], [4000]])
    func datagramsMayBeSplit(_ firmware: Firmware, _ pieces: [Int]) throws {
        let bench = try DeviceHarness.firmware(firmware)
        let splits = "\(firmware.name)" == "adafruit-3.3.0"
        let limit = splits ? 1460 : 1500
        let total = pieces.reduce(0, +)
        guard splits || total <= limit else { return }
        #expect(try bench.startUDP(5000, 0) == 1)
        #expect(try bench.setDestination(0, 4000))
        for piece in pieces { #expect(try bench.insert(0, Array(repeating: 1, count: piece)) == 1) }
        let early = bench.network.datagrams
        #expect(early.count == (total - 1) / limit)
        #expect(try bench.sendUDP(0) == 1)
        let sizes = bench.network.datagrams.map(\.bytes.count)
        #expect(sizes.reduce(0, +) == total)
        #expect(sizes.dropLast().allSatisfy { $0 == limit })
        #expect(bench.network.datagrams.allSatisfy { $0.remote.port == 4000 })
    }

    @Test(arguments: Firmware.all) func aDatagramIsHeldUpToALimit(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        #expect(try bench.startUDP(5000, 0) == 1)
        bench.network.send([], toPort: 5000, from: alice)
        #expect(!bench.device.interrupt, "one without bytes is dropped")
        bench.network.send(Array(repeating: 1, count: 1800), toPort: 5000, from: alice)
        bench.network.send([2], toPort: 5000, from: bob)
        let limit = "\(firmware.name)" == "adafruit-3.3.0" ? 1460 : 1500
        #expect(try bench.unread(0) == limit)
        #expect(try bench.read(0, 1000).count == 1000)
        #expect(try bench.unread(0) == limit - 1000)
        #expect(try bench.read(0).count == limit - 1000)
        #expect(try bench.read(0) == [2], "never merged")
    }

    @Test(arguments: Firmware.all) func unreadBytesMayStay(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        let stays = Firmware.arduinoCode.contains { "\($0.name)" == "\(firmware.name)" }
        #expect(try bench.startUDP(5000, 0) == 1)
        bench.network.send([1, 2, 3], toPort: 5000, from: alice)
        #expect(try bench.read(0, 1) == [1])
        #expect(try bench.stop(0) == 1)
        #expect(try bench.startUDP(5001, 0) == 1)
        #expect(try bench.unread(0) == (stays ? 2 : 0))
        #expect(try bench.read(0) == (stays ? [2, 3] : []))
    }

    @Test(arguments: Firmware.all) func aSecondSendMayRepeat(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        let repeats = Firmware.arduinoCode.contains { "\($0.name)" == "\(firmware.name)" }
        #expect(try bench.startUDP(5000, 0) == 1)
        #expect(try bench.setDestination(0, 4000))
        #expect(try bench.insert(0, [7]) == 1)
        for _ in 0..<3 { #expect(try bench.sendUDP(0) == 1) }
        #expect(bench.network.datagrams.count { $0.bytes == [7] } == (repeats ? 3 : 1))
    }

    /// The socket is opened, and nobody looks whether the group was joined.
    @Test(arguments: Firmware.real) func anAddressMayBeNoGroup(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        let isChecked = "\(firmware.name)" == "adafruit-3.3.0"
        #expect(try bench.startMulticast(DeviceHarness.multicast, 5000, 0) == 1)
        #expect(bench.network.send([1], toPort: 5000, group: DeviceHarness.multicast, from: alice))
        #expect(try bench.read(0) == [1])
        #expect(try bench.startMulticast(IPv4Address(10, 0, 0, 5), 5001, 1) == (isChecked ? 0 : 1))
        #expect(try bench.getSocket() == (isChecked ? 1 : 2))
        #expect(bench.network.send([2], toPort: 5001, from: alice) != isChecked)
        #expect(try bench.read(1) == (isChecked ? [] : [2]))
        // The form without an address names none.
        #expect(try bench.startServer(5002, 2, type: 3) == (isChecked ? 0 : 1))
    }

    @Test(arguments: [Firmware.adafruit330, .modern]) func aSecondStartMayReplaceTheSocket(_ firmware: Firmware) throws
    {
        let bench = try DeviceHarness.firmware(firmware)
        for port in [5000, 5000, 5001] as [UInt16] { #expect(try bench.startUDP(port, 0) == 1) }
        #expect(bench.network.openSockets == 1)
        #expect(try bench.startUDP(5000, 1) == 1)
    }
}
