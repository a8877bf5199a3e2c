import NINALink
import NINAWire
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct ClientTests {
    @Test func getSocketReserves() throws {
        let bench = try DeviceHarness { $0.slots = 3 }
        #expect(try bench.getSocket() == 0)
        #expect(try bench.getSocket() == 1)
        #expect(try bench.getSocket() == 2)
        #expect(try bench.getSocket() == 255)
        bench.pass(.milliseconds(999))
        #expect(try bench.getSocket() == 255)
        bench.pass(.milliseconds(1))
        #expect(try bench.getSocket() == 0)
        #expect(try bench.getSocket() == 1)
        #expect(try bench.stop(0) == 1)
        #expect(try bench.getSocket() == 0)
        #expect(try bench.state(0) == 0)
        #expect(try bench.getSocket() == 0)
        #expect(try bench.stopServer(0) == 1)
        #expect(try bench.getSocket() == 0)
    }

    @Test func connectsByAddress() throws {
        let bench = try DeviceHarness()
        let outside = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 7))
        let slot = try bench.getSocket()
        #expect(try bench.connect(slot, to: 7))
        #expect(outside.accepted.count == 1)
        #expect(try bench.ask(0x3A, [UInt8(slot)]) == [[10, 0, 0, 1], [0, 7]])
        #expect(try bench.state(slot) == 4)
        // A slot in use.
        #expect(try !bench.connect(slot, to: 7))
        #expect(outside.accepted.count == 1)
        #expect(try bench.state(slot) == 4)
        // A slot that was not reserved.
        #expect(try bench.connect(6, to: 7))
        #expect(try bench.getSocket() == 1)
    }

    @Test func connectsByName() throws {
        let bench = try DeviceHarness()
        bench.network.hosts["box"] = DeviceHarness.outside
        let outside = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 7))
        #expect(try bench.connect(0, to: 7, name: "box"))
        #expect(try bench.connect(1, to: 7, name: "box\0"))
        #expect(try bench.connect(2, to: 7, name: "10.0.0.1"))
        #expect(try bench.connect(3, to: 7, name: ""))
        #expect(outside.accepted.count == 4)
        #expect(try !bench.connect(4, to: 7, name: "nowhere"))
        #expect(try bench.getSocket() == 4)
    }

    @Test func isRefused() throws {
        let bench = try DeviceHarness()
        let slot = try bench.getSocket()
        let reply = try bench.exchange(DeviceHarness.connectWindow(slot, to: 9))
        #expect(reply == [0xE0, 0xAD, 0x00, 0xEE])
        #expect(try bench.getSocket() == slot)
        #expect(bench.network.openSockets == 0)
    }

    @Test(arguments: [(nil as UInt16?, 5000 as UInt64), (0, 5000), (1, 1), (250, 250), (65_535, 65_535)])
    func timesOut(_ milliseconds: UInt16?, _ expected: UInt64) throws {
        let bench = try DeviceHarness()
        bench.network.answersAtOnce = false
        let start = bench.now
        #expect(try !bench.connect(0, to: 7, name: milliseconds == nil ? nil : "", milliseconds: milliseconds))
        #expect(bench.milliseconds(since: start) == expected)
        #expect(bench.network.openSockets == 0)
        // Late events have no effect.
        bench.network.connectNow()
        #expect(try bench.state(0) == 0)
        #expect(try bench.getSocket() == 0)
    }

    @Test func theTimeCoversTheLookUpToo() throws {
        let bench = try DeviceHarness()
        bench.network.answersAtOnce = false
        bench.network.hosts["box"] = DeviceHarness.outside
        let outside = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 7))
        let start = bench.now
        #expect(bench.start(DeviceHarness.connectWindow(0, to: 7, name: "box", milliseconds: 100)) == nil)
        bench.pass(.milliseconds(60))
        #expect(bench.finish() == nil)
        bench.network.resolveNow()
        #expect(bench.finish() == nil)
        #expect(bench.device.nextDeadline == start.advanced(by: .milliseconds(100)))
        bench.pass(.milliseconds(40))
        #expect(bench.finish() == [0xE0, 0xAD, 0x00, 0xEE])
        bench.network.connectNow()
        #expect(outside.accepted.isEmpty)
        // The look-up alone may exceed the time-out; its late result is ignored.
        #expect(try !bench.connect(0, to: 7, name: "box", milliseconds: 100))
        #expect(bench.start(DeviceHarness.connectWindow(1, to: 7, name: "other", milliseconds: 100)) == nil)
        bench.network.hosts["box"] = nil
        bench.network.resolveNow()
        #expect(bench.finish() == [0xE0, 0xAD, 0x00, 0xEE])
    }

    @Test func needsAnAssociation() throws {
        let bench = try DeviceHarness(joined: false)
        bench.network.hosts["box"] = DeviceHarness.outside
        _ = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 7))
        let slot = try bench.getSocket()
        #expect(try !bench.connect(slot, to: 7))
        #expect(try bench.getSocket() == slot)
        #expect(try !bench.connect(slot, to: 7, name: "box"))
        #expect(try bench.startServer(80, slot) == 1)
        try bench.join()
        #expect(try bench.connect(1, to: 7))
        let free = try DeviceHarness(joined: false) { $0.allowsSocketsWithoutJoin = true }
        _ = free.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 7))
        #expect(try free.connect(0, to: 7))
    }

    @Test(arguments: [2, 3, 4, 200] as [UInt8])
    func knowsNoOtherType(_ type: UInt8) throws {
        let bench = try DeviceHarness()
        _ = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 7))
        #expect(try bench.exchange(DeviceHarness.connectWindow(0, to: 7, type: type)) == [0xE0, 0xAD, 0x00, 0xEE])
        #expect(try bench.getSocket() == 0)
    }

    @Test func stopFreesAtOnceAndDelivers() throws {
        let bench = try DeviceHarness()
        bench.network.capacity = 1000
        let server = try bench.server()
        let (slot, peer) = try bench.acceptedClient(server)
        let data = (0..<3000).map { UInt8($0 % 251) }
        #expect(try bench.send(slot, data) == 3000)
        #expect(peer.received.count == 1000)
        #expect(try bench.stop(slot) == 1)
        #expect(peer.isFinished && !peer.wasReset)
        #expect(peer.read() == data)
        #expect(try bench.getSocket() == slot)
        #expect(try bench.stop(slot) == 1)
        #expect(try bench.stop(slot) == 1)
    }

    @Test func stopOnAServerEndsIt() throws {
        let bench = try DeviceHarness()
        let server = try bench.server()
        #expect(try bench.stop(server) == 1)
        #expect(try !bench.listens(server))
        #expect(bench.network.openSockets == 0)
    }

    @Test func stateFreesWhatItFindsClosed() throws {
        let bench = try DeviceHarness()
        let server = try bench.server()
        let (slot, peer) = try bench.acceptedClient(server)
        peer.send([1, 2])
        peer.finish()
        #expect(try bench.state(slot) == 4)
        #expect(try bench.read(slot) == [1, 2])
        #expect(try bench.state(slot) == 0)
        #expect(peer.isFinished)
        #expect(bench.network.openSockets == 1)
        #expect(try bench.getSocket() == slot)
        // Servers and other clients are unaffected.
        #expect(try bench.state(server) == 0)
        #expect(try bench.listens(server))
        let (other, vanished) = try bench.acceptedClient(server)
        vanished.send([1])
        vanished.reset()
        #expect(try bench.state(other) == 0)
        #expect(try bench.getSocket() == other)
    }

    @Test func aPeerThatStillReadsKeepsItsConnection() throws {
        let bench = try DeviceHarness()
        bench.network.capacity = 10
        let server = try bench.server()
        let (slot, peer) = try bench.acceptedClient(server)
        #expect(try bench.send(slot, Array(1...20)) == 20)
        peer.finish()
        #expect(try bench.state(slot) == 4)
        #expect(peer.read() == Array(1...10))
        #expect(peer.read() == Array(11...20))
        #expect(try bench.state(slot) == 0)
        #expect(peer.isFinished)
    }

    @Test func remoteOfAFreeSlotIsZero() throws {
        let bench = try DeviceHarness()
        #expect(try bench.ask(0x3A, [4]) == [[0, 0, 0, 0], [0, 0]])
    }
}
