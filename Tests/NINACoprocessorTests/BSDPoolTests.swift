import NINALink
import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// BSD sockets: their numbers, the pool they share with slots, datagrams and options.
@Suite(.timeLimit(.minutes(10))) struct BSDPoolTests {
    @Test func numbersAreThoseOfLwip() throws {
        for (slots, first) in [(10, 54), (6, 58), (16, 48), (1, 63), (64, 0)] {
            let bench = try DeviceHarness { $0.slots = slots }
            for number in first..<64 { #expect(try bench.socket().rawValue == UInt8(number)) }
            #expect(try bench.socket().rawValue == 255)
            #expect(try bench.errno() == 23)
        }
    }

    @Test func aNumberThatWasUsedComesAgainAfterTheOthers() {
        var numbers = SocketNumbers(count: 3)
        #expect(numbers.base == 61)
        #expect(numbers.take(.bsd) == 0)
        numbers.release(at: 0)
        #expect(numbers.take(.bsd) == 1)
        numbers.release(at: 1)
        numbers.take(forSlot: NetworkSocket(rawValue: 5))
        #expect(numbers.holders[2] == .slot(NetworkSocket(rawValue: 5)))
        #expect(numbers.take(.bsd) == 0)
        #expect(numbers.take(.waiting(NetworkSocket(rawValue: 6))) == 1)
        #expect(!numbers.hasRoom)
        // A slot takes the number of a waiting client.
        numbers.take(forSlot: NetworkSocket(rawValue: 7))
        #expect(numbers.holders[1] == .slot(NetworkSocket(rawValue: 7)))
        numbers.release(NetworkSocket(rawValue: 6))
        #expect(!numbers.hasRoom)
        numbers.release(NetworkSocket(rawValue: 5))
        #expect(numbers.take(.bsd) == 2)
    }

    @Test func slotsAndSocketsShareThePool() throws {
        let bench = try DeviceHarness { $0.slots = 4 }
        let server = try bench.server(80)
        let sockets = try (0..<2).map { _ in try bench.socket() }
        #expect(sockets.map(\.rawValue) == [61, 62])
        let (client, _) = try bench.acceptedClient(server)
        #expect(try bench.socket().rawValue == 255)
        // No slot is available, although two are free.
        #expect(try bench.getSocket() == 255)
        #expect(try bench.connect(2, to: 7) == false)
        #expect(try bench.startServer(81, 3) == 0)
        #expect(try bench.startServer(82, 3, type: 1) == 0)
        _ = bench.network.connect(to: 80)
        #expect(try bench.accept(server) == 255)
        #expect(!bench.device.interrupt)
        // A released number is usable at once.
        #expect(try bench.close(sockets[0]) == 1)
        #expect(bench.device.interrupt)
        #expect(try bench.accept(server) < 4)
        #expect(try bench.stop(client) == 1)
        #expect(try bench.socket().rawValue == 63)
        // The numbers of one family mean nothing to the other.
        #expect(throws: Refused.self) { try bench.state(62) }
        #expect(try bench.close(SocketNumber(rawValue: 60)) == 0)
        #expect(try bench.errno() == 9)
        #expect(try bench.poll(SocketNumber(rawValue: 60)) == 0)
    }

    @Test func aClientThatWaitsInAListTakesANumberUntilASlotNeedsIt() throws {
        let bench = try DeviceHarness { $0.slots = 3 }
        let server = try bench.server(80)
        let silent = bench.network.connect(to: 80)
        #expect(try bench.available(server) == 255)
        #expect(try bench.socket().rawValue == 63)
        #expect(try bench.socket().rawValue == 255)
        #expect(try bench.startServer(81, 1) == 1)
        #expect(silent?.wasReset == false)
        #expect(try bench.startServer(82, 2) == 0)
    }

    @Test func acceptingNeedsANumber() throws {
        let bench = try DeviceHarness { $0.slots = 2 }
        let server = try bench.listening()
        let other = try bench.socket()
        let peer = try #require(bench.network.connect(to: 80))
        #expect(try bench.run(BSDAccept(socket: server)).socket.rawValue == 255)
        #expect(try bench.errno() == 23)
        #expect(try bench.close(other) == 1)
        bench.network.isOutOfResources = true
        #expect(try bench.run(BSDAccept(socket: server)).socket.rawValue == 255)
        #expect(try bench.errno() == 105)
        bench.network.isOutOfResources = false
        #expect(try bench.run(BSDAccept(socket: server)).port == peer.endpoint.port)
    }

    @Test func portsAreTakenOnce() throws {
        let bench = try DeviceHarness()
        let first = try bench.listening()
        let second = try bench.socket()
        #expect(try bench.bind(second, 80) == 0)
        #expect(try bench.errno() == 112)
        #expect(try bench.bind(second, 81) == 1)
        #expect(try bench.bind(second, 82) == 0)
        #expect(try bench.errno() == 22)
        let slot = try bench.getSocket()
        #expect(try bench.startServer(80, slot) == 0)
        #expect(try bench.startServer(81, slot) == 1)
        #expect(try bench.listen(second) == 0)
        #expect(try bench.errno() == 112)
        #expect(try bench.listen(first) == 1)
        #expect(try bench.close(first) == 1)
        #expect(try bench.bind(try bench.socket(), 80) == 1)
        let datagrams = try (0..<2).map { _ in try bench.socket(2) }
        #expect(try bench.bind(datagrams[0], 80) == 1)
        #expect(try bench.bind(datagrams[1], 80) == 0)
        #expect(try bench.errno() == 112)
    }

    @Test func wrongStatesHaveTheirErrno() throws {
        let bench = try DeviceHarness()
        let stream = try bench.socket()
        let datagram = try bench.socket(2)
        #expect(try bench.listen(stream) == 0)
        #expect(try bench.errno() == 22)
        #expect(try bench.run(BSDAccept(socket: stream)).socket.rawValue == 255)
        #expect(try bench.errno() == 22)
        #expect(try bench.listen(datagram) == 0)
        #expect(try bench.errno() == 95)
        #expect(try bench.send(stream, [1]) == 0)
        #expect(try bench.errno() == 128)
        // A success keeps the last error.
        #expect(try bench.bind(stream, 80) == 1)
        #expect(try bench.errno() == 128)
        for type: UInt8 in [0, 3, 4, 255] {
            #expect(try bench.socket(type).rawValue == 255)
            #expect(try bench.errno() == 22)
        }
        for number: UInt8 in [0, 53, 56, 64, 255] {
            let socket = SocketNumber(rawValue: number)
            #expect(try bench.send(socket, [1], to: .unspecified) == 0)
            #expect(try bench.errno() == 9)
            _ = try bench.run(BSDIoctl(socket: socket, request: 1, value: []))
            #expect(try bench.errno() == 9)
            #expect(try bench.poll(socket) == 0)
        }
    }

    // MARK: Datagrams

    @Test func aConnectedDatagramSocketKnowsOnePeer() throws {
        let bench = try DeviceHarness()
        let peer = Endpoint(address: DeviceHarness.outside, port: 9)
        let socket = try bench.socket(2)
        #expect(try bench.send(socket, [1]) == 0)
        #expect(try bench.errno() == 128)
        #expect(try bench.bind(socket, 5000) == 1)
        #expect(try bench.connect(socket, to: peer) == 1)
        #expect(try bench.run(BSDGetpeername(socket: socket)).port == 9)
        #expect(try bench.send(socket, [1, 2]) == 2)
        #expect(bench.network.datagrams == [VirtualDatagram(port: 5000, remote: peer, bytes: [1, 2])])
        bench.network.send([7], toPort: 5000, from: Endpoint(address: DeviceHarness.nobody, port: 9))
        #expect(try bench.poll(socket) == 2)
        bench.network.send([8, 9, 10], toPort: 5000, from: peer)
        bench.network.send([11], toPort: 5000, from: peer)
        #expect(!bench.device.interrupt)
        let count = try bench.run(BSDIoctl(socket: socket, request: BSDIoctl.fionread, value: [0, 0, 0, 0]))
        #expect(count.value == [3, 0, 0, 0])
        #expect(try bench.receive(socket, 2) == [8, 9])
        #expect(try bench.receive(socket) == [11])
        try bench.startWaiting(BSDRecvfrom(socket: socket, size: 5))
        bench.network.send([12], toPort: 5000, from: peer)
        #expect(try bench.finish(BSDRecvfrom.self)?.data == [12])
        // It can have another destination afterwards.
        #expect(try bench.connect(socket, to: Endpoint(address: DeviceHarness.nobody, port: 9)) == 1)
        bench.network.send([7], toPort: 5000, from: Endpoint(address: DeviceHarness.nobody, port: 9))
        #expect(try bench.receive(socket) == [7])
    }

    // MARK: Options

    @Test func optionsAreKept() throws {
        let bench = try DeviceHarness()
        let stream = try bench.socket()
        let datagram = try bench.socket(2)
        for flag: UInt8 in [4, 8, 0x20] {
            #expect(try bench.option(stream, UInt32(flag)) == [0, 0, 0, 0])
            #expect(try bench.set(stream, UInt32(flag), [1, 0, 0, 0]) == 1)
            #expect(try bench.option(stream, UInt32(flag)) == [flag, 0, 0, 0])
            #expect(try bench.option(datagram, UInt32(flag)) == [0, 0, 0, 0])
            #expect(try bench.set(stream, UInt32(flag), [0, 0, 0, 0]) == 1)
            #expect(try bench.option(stream, UInt32(flag)) == [0, 0, 0, 0])
        }
        for option: UInt32 in [0x80, 0x1005, 0x1006] {
            #expect(try bench.set(stream, option, [1, 2, 3, 4, 5, 6, 7, 8]) == 1)
            #expect(try bench.option(stream, option) == [1, 2, 3, 4, 5, 6, 7, 8])
            #expect(try bench.set(stream, option, [1, 2, 3, 4]) == 0)
            #expect(try bench.errno() == 22)
            #expect(try bench.option(stream, option, 4) == [])
            #expect(try bench.errno() == 22)
        }
        #expect(try bench.set(stream, 0x1002, [0, 16, 0, 0]) == 1)
        #expect(try bench.option(stream, 0x1002) == [0, 16, 0, 0])
        #expect(try bench.option(stream, 0x1008) == [1, 0, 0, 0])
        #expect(try bench.option(datagram, 0x1008) == [2, 0, 0, 0])
        #expect(try bench.option(stream, 2) == [0, 0, 0, 0])
        #expect(try bench.set(datagram, 0x100A, [1, 0, 0, 0]) == 1)
        #expect(try bench.option(datagram, 0x100A) == [1, 0, 0, 0])
        for option: UInt32 in [0, 1, 2, 0x100A, 0x1007, 0x1008, 0xFFFF_FFFF] {
            #expect(try bench.set(stream, option, [1, 0, 0, 0]) == 0)
            #expect(try bench.errno() == 109)
        }
        #expect(try bench.option(stream, 0x100A) == [])
        #expect(try bench.option(datagram, 2) == [])
        #expect(try bench.errno() == 109)
    }

    // MARK: Long runs

    @Test func nothingIsLeftAfterTenThousandRounds() throws {
        let bench = try DeviceHarness()
        let server = try bench.listening()
        for round in 0..<10_000 {
            let peer = try #require(bench.network.connect(to: 80))
            let client = try bench.run(BSDAccept(socket: server)).socket
            let other = try bench.socket(UInt8(round % 2 + 1))
            if round % 2 == 1 { #expect(try bench.bind(other, 99) == 1) }
            #expect(try bench.close(client) == 1)
            #expect(try bench.close(other) == 1)
            #expect(peer.isFinished)
        }
        #expect(bench.network.openSockets == 1)
        #expect(bench.device.device.context.numbers.bsdSocketCount == 1)
        #expect(try bench.close(server) == 1)
        #expect(bench.network.openSockets == 0)
        #expect(try bench.getSocket() == 0)
    }

    @Test func randomCommandsLeaveNothingBehind() throws {
        let bench = try DeviceHarness { $0.slots = 4 }
        var random = RandomSource("randomCommandsLeaveNothingBehind")
        let outside = Endpoint(address: DeviceHarness.outside, port: 7)
        _ = bench.network.listen(at: outside)
        bench.network.capacity = 64
        var peers: [VirtualPeer] = []
        for _ in 0..<20_000 {
            let socket = SocketNumber(rawValue: UInt8(58 + random.below(7)))
            let port = UInt16(80 + random.below(2))
            let bytes = [UInt8](repeating: 0x55, count: random.below(100))
            switch random.below(24) {
            case 0, 1: _ = try bench.socket(UInt8(random.below(4)))
            case 2: _ = try bench.close(socket)
            case 3: _ = try bench.bind(socket, port)
            case 4: _ = try bench.listen(socket)
            case 5: _ = try bench.run(BSDAccept(socket: socket))
            case 6: _ = try bench.connect(socket, to: outside)
            case 7: _ = try bench.connect(socket, to: Endpoint(address: DeviceHarness.nobody, port: 1))
            case 8: _ = try bench.send(socket, bytes)
            case 9: _ = try bench.send(socket, bytes, to: outside)
            case 10: _ = try bench.receive(socket, UInt16(random.below(5000)))
            case 11: _ = try bench.run(BSDRecvfrom(socket: socket, size: UInt16(random.below(5000))))
            case 12: try bench.setNonblockingIfOpen(socket, UInt8(random.below(2)))
            case 13: _ = try bench.poll(socket)
            case 14: _ = try bench.run(BSDGetpeername(socket: socket))
            case 15: _ = try bench.startServer(port, random.below(4), type: UInt8(random.below(2)))
            case 16: _ = try bench.available(random.below(4))
            case 17: _ = try bench.accept(random.below(4))
            case 18: _ = try bench.stop(random.below(4))
            case 19: _ = try bench.connect(random.below(4), to: 7)
            case 20: if let peer = bench.network.connect(to: port) { peers.append(peer) }
            case 21: bench.network.send(bytes, toPort: port, from: outside)
            case 22: peers.popLast().map { random.below(2) == 0 ? $0.finish() : $0.reset() }
            default: peers.last?.send(bytes)
            }
            let slots = bench.device.device.sockets.slots
            let numbers = bench.device.device.context.numbers
            let used = slots.indices.count { slots[$0].isInUse }
            #expect(used + numbers.bsdSocketCount <= 4)
            let held = numbers.holders.count { $0 != .free }
            #expect(held <= used + numbers.bsdSocketCount + slots.waitingCount)
            #expect(held >= used + numbers.bsdSocketCount)
        }
        for slot in 0..<4 { _ = try bench.stop(slot) }
        for number in UInt8(60)..<64 { _ = try bench.close(SocketNumber(rawValue: number)) }
        #expect(bench.network.openSockets == 0)
        #expect(!bench.device.device.context.numbers.holders.contains { $0 != .free })
    }
}
