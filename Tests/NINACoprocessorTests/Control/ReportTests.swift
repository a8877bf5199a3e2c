import NINALink
import NINAWire
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct ReportTests {
    @Test func sockets() throws {
        let bench = try DeviceHarness()
        let outside = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 99))
        let server = try bench.server()
        bench.pass(.seconds(2))
        let (client, peer) = try bench.acceptedClient(server)
        peer.send([1, 2, 3])
        let own = try bench.getSocket()
        #expect(try bench.connect(own, to: 99))
        #expect(outside.accepted.count == 1)
        let reserved = try bench.getSocket()
        bench.pass(.seconds(3))
        let report = bench.device.report(at: bench.now)
        #expect(report.sockets.map(\.number) == [server, client, own, reserved])
        #expect(report.sockets.map(\.state) == [.listening, .established, .established, .reserved])
        #expect(report.sockets.map(\.owner) == [.host, .server(slot: server), .host, .host])
        #expect(report.sockets.map(\.localPort) == [80, 80, nil, nil])
        #expect(report.sockets[1].peer == peer.endpoint && report.sockets[1].unread == 3)
        #expect(report.sockets[2].peer == Endpoint(address: DeviceHarness.outside, port: 99))
        #expect(report.sockets.map(\.age) == [.seconds(5), .seconds(3), .seconds(3), .seconds(3)])
        #expect((report.slotCount, report.slotsInUse, report.clientCount) == (10, 3, 1))
        peer.finish()
        #expect(try bench.read(client) == [1, 2, 3])
        #expect(bench.device.report(at: bench.now).sockets[1].state == .closed)
    }

    @Test func clientsThatWaitAndBSDSockets() throws {
        let bench = try DeviceHarness { $0.firmware = .arduino148 }
        let server = try bench.server()
        let peer = try #require(bench.network.connect(to: 80))
        let waiting = try #require(bench.device.report(at: bench.now).sockets.last)
        #expect(waiting.owner == .waiting(slot: server) && waiting.peer == peer.endpoint && waiting.number == nil)
        let modern = try DeviceHarness()
        let number = try modern.byte(0x70, [1], [0])
        let report = modern.device.report(at: modern.now)
        #expect(report.sockets.map(\.number) == [number])
        #expect(report.sockets.map(\.owner) == [.bsd])
    }

    @Test func counters() throws {
        let bench = try DeviceHarness()
        let before = bench.device.report(at: bench.now).counters
        _ = try bench.status()
        _ = try bench.status()
        _ = try bench.ask(0x27)
        #expect(throws: Refused.self) { try bench.ask(0x13) }
        let after = bench.device.report(at: bench.now).counters
        #expect(after.commands(.getConnStatus) == before.commands(.getConnStatus) + 2)
        #expect(after.commandCount == before.commandCount + 3)
        #expect(after.refused == 1)
        // E0 20 00 EE, padded: four windows of 4 bytes.
        #expect(after.bytesIn == before.bytesIn + 16)
        // The scan took 30 ms.
        #expect(after.latencies == [0, 0, 1, 0, 0, 0])
        #expect(after.latencySum == 30_000)
        // A reset does not clear them.
        #expect(bench.device.boot(bluetooth: false, at: bench.now))
        #expect(bench.device.report(at: bench.now).counters == after)
    }

    @Test func conditions() throws {
        let bench = try DeviceHarness()
        func holds(_ condition: Condition) -> Bool { condition.holds(bench.device.report(at: bench.now)) }
        #expect(holds(.joined(true)) && !holds(.joined(false)))
        #expect(holds(.status(.connected)) && holds(.reason(0)))
        #expect(!holds(.listening(port: 80)) && !holds(.clients(atLeast: 1)) && holds(.slotsUsed(atMost: 0)))
        let server = try bench.server()
        _ = try bench.acceptedClient(server)
        #expect(holds(.listening(port: 80)) && holds(.clients(atLeast: 1)) && !holds(.clients(atLeast: 2)))
        #expect(holds(.slotsUsed(atMost: 2)) && !holds(.slotsUsed(atMost: 1)) && holds(.slotsTaken(atLeast: 2)))
        #expect(holds(.commandSeen(.startServer, count: 1)) && !holds(.commandSeen(.startServer, count: 2)))
        #expect(holds(.boots(atLeast: 1)) && !holds(.boots(atLeast: 2)))
        #expect(!holds(.stations(atLeast: 1)) && !holds(.faultFired(id: "x", count: 1)))
        _ = try bench.byte(0x50, [26], [1])
        #expect(!holds(.output(pin: 26, level: true)))
        _ = try bench.byte(0x51, [26], [1])
        #expect(holds(.output(pin: 26, level: true)))
    }
}
