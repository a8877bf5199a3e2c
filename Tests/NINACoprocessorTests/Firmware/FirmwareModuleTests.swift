import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// Pins, time, names and the reset of each firmware, and its BSD sockets: Protocol/dialects.md.
@Suite(.timeLimit(.minutes(10))) struct FirmwareModuleTests {
    private static let withReads = Firmware.all.filter { $0.serves(.getDigitalRead) }
    private static let withBSD = Firmware.all.filter { $0.serves(.bsdSocket) }

    @Test(arguments: withReads) func outputsReadZero(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        #expect(try bench.byte(0x51, [25], [1]) == 1)
        #expect(try bench.byte(0x50, [25], [1]) == 1)
        let reads = ["modern", "adafruit-3.3.0"].contains("\(firmware.name)")
        #expect(try bench.byte(0x53, [25]) == (reads ? 1 : 0))
        // 2 pulls up; 9 is no mode.
        #expect(try bench.byte(0x50, [26], [2]) == 1)
        #expect(try bench.byte(0x53, [26]) == 1)
        #expect(try bench.byte(0x50, [26], [9]) == 1)
        #expect(try bench.byte(0x53, [26]) == 1)
    }

    /// Arduino's replies have 16 bits, Adafruit's 32, whatever is asked; `modern` goes by the request.
    @Test(arguments: withReads) func analogReadsHaveTheFormOfTheFamily(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        let isArduino = firmware.family == .arduino
        let isModern = "\(firmware.name)" == "modern"
        #expect(try bench.ask(0x54, [34]).map(\.count) == [isArduino ? 2 : 4])
        #expect(try bench.ask(0x54, [34], [3]).map(\.count) == [isArduino && !isModern ? 2 : 4])
        for pin in [0, 31, 40, 255] as [UInt8] where "\(firmware.name)" == "adafruit-1.7.7" {
            #expect(try bench.ask(0x54, [pin], [3]) == [[0xFF, 0xFF, 0xFF, 0xFF]])
        }
        for pin in 32...39 as ClosedRange<UInt8> where !isArduino {
            #expect(try bench.byte(0x54, [pin], [3]) == 1000 + 10 * (Int(pin) & 7))
        }
    }

    @Test(arguments: Firmware.all) func theTimeHasFourOrEightBytes(_ firmware: Firmware) throws {
        let bench = try DeviceHarness(joined: false) {
            $0.firmware = firmware
            $0.firmware.dialect.padsReplies = true
        }
        let width = "\(firmware.name)" == "adafruit-3.3.0" ? 8 : 4
        #expect(try bench.ask(0x3B) == [Array(repeating: 0, count: width)])
        try bench.join()
        #expect(try bench.ask(0x3B).map(\.count) == [width])
    }

    @Test(arguments: Firmware.all) func aFailedLookUpHasAnAddress(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        bench.network.hosts["box"] = DeviceHarness.outside
        #expect(try bench.byte(0x34, Array("box".utf8)) == 1)
        #expect(try bench.ask(0x35) == [[10, 0, 0, 1]])
        #expect(try bench.byte(0x34, Array("nobody".utf8)) == 0)
        let keeps = "\(firmware.name)" == "adafruit-3.3.0"
        #expect(try bench.ask(0x35) == [keeps ? [10, 0, 0, 1] : [255, 255, 255, 255]])
    }

    @Test(arguments: Firmware.all) func aPingFailsAfterFiveSeconds(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        #expect(try bench.ping(.loopback) >= 0)
        bench.network.answersAtOnce = false
        let start = bench.now
        #expect(try bench.ping(DeviceHarness.outside) == -1)
        #expect(bench.milliseconds(since: start) == 5000)
    }

    /// Sockets close and the state is fresh.
    @Test(arguments: Firmware.all) func aResetClosesEverything(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        _ = try bench.startedServer()
        #expect(try bench.startUDP(5000, 1) == 1)
        bench.reset()
        #expect(bench.network.openSockets == 0)
        #expect(try bench.status() == 0 && bench.getSocket() == 0)
        if firmware.serves(.getReasonCode) {
            #expect(try bench.reason() == ("\(firmware.name)" == "adafruit-3.3.0" ? 1 : 0))
        }
    }

    /// Chip select low at boot makes it a Bluetooth controller, except in `modern`.
    @Test(arguments: Firmware.all) func chipSelectLowAtBootEndsSPI(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        #expect(bench.device.boot(bluetooth: true, at: bench.now) == ("\(firmware.name)" == "modern"))
    }

    // MARK: BSD sockets

    @Test(arguments: withBSD) func numbersAreLwips(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        let first = UInt8(64 - firmware.slots)
        let numbers = try (0..<firmware.slots).map { _ in try bench.socket().rawValue }
        #expect(numbers == Array(first...63))
        #expect(try bench.socket().rawValue == 255)
        #expect(try bench.errno() == 23)
        for number in [first + 2, first] { #expect(try bench.close(SocketNumber(rawValue: number)) == 1) }
        // The one allocated longest ago.
        #expect(try bench.socket().rawValue == first)
        #expect(try bench.poll(SocketNumber(rawValue: first + 2)) == 0, "it is not open")
        // Slots use the same pool.
        #expect(try bench.startUDP(5000, 0) == 1)
        #expect(try bench.startUDP(5001, 1) == 0)
    }

    @Test(arguments: withBSD) func bytesHaveTheirOrder(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        let listener = try bench.listening(8080)
        let peer = try #require(bench.network.connect(to: 8080))
        #expect(!bench.device.interrupt, "IRQ does not cover these sockets")
        #expect(try bench.poll(listener) & 1 == 1)
        let accepted = try bench.ask(0x75, [listener.rawValue])
        let port = peer.endpoint.port
        #expect(accepted[2] == [UInt8(port & 0xFF), UInt8(port >> 8)], "low byte first")
        #expect(try bench.ask(0x7F, accepted[0]) == [[1], accepted[1], accepted[2]])
        let socket = SocketNumber(rawValue: accepted[0][0])
        // The count is big endian.
        let sent = DeviceHarness.wideWindow(0x77, [[socket.rawValue], [1, 2, 3]])
        #expect(try DeviceHarness.parameters(of: bench.exchange(sent), 0x77) == [[0, 3]])
        #expect(peer.read() == [1, 2, 3])
        peer.send([7, 8, 9])
        #expect(!bench.device.interrupt)
        #expect(
            try bench.run(BSDIoctl(socket: socket, request: BSDIoctl.fionread, value: [0, 0, 0, 0])).value == [
                3, 0, 0, 0,
            ])
        // The size is little endian.
        #expect(try bench.receive(socket, 2) == [7, 8])
        #expect(try bench.receive(socket, 256) == [9])
        try bench.setNonblocking(socket)
        #expect(try bench.receive(socket) == [])
        #expect(try bench.errno() == 11)
        peer.finish()
        #expect(try bench.receive(socket) == [])
        #expect(try bench.errno() == 128)
        #expect(try bench.ask(0x7F, [listener.rawValue])[0] == [0])
    }

    @Test(arguments: withBSD) func optionsAreThoseOfTheSocket(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        let socket = try bench.socket()
        #expect(try bench.set(socket, 8, [1, 0, 0, 0]) == 1)
        #expect(try bench.option(socket, 8, 4) == [8, 0, 0, 0], "a flag is its bit")
        #expect(try bench.set(socket, 0x7777, [1, 0, 0, 0]) == 0)
        #expect(try bench.errno() == 109)
        #expect(try bench.option(socket, 0x7777) == [])
        #expect(try bench.option(socket, 0x1008, 4) == [1, 0, 0, 0])
        // Slots are not sockets.
        #expect(try bench.close(SocketNumber(rawValue: 0)) == 0)
        #expect(try bench.errno() == 9)
        #expect(try bench.bind(socket, 80) == 1)
        #expect(try bench.bind(bench.socket(), 80) == 0)
        #expect(try bench.errno() == 112)
    }

    /// Leaving the network closes connections, not listeners.
    @Test(arguments: withBSD) func connectionsEndWithTheNetwork(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        let listener = try bench.listening(8080)
        let (_, peer) = try bench.connected()
        #expect(try bench.byte(0x30) == 1)
        #expect(peer.isFinished)
        #expect(bench.network.connect(to: 8080) != nil)
        #expect(try bench.poll(listener) & 1 == 1)
    }
}
