import NINAWire
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct ServerTests {
    @Test func startsOnceAndAgain() throws {
        let bench = try DeviceHarness()
        #expect(try bench.startServer(80, 0) == 1)
        #expect(try bench.listens(0))
        let peer = try #require(bench.network.connect(to: 80))
        #expect(try bench.startServer(80, 0) == 1)
        #expect(try bench.accept(0) == 1)
        #expect(try bench.remotePort(1) == peer.endpoint.port)
        // Another port on the same slot moves the server.
        #expect(try bench.startServer(81, 0) == 1)
        #expect(bench.network.connect(to: 80) == nil)
        #expect(bench.network.connect(to: 81) != nil)
        #expect(try bench.state(1) == 4)
        // A port in use.
        #expect(try bench.startServer(81, 2) == 0)
        #expect(try !bench.listens(2))
        #expect(try bench.getSocket() == 2)
        // A slot with a client.
        #expect(try bench.startServer(82, 1) == 0)
        #expect(try bench.state(1) == 4)
    }

    @Test func movingToATakenPortEndsTheServer() throws {
        let bench = try DeviceHarness()
        #expect(try bench.startServer(80, 0) == 1)
        #expect(try bench.startServer(81, 1) == 1)
        #expect(try bench.startServer(81, 0) == 0)
        #expect(try !bench.listens(0))
        #expect(try bench.listens(1))
        #expect(bench.network.openSockets == 1)
    }

    @Test func endsAReservationEvenWhenItFails() throws {
        let bench = try DeviceHarness()
        #expect(try bench.startServer(80, 5) == 1)
        #expect(try bench.getSocket() == 0)
        #expect(try bench.startServer(80, 0) == 0)
        #expect(try bench.getSocket() == 0)
        #expect(try bench.startServer(99, 0, type: 9) == 0)
        #expect(try bench.getSocket() == 0)
    }

    @Test func takesTheFormWithAnAddress() throws {
        let bench = try DeviceHarness()
        #expect(try bench.byte(0x28, [0, 0, 0, 0], [0, 80], [0], [0]) == 1)
        #expect(try bench.listens(0))
    }

    @Test func stops() throws {
        let bench = try DeviceHarness()
        let server = try bench.server()
        let (accepted, acceptedPeer) = try bench.acceptedClient(server)
        let listedPeer = try #require(bench.network.connect(to: 80))
        listedPeer.send([1])
        let listed = try bench.available(server)
        let silentPeer = try #require(bench.network.connect(to: 80))
        #expect(try bench.available(server) == listed)
        let queuedPeer = try #require(bench.network.connect(to: 80))
        #expect(try bench.stopServer(server) == 1)
        #expect(try !bench.listens(server))
        #expect(listedPeer.isFinished && silentPeer.isFinished && queuedPeer.wasReset)
        #expect(!acceptedPeer.isFinished && !acceptedPeer.wasReset)
        #expect(try bench.state(accepted) == 4)
        #expect(try bench.state(listed) == 0)
        #expect(bench.network.connect(to: 80) == nil)
        #expect(bench.network.openSockets == 1)
        // A free slot, a client, a reservation: nothing is stopped.
        #expect(try bench.stopServer(server) == 1)
        #expect(try bench.stopServer(accepted) == 1)
        #expect(try bench.state(accepted) == 4)
        let reserved = try bench.getSocket()
        #expect(try bench.stopServer(reserved) == 1)
        #expect(try bench.getSocket() == reserved)
    }

    @Test func acceptsEachOnceInOrder() throws {
        let bench = try DeviceHarness()
        let server = try bench.server()
        #expect(try bench.accept(server) == 255)
        let peers = try (0..<5).map { _ in try #require(bench.network.connect(to: 80)) }
        for index in 0..<5 {
            let slot = try bench.accept(server)
            #expect(slot == index + 1)
            #expect(try bench.remotePort(slot) == peers[index].endpoint.port)
        }
        #expect(try bench.accept(server) == 255)
        peers[3].send([1])
        #expect(try bench.available(server) == 255)
    }

    @Test func honoursTheFlagOnlyWhereTheParameterIs() throws {
        let bench = try DeviceHarness()
        let server = try bench.server()
        let peer = try #require(bench.network.connect(to: 80))
        // One parameter, and nonzero padding.
        let plain: [UInt8] = [0xE0, 0x2B, 0x01, 0x01, UInt8(server), 0xEE, 0xFF, 0xFF]
        #expect(try DeviceHarness.parameters(of: bench.exchange(plain), 0x2B) == [[0xFF, 0x00]])
        let flagged: [UInt8] = [0xE0, 0x2B, 0x02, 0x01, UInt8(server), 0x01, 0x00, 0xEE]
        #expect(try DeviceHarness.parameters(of: bench.exchange(flagged), 0x2B) == [[0xFF, 0x00]])
        peer.send([7])
        #expect(try DeviceHarness.parameters(of: bench.exchange(plain), 0x2B) == [[0x01, 0x00]])
        let second = try #require(bench.network.connect(to: 80))
        let accepting: [UInt8] = [0xE0, 0x2B, 0x02, 0x01, UInt8(server), 0x01, 0x07, 0xEE]
        #expect(try DeviceHarness.parameters(of: bench.exchange(accepting), 0x2B) == [[0x02, 0x00]])
        #expect(try bench.remotePort(2) == second.endpoint.port)
        // The count says two parameters, and the second is missing.
        let cut: [UInt8] = [0xE0, 0x2B, 0x02, 0x01, UInt8(server)]
        #expect(throws: Refused.self) { try DeviceHarness.parameters(of: bench.exchange(cut), 0x2B) }
    }

    @Test func availableKeepsAClientUntilItIsDrained() throws {
        let bench = try DeviceHarness()
        let server = try bench.server()
        let first = try #require(bench.network.connect(to: 80))
        let second = try #require(bench.network.connect(to: 80))
        #expect(try bench.available(server) == 255)
        second.send(Array("two".utf8))
        let slot = try bench.available(server)
        #expect(try bench.remotePort(slot) == second.endpoint.port)
        first.send(Array("one".utf8))
        #expect(try bench.available(server) == slot)
        #expect(try bench.read(slot, 2) == Array("tw".utf8))
        #expect(try bench.available(server) == slot)
        #expect(try bench.read(slot) == Array("o".utf8))
        let other = try bench.available(server)
        #expect(try bench.remotePort(other) == first.endpoint.port)
        #expect(try bench.read(other) == Array("one".utf8))
        #expect(try bench.available(server) == 255)
    }

    @Test func aBusyClientGivesWayAfter16KiB() throws {
        let bench = try DeviceHarness()
        let server = try bench.server()
        let busy = try #require(bench.network.connect(to: 80))
        busy.send(Array(repeating: 1, count: 60_000))
        let slot = try bench.available(server)
        // A single client keeps its turn.
        for _ in 0..<5 {
            _ = try bench.read(slot)
            #expect(try bench.available(server) == slot)
        }
        let other = try #require(bench.network.connect(to: 80))
        other.send(Array(repeating: 2, count: 40_000))
        var order: [Int] = []
        var slots: [Int] = []
        for _ in 0..<16 {
            let next = try bench.available(server)
            if slots.last != next { slots.append(next) }
            order.append(next)
            _ = try bench.read(next)
        }
        // The first turn had begun; each later one has 5 reads (16 KiB and the rest of the last read).
        #expect(slots.count >= 3)
        for (a, b) in zip(slots, slots.dropFirst()) { #expect(a != b) }
        #expect(order.filter { $0 != slot }.count >= 5)
        let otherSlot = try #require(order.first { $0 != slot })
        let run = order.drop { $0 != otherSlot }.prefix { $0 == otherSlot }
        #expect(run.count == 5)
    }

    @Test func aNewClientOnTheSlotHasAWholeTurn() throws {
        let bench = try DeviceHarness()
        let server = try bench.server()
        let first = try #require(bench.network.connect(to: 80))
        first.send(Array(repeating: 1, count: 4086 * 4))
        let slot = try bench.available(server)
        for _ in 0..<4 { #expect(try bench.read(slot).count == 4086) }
        #expect(try bench.stop(slot) == 1)
        let second = try #require(bench.network.connect(to: 80))
        second.send(Array(repeating: 2, count: 4086 * 6))
        let third = try #require(bench.network.connect(to: 80))
        third.send([3])
        #expect(try bench.available(server) == slot)
        #expect(try bench.read(slot).count == 4086)
        #expect(try bench.available(server) == slot, "the bytes of the client before it do not count")
    }

    @Test func aClientThatWasNeverReturnedCanBeAccepted() throws {
        let bench = try DeviceHarness()
        let server = try bench.server()
        let silent = try #require(bench.network.connect(to: 80))
        #expect(try bench.available(server) == 255)
        let slot = try bench.accept(server)
        #expect(try bench.remotePort(slot) == silent.endpoint.port)
        silent.send([1])
        #expect(try bench.available(server) == 255)
        #expect(try bench.read(slot) == [1])
    }

    @Test func clientsThatVanishLeaveTheList() throws {
        let bench = try DeviceHarness()
        let server = try bench.server()
        let silent = try #require(bench.network.connect(to: 80))
        #expect(try bench.available(server) == 255)
        silent.finish()
        #expect(try bench.available(server) == 255)
        #expect(silent.isFinished)
        #expect(bench.network.openSockets == 1)
        #expect(try bench.accept(server) == 255)
        let talker = try #require(bench.network.connect(to: 80))
        talker.send([9])
        talker.finish()
        let slot = try bench.available(server)
        #expect(try bench.read(slot) == [9])
    }

    @Test func serversDoNotShareClients() throws {
        let bench = try DeviceHarness()
        let a = try bench.server(80)
        let b = try bench.server(81)
        let peerA = try #require(bench.network.connect(to: 80))
        let peerB = try #require(bench.network.connect(to: 81))
        peerA.send([1])
        peerB.send([2])
        let slotB = try bench.available(b)
        #expect(try bench.available(b) == slotB)
        let slotA = try bench.available(a)
        #expect(try bench.remotePort(slotA) == peerA.endpoint.port)
        #expect(try bench.remotePort(slotB) == peerB.endpoint.port)
        #expect(try bench.stopServer(b) == 1)
        #expect(try bench.available(a) == slotA)
        #expect(peerB.isFinished)
    }

    @Test func answersForSlotsThatAreNoServers() throws {
        let bench = try DeviceHarness()
        #expect(try bench.unread(3) == 0)
        #expect(try bench.accept(3) == 0)
        #expect(try !bench.listens(3))
        let server = try bench.server()
        let (client, _) = try bench.acceptedClient(server)
        #expect(try !bench.listens(client))
        #expect(try bench.accept(client) == 0)
    }
}
