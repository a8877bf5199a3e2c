import NINALink
import NINAWire
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct CoprocessorTests {
    private let errorFrame: [UInt8] = [0xEF, 0x00, 0xEE, 0x00]

    @Test(
        arguments: [
            [], [0x00], [0xE0], [0xE0, 0x13, 0x00, 0xEE], [0xE0, 0xA0, 0x00, 0xEE], [0xEF, 0x00, 0xEE, 0x00],
            [0xE0, 0xFF, 0xFF, 0xFF], [0xE0, 0x2B], [0xE0, 0x2F, 0x01, 0x01], [0xE0, 0x2D, 0x05, 0xFF, 0x61],
        ] as [[UInt8]])
    func refusesWhatIsNoCommand(_ window: [UInt8]) throws {
        let bench = try DeviceHarness()
        #expect(bench.start(window) == errorFrame)
        #expect(try bench.byte(0x20) == 3)
    }

    @Test func acceptsCommandsWithoutEndAndWithOddLengths() throws {
        let bench = try DeviceHarness()
        #expect(bench.start([0xE0, 0x20, 0x00, 0x00]) == [0xE0, 0xA0, 0x01, 0x01, 0x03, 0xEE, 0x00, 0x00])
        #expect(bench.start([0xE0, 0x20]) == [0xE0, 0xA0, 0x01, 0x01, 0x03, 0xEE, 0x00, 0x00])
        #expect(bench.start([0xE0, 0x2F, 0x01, 0x01, 0x03]) == [0xE0, 0xAF, 0x01, 0x01, 0x00, 0xEE, 0x00, 0x00])
    }

    @Test(arguments: [10, 11, 63, 64, 128, 255] as [UInt8])
    func refusesSlotsOutOfRange(_ slot: UInt8) throws {
        let bench = try DeviceHarness()
        let windows = [
            DeviceHarness.window(0x28, [[0, 80], [slot], [0]]), DeviceHarness.window(0x29, [[slot]]),
            DeviceHarness.window(0x2A, [[slot]]),
            DeviceHarness.window(0x2B, [[slot]]), DeviceHarness.window(0x2B, [[slot], [1]]),
            DeviceHarness.window(0x2C, [[slot], [0]]),
            DeviceHarness.connectWindow(Int(slot), to: 7), DeviceHarness.window(0x2E, [[slot]]),
            DeviceHarness.window(0x2F, [[slot]]),
            DeviceHarness.window(0x38, [[slot]]), DeviceHarness.window(0x3A, [[slot]]),
            DeviceHarness.window(0x44, [[slot], [1]]),
            DeviceHarness.window(0x45, [[slot], [1, 0]]),
        ]
        for window in windows { #expect(bench.start(window) == errorFrame) }
        #expect(try bench.getSocket() == 0)
        #expect(bench.network.openSockets == 0)
    }

    @Test(arguments: [(-1, 1), (0, 1), (1, 1), (2, 2), (64, 64), (65, 64), (1000, 64)])
    func slotsAreClamped(_ asked: Int, _ expected: Int) throws {
        let bench = try DeviceHarness { $0.slots = asked }
        #expect(bench.device.configuration.slotCount == expected)
        for index in 0..<expected { #expect(try bench.getSocket() == index) }
        #expect(try bench.getSocket() == 255)
    }

    @Test func hasTenSlotsByDefault() throws {
        let bench = try DeviceHarness()
        #expect(bench.device.configuration.slotCount == 10)
    }

    // MARK: Reset

    /// Starts a command that waits, resets, and expects fresh state.
    private func resets(_ bench: DeviceHarness, _ late: () -> Void = {}) throws {
        bench.device.halt(at: bench.now)
        #expect(bench.finish() == nil)
        #expect(!bench.device.interrupt)
        #expect(bench.network.openSockets == 0)
        late()
        #expect(bench.device.boot(bluetooth: false, at: bench.now))
        late()
        #expect(bench.finish() == nil)
        #expect(bench.device.nextDeadline == nil)
        #expect(try bench.byte(0x20) == 0)
        for index in 0..<10 { #expect(try bench.state(index) == 0) }
        #expect(try bench.getSocket() == 0)
        bench.pass(.seconds(10))
        #expect(bench.finish() == nil)
        try bench.join()
    }

    @Test func resetEndsAConnect() throws {
        let bench = try DeviceHarness()
        bench.network.answersAtOnce = false
        let outside = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 7))
        #expect(bench.start(DeviceHarness.connectWindow(0, to: 7)) == nil)
        let socket = bench.device.device.sockets.slots[0].socket
        try resets(bench) {
            bench.network.connectNow()
            bench.device.networkEvent(.connected(socket, nil))
        }
        #expect(outside.accepted.isEmpty)
    }

    @Test func resetEndsALookUp() throws {
        for window in [
            DeviceHarness.window(0x34, [Array("box".utf8)]), DeviceHarness.connectWindow(0, to: 7, name: "box"),
        ] {
            let bench = try DeviceHarness()
            bench.network.answersAtOnce = false
            bench.network.hosts["box"] = DeviceHarness.outside
            #expect(bench.start(window) == nil)
            let token = bench.device.device.context.lastToken
            try resets(bench) {
                bench.network.resolveNow()
                bench.device.networkEvent(.resolved(token: token, DeviceHarness.outside))
            }
            #expect(try bench.ask(0x35) == [[0, 0, 0, 0]])
        }
    }

    @Test func resetEndsAHeldSend() throws {
        let bench = try DeviceHarness()
        bench.network.capacity = 10
        let (slot, peer) = try bench.acceptedClient(try bench.server())
        #expect(try bench.send(slot, Array(1...15)) == 15)
        #expect(bench.start(DeviceHarness.window(0x44, [[UInt8(slot)], [1]])) == nil)
        try resets(bench)
        // What was acknowledged is sent; the command that waited was not.
        #expect(peer.read() == Array(1...15))
        #expect(peer.isFinished)
        #expect(bench.network.connect(to: 80) == nil)
    }

    @Test func resetEndsAScanAndAJoin() throws {
        let bench = try DeviceHarness()
        #expect(bench.start(DeviceHarness.window(0x27, [])) == nil)
        try resets(bench)
        #expect(try bench.byte(0x10, Array("open-net".utf8)) == 1)
        try resets(bench)
    }

    @Test(arguments: Firmware.all) func chipSelectLowAtAResetIsLogged(_ firmware: Firmware) throws {
        let bench = try DeviceHarness(joined: false) { $0.firmware = firmware }
        var lines: [String] = []
        bench.device.logLevel = .info
        bench.device.log = { lines.append($1) }
        bench.device.halt(at: bench.now)
        let staysWithSPI = firmware.name.description == "modern"
        #expect(bench.device.boot(bluetooth: true, at: bench.now) == staysWithSPI)
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("chip select was low at reset") == true)
        bench.device.halt(at: bench.now)
        #expect(bench.device.boot(bluetooth: false, at: bench.now))
        #expect(lines.count == 1)
    }

    @Test func logsWhatItRefuses() throws {
        let bench = try DeviceHarness()
        var lines: [String] = []
        bench.device.log = { lines.append($1) }
        _ = bench.start([0x00])
        _ = bench.start(DeviceHarness.window(0x2F, [[200]]))
        #expect(lines.count == 2)
        bench.device.logLevel = .error
        _ = bench.start([0x00])
        #expect(lines.count == 2)
        bench.device.logLevel = .debug
        _ = try bench.byte(0x20)
        #expect(lines.dropFirst(2) == ["GET_CONN_STATUS", "GET_CONN_STATUS -> status=3"])
    }

    @Test func errorFramesAreUnpaddedWhereRepliesAre() throws {
        let bench = try DeviceHarness { $0.firmware.dialect.padsReplies = false }
        #expect(bench.start([0x00]) == [0xEF, 0x00, 0xEE])
        #expect(bench.start(DeviceHarness.window(0x2F, [[200]])) == [0xEF, 0x00, 0xEE])
        #expect(bench.start([0xE0, 0x2B]) == [0xEF, 0x00, 0xEE])
        #expect(bench.start([0xE0, 0x20, 0x00, 0xEE]) == [0xE0, 0xA0, 0x01, 0x01, 0x03, 0xEE])
    }
}
