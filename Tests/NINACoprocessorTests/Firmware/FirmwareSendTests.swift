import NINAWire
import Testing

@testable import NINACoprocessor

/// SEND_DATA with a full send buffer, and connections that end: Protocol/dialects.md, SEND_DATA and GET_CLIENT_STATE.
@Suite(.timeLimit(.minutes(10))) struct FirmwareSendTests {
    private let frame = (0..<4000).map { UInt8(truncatingIfNeeded: $0) }

    /// A client that the host has connected.
    private func connected(_ bench: DeviceHarness) throws -> (Int, VirtualPeer) {
        let outside = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 7))
        #expect(try bench.connect(3, to: 7))
        return (3, outside.accepted[0])
    }

    private func finished(_ bench: DeviceHarness) throws -> Int {
        try DeviceHarness.number(DeviceHarness.parameters(of: #require(bench.finish()), 0x44))
    }

    @Test(arguments: [Firmware.arduino200, .arduino148]) func outgoingConnectionsTakeWhatFits(_ firmware: Firmware)
        throws
    {
        let bench = try DeviceHarness.firmware(firmware)
        let (slot, peer) = try connected(bench)
        let start = bench.now
        #expect(try bench.send(slot, frame) == 4000)
        #expect(try bench.send(slot, frame) == 1744)
        #expect(try bench.send(slot, frame) == 0)
        #expect(try bench.state(slot) == 4)
        #expect(bench.now == start)
        #expect(peer.read() == frame + frame[..<1744])
        #expect(try bench.send(slot, [1]) == 1)
        #expect(peer.read() == [1])
        peer.reset()
        #expect(try bench.send(slot, [1]) == 0)
    }

    /// The reply waits with READY high until the peer has read.
    @Test(arguments: [Firmware.arduino200, .arduino148]) func acceptedConnectionsWait(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        let (slot, peer) = try bench.servedClient(try bench.startedServer())
        #expect(try bench.send(slot, frame) == 4000)
        #expect(bench.start(DeviceHarness.window(0x44, [[UInt8(slot)], frame])) == nil)
        bench.pass(.seconds(30))
        #expect(bench.finish() == nil)
        #expect(peer.read() == frame + frame[..<1744])
        #expect(try finished(bench) == 4000)
        #expect(peer.read() == Array(frame[1744...]))
        // The time-out ends it too; hosts give up earlier.
        #expect(try bench.send(slot, frame) == 4000)
        let start = bench.now
        #expect(try bench.send(slot, frame) == 1744)
        #expect(bench.milliseconds(since: start) == 60_000)
        #expect(peer.read().count == 5744)
        // A failed peer ends the wait.
        #expect(try bench.send(slot, frame) == 4000)
        #expect(bench.start(DeviceHarness.window(0x44, [[UInt8(slot)], frame])) == nil)
        peer.reset()
        #expect(try finished(bench) == 0)
        #expect(try bench.state(slot) == 0)
    }

    @Test(arguments: [Firmware.adafruit177, .adafruit122]) func noRoomClosesTheConnection(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        let (outgoing, outgoingPeer) = try connected(bench)
        let (accepted, acceptedPeer) = try bench.servedClient(try bench.startedServer())
        for (slot, peer) in [(outgoing, outgoingPeer), (accepted, acceptedPeer)] {
            #expect(try bench.send(slot, frame) == 4000)
            #expect(try bench.send(slot, frame) == 1744)
            #expect(try bench.send(slot, []) == 0)
            #expect(try bench.state(slot) == 4)
            #expect(try bench.send(slot, [1]) == 0)
            #expect(peer.isFinished && !peer.wasReset)
            #expect(peer.read() == frame + frame[..<1744], "accepted bytes arrive")
            #expect(try bench.send(slot, [1]) == 0)
            #expect(try bench.unread(slot) == 0)
            #expect(try bench.state(slot) == 0)
        }
    }

    @Test(arguments: [Firmware.adafruit177, .adafruit122]) func aFailedSendClosesTheConnection(_ firmware: Firmware)
        throws
    {
        let bench = try DeviceHarness.firmware(firmware)
        let (slot, peer) = try connected(bench)
        peer.reset()
        #expect(try bench.send(slot, [1]) == 0)
        #expect(try bench.state(slot) == 0)
        #expect(bench.network.openSockets == 0)
    }

    /// A server's write closes a client without room; the other clients receive everything.
    @Test func aServerLosesAClientWithoutRoom() throws {
        let bench = try DeviceHarness.firmware(.adafruit122) { $0.backlog = 4 }
        let server = try bench.startedServer()
        let (slot, slow) = try bench.servedClient(server)
        let silent = try #require(bench.network.connect(to: 80))
        #expect(try bench.available(server) == 255)
        #expect(try bench.send(server, frame) == 8000)
        #expect(silent.read() == frame)
        #expect(try bench.send(server, frame) == 5744)
        #expect(silent.read() == frame)
        #expect(try bench.send(server, [1]) == 1)
        #expect(slow.isFinished && !silent.isFinished)
        #expect(try bench.state(slot) == 0)
    }

    /// The same for clients of a server that the host does not know yet; others in the list are not skipped.
    @Test(arguments: [Firmware.arduino200, .arduino148, .adafruit177, .adafruit122])
    func aListedClientWithoutRoomIsClosedOrKept(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware) { $0.backlog = 4 }
        let server = try bench.startedServer()
        let peers = try (0..<3).map { _ in
            let peer = try #require(bench.network.connect(to: 80))
            #expect(try bench.available(server) == 255)
            return peer
        }
        #expect(try bench.send(server, frame) == 12_000)
        #expect(peers[1].read() == frame)
        #expect(try bench.send(server, frame) == 4000 + 2 * 1744, "what fits")
        #expect(peers[1].read() == frame)
        #expect(try bench.send(server, []) == 0)
        for peer in peers { #expect(!peer.isFinished) }
        #expect(try bench.send(server, [1]) == 1)
        #expect(peers[1].read() == [1])
        let closes = firmware.dialect.sendRule == .closesWhenFull
        #expect(closes == ["adafruit-1.7.7", "adafruit-1.2.2"].contains("\(firmware.name)"))
        for peer in [peers[0], peers[2]] {
            #expect(peer.isFinished == closes && !peer.wasReset)
            #expect(peer.read() == frame + frame[..<1744], "accepted bytes arrive")
        }
        #expect(!peers[1].isFinished)
        #expect(bench.network.openSockets == (closes ? 2 : 4))
        #expect(try bench.send(server, [2]) == (closes ? 1 : 3))
        #expect(peers[1].read() == [2])
    }

    /// The slot of a connection that the firmware has closed can be used at once, for TCP or UDP.
    @Test func aSlotWhoseConnectionWasClosedStartsAgain() throws {
        let bench = try DeviceHarness.firmware(.adafruit122)
        let (slot, peer) = try connected(bench)
        peer.reset()
        #expect(try bench.send(slot, [1]) == 0)
        #expect(try bench.startUDP(5000, slot) == 1)
        #expect(try bench.setDestination(slot, 7))
        #expect(try bench.insert(slot, [1, 2]) == 1)
        #expect(try bench.sendUDP(slot) == 1)
        #expect(bench.network.datagrams.map(\.bytes) == [[1, 2]])
        let again = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 8))
        #expect(try bench.connect(4, to: 8))
        again.accepted[0].reset()
        #expect(try bench.send(4, [1]) == 0)
        #expect(try bench.setDestination(4, 7))
        #expect(try bench.insert(4, [3]) == 1, "a slot for UDP")
        #expect(try bench.connect(5, to: 8))
        again.accepted[1].reset()
        #expect(try bench.send(5, [1]) == 0)
        #expect(try !bench.connect(5, to: 9))
        #expect(try bench.connect(5, to: 8))
        #expect(try bench.state(5) == 4)
    }

    @Test func firmware330WaitsTenSeconds() throws {
        let bench = try DeviceHarness.firmware(.adafruit330)
        let (slot, peer) = try connected(bench)
        #expect(try bench.send(slot, frame) == 4000)
        let start = bench.now
        #expect(try bench.send(slot, frame) == 1744)
        #expect(bench.milliseconds(since: start) == 10_000)
        #expect(bench.start(DeviceHarness.window(0x44, [[UInt8(slot)], frame])) == nil)
        bench.pass(.seconds(9))
        #expect(peer.read().count == 5744)
        #expect(try finished(bench) == 4000)
        #expect(peer.read() == frame)
    }

    @Test func firmware330ClosesAfterAnError() throws {
        let bench = try DeviceHarness.firmware(.adafruit330)
        let (slot, peer) = try connected(bench)
        peer.reset()
        #expect(try bench.send(slot, [1]) == 0)
        #expect(try bench.state(slot) == 0)
        #expect(bench.network.openSockets == 0)
    }

    @Test func modernTakesWholeFramesOfAnySendBuffer() throws {
        let bench = try DeviceHarness { $0.sendBuffer = 1000 }
        let (slot, peer) = try connected(bench)
        #expect(try bench.send(slot, frame) == 4000)
        let start = bench.now
        #expect(try bench.send(slot, frame) == 0)
        #expect(bench.milliseconds(since: start) == 100)
        #expect(try bench.state(slot) == 4)
        #expect((0..<5).flatMap { _ in peer.read() } == frame)
    }

    @Test func theOptionBeatsTheFirmware() throws {
        let bench = try DeviceHarness.firmware(.arduino200) { $0.sendBuffer = 100 }
        let (slot, _) = try connected(bench)
        #expect(try bench.send(slot, frame) == 100)
        #expect(Firmware.real.allSatisfy { $0.sendBuffer == 5744 })
        #expect(Firmware.modern.sendBuffer == nil)
    }

    /// lwip's send buffer is that of every stream, whoever opened it. Protocol/dialects.md, SEND_DATA.
    @Test(arguments: [true, false]) func aStreamHoldsTheSendBuffer(_ isAccepted: Bool) throws {
        let bench = try DeviceHarness.firmware(.arduino200)
        let socket: SocketNumber
        let peer: VirtualPeer
        if isAccepted {
            let server = try bench.listening()
            peer = try #require(bench.network.connect(to: 80))
            socket = try bench.run(BSDAccept(socket: server)).socket
        } else {
            (socket, peer) = try bench.connected()
        }
        try bench.setNonblocking(socket)
        let bytes = [UInt8](repeating: 7, count: 4000)
        #expect(try bench.send(socket, bytes) == 4000)
        #expect(try bench.send(socket, bytes) == 1744)
        #expect(try bench.send(socket, bytes) == 0)
        #expect(try bench.errno() == 11)
        #expect(try bench.poll(socket) == 0)
        #expect(peer.read().count == 5744)
        #expect(try bench.poll(socket) == 2)
    }

    // MARK: The end of a connection

    /// A quirk of Adafruit's firmware 1.7.2 to 1.7.7; no profile has it.
    @Test func anEndMayGoUnnoticed() throws {
        let bench = try DeviceHarness.firmware(.adafruit177) {
            $0.firmware.quirks = $0.firmware.quirks.union([.endsGoUnnoticed])
        }
        let (slot, peer) = try connected(bench)
        peer.send([1])
        peer.finish()
        #expect(try bench.read(slot) == [1])
        #expect(try bench.state(slot) == 4)
        #expect(try bench.read(slot) == [])
        #expect(try bench.getData(slot) == 0xFF)
        #expect(try bench.state(slot) == 4)
        // A peek queries the connection itself.
        #expect(try bench.getData(slot, peek: true) == 0xFF)
        #expect(try bench.state(slot) == 0)
        #expect(peer.isFinished)
    }

    @Test(arguments: Firmware.all) func profilesNoticeTheEnd(_ firmware: Firmware) throws {
        let bench = try DeviceHarness.firmware(firmware)
        let (slot, peer) = try connected(bench)
        peer.finish()
        #expect(try bench.state(slot) == 0)
    }

    /// A quirk of Adafruit's firmware 1.4.0 to 1.7.7; no profile has it.
    @Test(arguments: [true, false]) func namesMayFail(_ works: Bool) throws {
        let bench = try DeviceHarness.firmware(.adafruit177) {
            if !works { $0.firmware.quirks = $0.firmware.quirks.union([.namesFail]) }
        }
        bench.network.hosts["box.example"] = DeviceHarness.outside
        _ = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 7))
        #expect(try bench.connect(0, to: 7, name: "box.example") == works)
        #expect(try bench.setDestination(1, 7, name: "box.example") == works)
        #expect(try bench.connect(2, to: 7))
        #expect(try bench.setDestination(3, 7))
    }
}
