import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// Random commands and datagrams against a simple model of a slot.
@Suite(.timeLimit(.minutes(10))) struct DatagramModelTests {
    private struct ModelSlot {
        var port: UInt16
        var queue: [(bytes: [UInt8], sender: Endpoint)] = []
        var destination: Endpoint?
        var outgoing: [UInt8] = []
        var lacksPiece = false
    }

    private final class World {
        let bench: DeviceHarness
        var random: RandomSource
        var slots: [Int: ModelSlot] = [:]
        var sent: [VirtualDatagram] = []
        var number: UInt16 = 0

        init() throws {
            bench = try DeviceHarness()
            random = RandomSource("datagrams")
        }

        func step() throws {
            let slot = Int.random(in: 0..<4, using: &random)
            switch Int.random(in: 0..<12, using: &random) {
            case 0: try start(slot)
            case 1:
                #expect(try bench.stop(slot) == 1)
                slots[slot] = nil
            case 2: try setDestination(slot)
            case 3, 4: try insert(slot)
            case 5: try send(slot)
            case 6, 7, 8: arrive()
            default: try read(slot)
            }
            #expect(bench.device.interrupt == slots.values.contains { !$0.queue.isEmpty })
            #expect(bench.network.openSockets == slots.count)
            #expect(bench.network.datagrams == sent)
        }

        private func start(_ slot: Int) throws {
            let port = UInt16.random(in: 5000..<5006, using: &random)
            // A replaced socket releases its port first.
            let isTaken = slots.contains { $0.key != slot && $0.value.port == port }
            #expect(try bench.startUDP(port, slot) == (isTaken ? 0 : 1))
            if slots[slot]?.port == port { return }  // the socket stays as it is
            let old = slots.removeValue(forKey: slot)
            guard !isTaken else { return }
            slots[slot] = ModelSlot(
                port: port, destination: old?.destination, outgoing: old?.outgoing ?? [],
                lacksPiece: old?.lacksPiece ?? false)
        }

        private func setDestination(_ slot: Int) throws {
            number += 1
            #expect(try bench.setDestination(slot, number))
            var model = slots[slot] ?? ModelSlot(port: 0)
            model.destination = Endpoint(address: DeviceHarness.outside, port: number)
            model.outgoing = []
            model.lacksPiece = false
            slots[slot] = model
        }

        private func insert(_ slot: Int) throws {
            let bytes = [UInt8](
                repeating: UInt8(truncatingIfNeeded: number), count: .random(in: 0...900, using: &random))
            let fits = (slots[slot]?.outgoing.count ?? 2000) + bytes.count <= 1500
            #expect(try bench.insert(slot, bytes) == (fits ? 1 : 0))
            if fits { slots[slot]?.outgoing += bytes } else { slots[slot]?.lacksPiece = true }
        }

        private func send(_ slot: Int) throws {
            // Without a destination it depends on the last sender, which has its own test.
            guard let model = slots[slot], let destination = model.destination else { return }
            #expect(try bench.sendUDP(slot) == (model.lacksPiece ? 0 : 1))
            slots[slot]?.outgoing = []
            slots[slot]?.lacksPiece = false
            guard !model.lacksPiece else { return }
            let port = try #require(bench.network.datagrams.last).port
            if model.port != 0 { #expect(port == model.port) }
            sent.append(VirtualDatagram(port: port, remote: destination, bytes: model.outgoing))
        }

        private func arrive() {
            number += 1
            let bytes = [UInt8](
                repeating: UInt8(truncatingIfNeeded: number), count: .random(in: 0...600, using: &random))
            let sender = Endpoint(address: IPv4Address(10, 0, 0, 7), port: number)
            let port = UInt16.random(in: 5000..<5006, using: &random)
            bench.network.send(bytes, toPort: port, from: sender)
            for slot in slots.keys where slots[slot]?.port == port && !bytes.isEmpty {
                slots[slot]?.queue.append((bytes, sender))
            }
        }

        private func read(_ slot: Int) throws {
            guard let first = slots[slot]?.queue.first else {
                #expect(try bench.unread(slot) == 0)
                #expect(try bench.read(slot) == [])
                return
            }
            let limit = Int.random(in: 0...600, using: &random)
            if Bool.random(using: &random) {
                #expect(try bench.unread(slot) == first.bytes.count)
                #expect(try bench.getData(slot, peek: true) == Int(first.bytes[0]))
            }
            #expect(try bench.read(slot, limit) == Array(first.bytes.prefix(limit)))
            if limit >= first.bytes.count {
                slots[slot]?.queue.removeFirst()
            } else {
                slots[slot]?.queue[0].bytes.removeFirst(limit)
            }
        }
    }

    @Test func slotsHoldWhatTheModelSays() throws {
        let world = try World()
        for _ in 0..<5000 { try world.step() }
    }
}
