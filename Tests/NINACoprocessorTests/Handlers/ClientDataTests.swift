import NINALink
import NINAWire
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct ClientDataTests {
    private let data = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }

    @Test(arguments: [(0, 0), (1, 1), (4086, 4086), (4087, 4086), (65_535, 4086)])
    func readsUpToTheSize(_ size: Int, _ expected: Int) throws {
        let bench = try DeviceHarness()
        let (slot, peer) = try bench.acceptedClient(try bench.server())
        peer.send(data)
        #expect(try bench.read(slot, size) == Array(data[..<expected]))
        #expect(try bench.unread(slot) == data.count - expected)
        var rest: [UInt8] = []
        while case let bytes = try bench.read(slot), !bytes.isEmpty { rest += bytes }
        #expect(rest == Array(data[expected...]))
        #expect(!bench.device.interrupt)
        #expect(
            try bench.exchange(DeviceHarness.window(0x45, [[UInt8(slot)], [1, 0]])) == [
                0xE0, 0xC5, 1, 0, 0, 0xEE, 0, 0,
            ])
    }

    @Test func theLongestReplyFillsTheBuffer() throws {
        let bench = try DeviceHarness()
        let (slot, peer) = try bench.acceptedClient(try bench.server())
        peer.send(data)
        let reply = try bench.exchange(DeviceHarness.window(0x45, [[UInt8(slot)], [0xFF, 0xFF]]))
        #expect(reply.count == 4092)
        #expect(reply.last == 0xEE)
    }

    @Test func peeksAndReadsOneByte() throws {
        let bench = try DeviceHarness()
        let (slot, peer) = try bench.acceptedClient(try bench.server())
        let number = UInt8(slot)
        #expect(try bench.byte(0x2C, [number], [0]) == 0xFF)
        #expect(try bench.byte(0x2C, [number], [1]) == 0xFF)
        peer.send([5, 6])
        #expect(try bench.byte(0x2C, [number], [1]) == 5)
        #expect(try bench.byte(0x2C, [number], [1]) == 5)
        #expect(bench.device.interrupt)
        #expect(try bench.byte(0x2C, [number], [0]) == 5)
        #expect(bench.device.interrupt)
        #expect(try bench.byte(0x2C, [number], [0]) == 6)
        #expect(!bench.device.interrupt)
        #expect(try bench.byte(0x2C, [number], [0]) == 0xFF)
        #expect(try bench.byte(0x2C, [9], [0]) == 0)
        #expect(try bench.read(9) == [])
        #expect(try bench.byte(0x2A, [number]) == 1)
        #expect(try bench.byte(0x2A, [9]) == 1)
    }

    @Test func unreadIsClampedTo16Bits() throws {
        let bench = try DeviceHarness()
        let (slot, peer) = try bench.acceptedClient(try bench.server())
        peer.send(Array(repeating: 1, count: 70_000))
        #expect(try bench.unread(slot) == 65_535)
    }

    // MARK: SEND_DATA

    @Test func sends() throws {
        let bench = try DeviceHarness()
        let (slot, peer) = try bench.acceptedClient(try bench.server())
        #expect(try bench.send(slot, []) == 0)
        #expect(try bench.send(slot, Array(data[..<4083])) == 4083)
        #expect(peer.read() == Array(data[..<4083]))
        #expect(try bench.send(9, [1]) == 0)
        let reserved = try bench.getSocket()
        #expect(try bench.send(reserved, [1]) == 0)
        peer.reset()
        #expect(try bench.send(slot, [1]) == 0)
    }

    @Test func takesTheBytesThatAreThere() throws {
        let bench = try DeviceHarness()
        let (slot, peer) = try bench.acceptedClient(try bench.server())
        let number = UInt8(slot)
        let short: [UInt8] = [0xE0, 0x44, 0x02, 0x00, 0x01, number, 0x10, 0x00, 1, 2, 3, 4]
        #expect(try DeviceHarness.number(DeviceHarness.parameters(of: bench.exchange(short), 0x44)) == 4)
        #expect(peer.read() == [1, 2, 3, 4])
        // The largest length, in a window that holds 4084 bytes of data.
        let long: [UInt8] = [0xE0, 0x44, 0x02, 0x00, 0x01, number, 0xFF, 0xFF] + Array(data[..<4084])
        #expect(try DeviceHarness.number(DeviceHarness.parameters(of: bench.exchange(long), 0x44)) == 4084)
        #expect(peer.read() == Array(data[..<4084]))
        let none: [UInt8] = [0xE0, 0x44, 0x02, 0x00, 0x01, number, 0x00, 0x05]
        #expect(try DeviceHarness.number(DeviceHarness.parameters(of: bench.exchange(none), 0x44)) == 0)
        let cut: [UInt8] = [0xE0, 0x44, 0x02, 0x00, 0x01, number, 0x00]
        #expect(throws: Refused.self) { try DeviceHarness.parameters(of: bench.exchange(cut), 0x44) }
    }

    @Test func holdsOneFrameAndWaits100Milliseconds() throws {
        let bench = try DeviceHarness()
        bench.network.capacity = 100
        let (slot, peer) = try bench.acceptedClient(try bench.server())
        let start = bench.now
        #expect(try bench.send(slot, Array(data[..<50])) == 50)
        #expect(try bench.send(slot, Array(data[50..<150])) == 100)
        #expect(bench.now == start)
        #expect(try bench.send(slot, Array(data[150..<160])) == 0)
        #expect(bench.milliseconds(since: start) == 100)
        #expect(peer.read() == Array(data[..<100]))
        #expect(peer.received == Array(data[100..<150]))
        #expect(try bench.send(slot, Array(data[150..<160])) == 10)
        #expect(bench.milliseconds(since: start) == 100)
        #expect(peer.read() == Array(data[100..<160]))
    }

    @Test func theWaitEndsWhenThePeerReads() throws {
        let bench = try DeviceHarness()
        bench.network.capacity = 10
        let (slot, peer) = try bench.acceptedClient(try bench.server())
        #expect(try bench.send(slot, Array(data[..<15])) == 15)
        #expect(bench.start(DeviceHarness.window(0x44, [[UInt8(slot)], Array(data[15..<30])])) == nil)
        bench.pass(.milliseconds(40))
        #expect(bench.finish() == nil)
        #expect(peer.read() == Array(data[..<10]))
        #expect(try DeviceHarness.number(DeviceHarness.parameters(of: try #require(bench.finish()), 0x44)) == 15)
        #expect(peer.read() + peer.read() == Array(data[10..<30]))
    }

    @Test func theWaitEndsWithTheConnection() throws {
        let bench = try DeviceHarness()
        bench.network.capacity = 10
        let (slot, peer) = try bench.acceptedClient(try bench.server())
        #expect(try bench.send(slot, Array(data[..<15])) == 15)
        #expect(bench.start(DeviceHarness.window(0x44, [[UInt8(slot)], [1]])) == nil)
        peer.reset()
        bench.pass(.milliseconds(100))
        #expect(try DeviceHarness.number(DeviceHarness.parameters(of: try #require(bench.finish()), 0x44)) == 0)
        #expect(try bench.send(slot, [1]) == 0)
        #expect(try bench.state(slot) == 0)
    }

    @Test func aHalfClosedPeerStillReceives() throws {
        let bench = try DeviceHarness()
        let (slot, peer) = try bench.acceptedClient(try bench.server())
        peer.send([1])
        peer.finish()
        #expect(try bench.read(slot) == [1])
        #expect(try bench.send(slot, [2]) == 1)
        #expect(peer.read() == [2])
    }

    // MARK: To all clients

    @Test func aServerWritesToAllItsClients() throws {
        let bench = try DeviceHarness()
        let server = try bench.server(80)
        let other = try bench.server(81)
        let (_, accepted) = try bench.acceptedClient(server)
        let (_, stranger) = try bench.acceptedClient(other, 81)
        let listed = try #require(bench.network.connect(to: 80))
        listed.send([1])
        #expect(try bench.available(server) < 10)
        let silent = try #require(bench.network.connect(to: 80))
        #expect(try bench.available(server) < 10)
        let queued = try #require(bench.network.connect(to: 80))
        #expect(try bench.send(server, Array("all".utf8)) == 9)
        for peer in [accepted, listed, silent] { #expect(peer.read() == Array("all".utf8)) }
        #expect(stranger.read() == [] && queued.read() == [])
        silent.reset()
        #expect(try bench.send(server, [1]) == 2)
    }

    @Test func aSlowClientDoesNotStopTheOthers() throws {
        let bench = try DeviceHarness()
        bench.network.capacity = 10
        let server = try bench.server()
        let (slot, slow) = try bench.acceptedClient(server)
        let (_, fast) = try bench.acceptedClient(server)
        #expect(try bench.send(slot, Array(1...15)) == 15)
        let start = bench.now
        #expect(try bench.send(server, [7]) == 1)
        #expect(bench.now == start)
        #expect(fast.read() == [7])
        #expect(slow.read() + slow.read() == Array(1...15))
    }

    /// A waiting client has no slot; SEND_DATA to its server must reach it all the same.
    @Test func aListedClientWithoutASlotGetsAllOfAFrame() throws {
        let bench = try DeviceHarness()
        bench.network.capacity = 10
        let server = try bench.server()
        let silent = try #require(bench.network.connect(to: 80))
        #expect(try bench.available(server) == 255)
        #expect(try bench.send(server, Array(1...15)) == 15)
        #expect(silent.read() == Array(1...10))
        #expect(silent.read() == Array(11...15), "the rest arrives without another command")
        #expect(try bench.send(server, Array(1...15)) == 15)
        silent.finish()
        #expect(try bench.available(server) == 255)
        #expect(silent.isFinished)
        #expect(silent.read() == Array(1...15), "the rest is delivered before the end")
    }
}
