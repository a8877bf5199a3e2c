import NINAWire
import Testing

@testable import NINACoprocessor

extension SlotTable {
    /// What the tally says that is not so; nil when all of it is. Derived from the slots, without the marks.
    var tallyFault: String? {
        var inUse = 0
        var unread = 0
        var datagrams = 0
        var listeners = 0
        var clientsWithoutSlot = 0
        for index in indices {
            if tally[index] != marks(index) { return "slot \(index) has other marks" }
            let slot = self[index]
            if slot.isInUse { inUse += 1 }
            if slot.client?.connection.hasUnread ?? slot.datagram?.hasUnread ?? false { unread += 1 }
            if isDatagram(index) { datagrams += 1 }
            guard let listener = listener(index) else { continue }
            listeners += 1
            if listener.hasClientsWithoutSlot { clientsWithoutSlot += 1 }
        }
        let isTrue =
            (inUse, unread, datagrams) == (tally.inUse, tally.unread, tally.datagrams)
            && (listeners, clientsWithoutSlot) == (tally.listeners, tally.clientsWithoutSlot)
        return isTrue ? nil : "a count is wrong"
    }
}

/// IRQ asks the tally. `ModelTests` and `HostileFramesTests` compare the tally with the slots after every step.
@Suite(.timeLimit(.minutes(10))) struct SlotTallyTests {
    /// Many slots with many open clients behave as few.
    @Test(arguments: [Firmware.modern, .arduino200], [(10, 6), (64, 60)])
    func interruptDoesNotDependOnTheNumber(_ firmware: Firmware, _ size: (slots: Int, clients: Int)) throws {
        let bench = try DeviceHarness.firmware(firmware) {
            $0.slots = size.slots
            $0.backlog = 4
        }
        let server = try bench.startedServer()
        var clients: [(slot: Int, peer: VirtualPeer)] = []
        for _ in 0..<size.clients { clients.append(try bench.servedClient(server)) }
        #expect(clients.map(\.slot) == Array(1...size.clients))
        #expect(!bench.device.interrupt)
        for client in [clients[0], clients[size.clients / 2], clients[size.clients - 1]] {
            client.peer.send([1, 2])
            #expect(bench.device.interrupt)
            #expect(try bench.read(client.slot, 1) == [1])
            #expect(bench.device.interrupt)
            #expect(try bench.read(client.slot, 1) == [2])
            #expect(!bench.device.interrupt)
        }
        // As many as there are slots are announced, and in `modern` no other.
        for slot in (size.clients + 1)..<size.slots {
            _ = try #require(bench.network.connect(to: 80))
            #expect(bench.device.interrupt)
            #expect(try bench.accept(server) == slot)
            #expect(!bench.device.interrupt)
        }
        _ = try #require(bench.network.connect(to: 80))
        #expect(!bench.device.interrupt)
        #expect(try bench.accept(server) == 255)
        #expect(try bench.stop(1) == 1)
        #expect(bench.device.interrupt == (firmware.name.description == "modern"))
        #expect(bench.device.device.sockets.slots.tallyFault == nil)
    }
}
