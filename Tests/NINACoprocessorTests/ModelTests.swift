import NINALink
import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// Random steps, after each of which the coprocessor and the model must agree: reply, bytes, IRQ.
@Suite(.timeLimit(.minutes(10))) struct ModelTests {
    @Test(arguments: [2, 4, 10])
    func agrees(_ slots: Int) throws {
        var random = RandomSource("ModelTests(\(slots) slots)")
        var run = try Run(slots: slots)
        for step in 0..<20_000 {
            try run.step(&random)
            let expected = run.model.interrupt(run.bench.now)
            try #require(run.bench.device.interrupt == expected, "IRQ after step \(step): \(run.last)")
            let fault = run.bench.device.device.sockets.slots.tallyFault
            try #require(fault == nil, "the tally after step \(step): \(run.last)")
        }
        try run.end()
    }

    struct Run {
        let bench: DeviceHarness
        var model: Model
        var peers: [ModelPeer] = []
        var last = ""
        var counter: UInt8 = 0
        private let count: Int

        init(slots: Int) throws {
            bench = try DeviceHarness { $0.slots = slots }
            bench.network.capacity = 3000
            model = Model(slots: slots, capacity: 3000)
            count = slots
        }

        mutating func bytes(_ count: Int) -> [UInt8] {
            (0..<count).map { _ in
                counter &+= 1
                return counter
            }
        }

        mutating func step(_ random: inout RandomSource) throws {
            let slot = random.below(count)
            switch random.below(24) {
            case 0: try check("GET_SOCKET", bench.getSocket(), model.reserve(bench.now))
            case 1:
                let port = UInt16(80 + random.below(3))
                try check("START_SERVER \(port) \(slot)", bench.startServer(port, slot), model.start(slot, port))
            case 2 where random.below(8) == 0: try stopServer(slot)
            case 2, 3, 4, 5: try handOut(slot, &random)
            case 6, 7, 8: try read(slot, 1 + random.below(6000))
            case 9, 10: try send(slot, random.below(4084))
            case 11: try state(slot)
            case 12: try stop(slot, &random)
            case 13, 14, 15: connect(UInt16(80 + random.below(3)))
            case 16, 17, 18, 19: talk(&random)
            case 20, 21: try listen(&random)
            case 22: leave(&random)
            default: bench.pass(.milliseconds(random.below(700)))
            }
        }

        mutating func check(_ what: String, _ found: Int, _ expected: Int) throws {
            last = what
            try #require(found == expected, "\(what)")
        }

        mutating func stopServer(_ slot: Int) throws {
            switch model.slots[slot] {
            case .server: model.stopServer(slot)
            case .reserved: model.slots[slot] = .free
            default: break
            }
            try check("STOP_SERVER \(slot)", bench.stopServer(slot), 1)
        }

        mutating func handOut(_ any: Int, _ random: inout RandomSource) throws {
            let servers = model.servers.keys.sorted()
            guard let server = servers.randomElement(using: &random) else { return }
            if random.below(2) == 0 {
                try check("accept \(server)", bench.accept(server), model.accept(server, bench.now))
            } else {
                try check("available \(server)", bench.available(server), model.available(server, bench.now))
            }
        }

        mutating func read(_ slot: Int, _ size: Int) throws {
            last = "GET_DATABUF \(slot) \(size)"
            try #require(try bench.read(slot, size) == model.read(slot, size), "\(last)")
        }

        mutating func send(_ slot: Int, _ size: Int) throws {
            let data = bytes(size)
            var expected = 0
            switch model.slots[slot] {
            case .client(let peer, _, _): expected = model.send(peer, data)
            case .server:
                for client in model.clients(ofServer: slot) { expected += model.send(client.peer, data) }
                for peer in model.servers[slot]?.waiting ?? [] { expected += model.send(peer, data) }
            case .free, .reserved: break
            }
            try check("SEND_DATA \(slot) \(size)", bench.send(slot, data), min(expected, 65_535))
        }

        mutating func state(_ slot: Int) throws {
            var expected = 0
            switch model.slots[slot] {
            case .client(let peer, _, _):
                if peer.isOpen || model.holds(for: peer) { expected = 4 } else { model.close(slot) }
            case .reserved: model.slots[slot] = .free
            case .free, .server: break
            }
            try check("GET_CLIENT_STATE \(slot)", bench.state(slot), expected)
        }

        mutating func stop(_ slot: Int, _ random: inout RandomSource) throws {
            switch model.slots[slot] {
            case .client, .reserved: model.close(slot)
            case .server:
                guard random.below(10) == 0 else { return }
                model.stopServer(slot)
            case .free: break
            }
            try check("STOP_CLIENT \(slot)", bench.stop(slot), 1)
        }

        // MARK: The world outside

        mutating func connect(_ port: UInt16) {
            last = "connect to \(port)"
            let server = model.slots.indices.first { if case .server(port) = model.slots[$0] { true } else { false } }
            let peer = bench.network.connect(to: port).map { ModelPeer($0) }
            let hasRoom = server.map { (model.servers[$0]?.queue.count ?? 0) <= Firmware.modern.backlog }
            #expect((peer != nil) == (hasRoom ?? false))
            guard let server, let peer else { return }
            model.servers[server]?.queue.append(peer)
            peers.append(peer)
        }

        mutating func talk(_ random: inout RandomSource) {
            guard let peer = peers.randomElement(using: &random), !peer.hasFinished, !peer.isClosed, !peer.isReset
            else { return }
            last = "a peer sends"
            let data = bytes(random.below(6000))
            peer.unread += data
            peer.peer.send(data)
        }

        mutating func listen(_ random: inout RandomSource) throws {
            guard let index = peers.indices.randomElement(using: &random) else { return }
            let peer = peers[index]
            last = "a peer reads"
            try drain(peer)
            if peer.isReset || peer.isClosed { peers.remove(at: index) }
        }

        /// A peer must receive exactly what the coprocessor has accepted for it.
        func drain(_ peer: ModelPeer) throws {
            let found = peer.peer.read()
            guard !peer.isReset else { return }
            try #require(found == Array(peer.outstanding.prefix(found.count)))
            try #require(found.count >= min(peer.outstanding.count, model.capacity))
            peer.outstanding.removeFirst(found.count)
            if peer.isClosed { try #require(peer.peer.isFinished && peer.outstanding.isEmpty) }
        }

        mutating func leave(_ random: inout RandomSource) {
            guard let peer = peers.randomElement(using: &random), !peer.isReset, !peer.isClosed else { return }
            peer.hasFinished = true
            if random.below(3) > 0 {
                last = "a peer finishes"
                peer.peer.finish()
            } else {
                last = "a peer resets"
                peer.isReset = true
                peer.unread = []
                peer.peer.reset()
            }
        }

        /// Stops everything: every byte is delivered, and no socket is left.
        mutating func end() throws {
            for slot in 0..<count {
                if case .server = model.slots[slot] { model.stopServer(slot) } else { model.close(slot) }
                _ = try bench.stop(slot)
            }
            for slot in 0..<count where model.client(slot) != nil {
                model.close(slot)
                _ = try bench.stop(slot)
            }
            for peer in peers { try drain(peer) }
            #expect(!bench.device.interrupt)
            #expect(bench.network.openSockets == 0)
            for slot in 0..<count { #expect(try bench.getSocket() == slot) }
        }
    }
}
