import NINAWire
import Testing

@testable import NINACoprocessor

/// Slots and their data in each firmware: Protocol/dialects.md, GET_STATE_TCP to GET_CLIENT_STATE, GET_DATABUF.
@Suite(.timeLimit(.minutes(10))) struct FirmwareSlotTests {
    private func bench(_ firmware: Firmware) throws -> DeviceHarness {
        try DeviceHarness.firmware(firmware) { $0.backlog = 4 }
    }

    private func isModern(_ firmware: Firmware) -> Bool { "\(firmware.name)" == "modern" }

    /// A client that the host has connected.
    private func connected(_ bench: DeviceHarness, _ slot: Int = 3) throws -> VirtualPeer {
        let outside = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 7))
        #expect(try bench.connect(slot, to: 7))
        return try #require(outside.accepted.last)
    }

    @Test(arguments: Firmware.all) func getSocketReservesInModernOnly(_ firmware: Firmware) throws {
        let bench = try bench(firmware)
        #expect(try bench.getSocket() == 0)
        #expect(try bench.getSocket() == (isModern(firmware) ? 1 : 0))
        for slot in 0..<UInt8(firmware.slots) { #expect(try bench.startUDP(5000 + UInt16(slot), Int(slot)) == 1) }
        #expect(try bench.getSocket() == 255)
    }

    @Test(arguments: Firmware.all) func onlyServersAreInTheStateOfListening(_ firmware: Firmware) throws {
        let bench = try bench(firmware)
        let server = try bench.startedServer()
        _ = try connected(bench)
        #expect(try bench.startUDP(5000, 2) == 1)
        #expect(try bench.listens(server))
        for slot in 1...4 { #expect(try !bench.listens(slot)) }
        for slot in 0...4 { #expect(try bench.byte(0x2A, [UInt8(slot)]) == 1) }
    }

    /// FF is also what a byte FF looks like.
    @Test(arguments: Firmware.all) func noByteIsFF(_ firmware: Firmware) throws {
        let bench = try bench(firmware)
        let peer = try connected(bench)
        #expect(try bench.startUDP(5000, 2) == 1)
        for slot in [2, 3] {
            #expect(try bench.getData(slot, peek: true) == 0xFF)
            #expect(try bench.getData(slot) == 0xFF)
            #expect(try bench.unread(slot) == 0)
        }
        #expect(try bench.getData(4) == 0)
        #expect(try bench.unread(4) == 0)
        peer.send([0xFF, 1])
        #expect(try bench.unread(3) == 2)
        #expect(try bench.getData(3, peek: true) == 0xFF)
        #expect(try bench.getData(3) == 0xFF)
        #expect(try bench.getData(3) == 1)
    }

    /// With one parameter, byte 6 is the first byte of padding.
    @Test(arguments: Firmware.all, [UInt8(0), 0xFF]) func theFlagMayBePadding(_ firmware: Firmware, _ padding: UInt8)
        throws
    {
        let bench = try bench(firmware)
        let server = try bench.startedServer()
        let silent = try #require(bench.network.connect(to: 80))
        let reply = try bench.exchange([0xE0, 0x2B, 1, 1, UInt8(server), 0xEE, padding, padding])
        let accepts =
            switch "\(firmware.name)" {
            case "adafruit-3.3.0": true
            case "arduino-2.0.0": padding != 0
            default: false
            }
        #expect(try DeviceHarness.number(DeviceHarness.parameters(of: reply, 0x2B)) == (accepts ? 1 : 255))
        #expect(!silent.isFinished)
    }

    /// What raises IRQ before a client is handed out.
    @Test(arguments: Firmware.all) func silentClientsRaiseIRQOrNot(_ firmware: Firmware) throws {
        let bench = try bench(firmware)
        let server = try bench.startedServer()
        let peer = try #require(bench.network.connect(to: 80))
        let raises = firmware.dialect.interruptRule != .clientWithBytes
        #expect(raises == !["arduino-1.4.8", "adafruit-1.7.7", "adafruit-1.2.2"].contains("\(firmware.name)"))
        #expect(bench.device.interrupt == raises)
        peer.send([1])
        #expect(bench.device.interrupt)
        #expect(try bench.available(server) == 1)
        #expect(bench.device.interrupt)
        #expect(try bench.read(1) == [1])
        #expect(!bench.device.interrupt)
        guard raises else { return }
        try #require(bench.network.connect(to: 80)).send([2])
        #expect(try bench.accept(server) == 2)
        #expect(bench.device.interrupt, "an accepted client has sent something")
    }

    @Test(arguments: Firmware.arduinoCode) func aBusyClientHidesTheOthers(_ firmware: Firmware) throws {
        let bench = try bench(firmware)
        let server = try bench.startedServer()
        let peers = try (0..<2).map { _ in
            let peer = try #require(bench.network.connect(to: 80))
            #expect(try bench.available(server) == 255)
            return peer
        }
        peers[1].send([2])
        for _ in 0..<20 {
            peers[0].send(Array(repeating: 1, count: 1000))
            #expect(try bench.available(server) == bench.available(server))
            let slot = try bench.available(server)
            #expect(try bench.remotePort(slot) == peers[0].endpoint.port)
            #expect(try bench.read(slot, 999).count == 999)
            #expect(try bench.available(server) == slot, "one byte is left")
            #expect(try bench.getData(slot) == 1)
        }
        let other = try bench.available(server)
        #expect(try bench.remotePort(other) == peers[1].endpoint.port)
    }

    /// 3.3.0 hands out each client once, and reports no later data through the server.
    @Test(arguments: [0, 1] as [UInt8]) func firmware330HandsOutEachClientOnce(_ flag: UInt8) throws {
        let bench = try bench(.adafruit330)
        let server = try bench.startedServer()
        let peer = try #require(bench.network.connect(to: 80))
        #expect(try bench.byte(0x2B, [UInt8(server)], [flag]) == 1)
        peer.send([1])
        #expect(bench.device.interrupt)
        #expect(try bench.byte(0x2B, [UInt8(server)], [flag]) == 255)
        #expect(try bench.read(1) == [1])
        #expect(try bench.send(server, [5]) == 0)
        #expect(peer.read() == [])
    }

    // MARK: GET_CLIENT_STATE

    @Test(arguments: Firmware.all) func askingForAStateMayFreeTheSlot(_ firmware: Firmware) throws {
        let bench = try bench(firmware)
        let frees = Firmware.arduinoCode.contains { "\($0.name)" == "\(firmware.name)" }
        let server = try bench.startedServer()
        #expect(try bench.startUDP(5000, 1) == 1)
        #expect(try bench.state(server) == 0)
        #expect(try bench.state(1) == 0)
        #expect(try bench.getSocket() == (frees ? 0 : 2))
        // The sockets stay open.
        #expect(bench.network.openSockets == 2)
        #expect(bench.network.connect(to: 80) != nil)
        #expect(try bench.startUDP(5000, 4) == 0)
    }

    @Test(arguments: Firmware.all) func anEndFreesTheSlotOfAClient(_ firmware: Firmware) throws {
        let bench = try bench(firmware)
        let server = try bench.startedServer()
        let (accepted, inside) = try bench.servedClient(server)
        let outside = try connected(bench, 2)
        inside.send([1])
        outside.send([2])
        for peer in [inside, outside] { peer.finish() }
        for slot in [accepted, 2] { #expect(try bench.state(slot) == 4, "unread data keeps it") }
        #expect(try bench.read(accepted) == [1] && bench.read(2) == [2])
        for slot in [accepted, 2] { #expect(try bench.state(slot) == 0) }
        let keeps = "\(firmware.name)" == "adafruit-3.3.0"
        #expect(try bench.getSocket() == (keeps ? 2 : 1))
        #expect(try bench.stop(accepted) == 1)
        #expect(try bench.state(accepted) == 0)
        #expect(try bench.getSocket() == 1)
    }

    // MARK: GET_DATABUF, SEND_DATA

    @Test(arguments: Firmware.all) func aReplyThatIsTooLongStalls(_ firmware: Firmware) throws {
        let bench = try bench(firmware)
        let peer = try connected(bench)
        peer.send(Array(repeating: 1, count: 4086))
        #expect(try bench.read(3, 60_000).count == 4086, "not with less data")
        peer.send(Array(repeating: 1, count: 5000))
        #expect(try bench.read(3, 4086).count == 4086, "nor when the host asks for what one reply can hold")
        #expect(try bench.read(3, 914).count == 914)
        peer.send(Array(repeating: 1, count: 4087))
        #expect(try bench.read(3, 1).count == 1)
        peer.send([1])
        guard !isModern(firmware) else {
            #expect(try bench.read(3, 60_000).count == 4086)
            return
        }
        #expect(bench.start(DeviceHarness.window(0x45, [[3], [0xF7, 0x0F]])) == nil)
        bench.pass(.seconds(3600))
        #expect(bench.finish() == nil)
        bench.reset()
        #expect(try bench.status() == 0)
    }

    @Test(arguments: Firmware.all) func nothingIsSentWithoutAConnection(_ firmware: Firmware) throws {
        let bench = try bench(firmware)
        let server = try bench.startedServer()
        #expect(try bench.startUDP(5000, 1) == 1)
        for slot in [server, 1, 2] { #expect(try bench.send(slot, [1, 2]) == 0) }
        #expect(try bench.read(2) == [])
        #expect(try bench.remote(2) == .unspecified)
    }

    /// The size that is too large with the other byte order, so that a reader of big endian would stall.
    @Test(arguments: Firmware.all) func theSizeIsLittleEndian(_ firmware: Firmware) throws {
        let bench = try bench(firmware)
        let peer = try connected(bench)
        peer.send([1, 2, 3])
        #expect(try bench.ask(0x45, [3], [2, 0]) == [[1, 2]])
        #expect(try bench.ask(0x45, [3], [0, 1]) == [[3]])
        #expect(try bench.ask(0x45, [3], [9, 0]) == [[]])
    }

    @Test func theBacklogIsTheFirmwares() throws {
        for firmware in Firmware.all {
            let expected = isModern(firmware) ? 4096 : "\(firmware.name)" == "adafruit-3.3.0" ? 4 : 1
            #expect(firmware.backlog == expected)
        }
    }
}
