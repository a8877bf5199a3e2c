import LinuxIO
import NINACoprocessor
import TestSupport
import Testing

@testable import NINACoprocessorLinux

/// Urgent data of TCP: lwip ignores the urgent pointer, so that the module gets all bytes in order.
@Suite(.timeLimit(.minutes(10))) struct UrgentDataTests {
    /// Receives as a module does: only while bytes are announced.
    private func receiveAll(_ bench: StreamBench, limit: Int, count: Int) throws -> [UInt8] {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: limit)
        var rounds = Rounds(20_000)
        while received.count < count, rounds.next() {
            _ = try bench.reactor.runOnce(timeoutNanoseconds: 0)
            guard bench.network.hasReadableBytes(bench.socket) else { break }
            guard
                case .received(let part) = bench.network.receive(
                    bench.socket, into: &buffer, limit: limit, peek: false)
            else { break }
            received += buffer.prefix(part)
            // Fewer bytes than asked for mean that no more are there.
            #expect(part == limit || !bench.network.hasReadableBytes(bench.socket))
        }
        return received
    }

    /// A receive ends before an urgent byte; what follows is announced all the same.
    @Test(arguments: [1, 5, 100, 4092, 70_000], [false, true])
    func nothingIsLostAroundUrgentBytes(_ limit: Int, afterABurst: Bool) throws {
        let bench = try StreamBench()
        var sent: [UInt8] = []
        func send(_ bytes: [UInt8], urgent: Bool = false) {
            #expect((urgent ? bench.sendUrgentFromPeer(bytes) : bench.sendFromPeer(bytes[...])) == bytes.count)
            sent += bytes
        }
        if afterABurst { send((0..<9000).map { UInt8(truncatingIfNeeded: $0) }) }
        send(Array(repeating: 1, count: 10))
        send([2, 3, 4, 5], urgent: true)
        send(Array(repeating: 6, count: 20))
        #expect(bench.coprocessorHas(sent.count))
        #expect(try receiveAll(bench, limit: limit, count: sent.count) == sent)
        // And once more on the same connection, with two urgent bytes.
        sent = []
        send([1, 2], urgent: true)
        send([3])
        send([4, 5, 6], urgent: true)
        send([7, 8])
        #expect(bench.coprocessorHas(sent.count))
        #expect(try receiveAll(bench, limit: limit, count: sent.count) == sent)
        #expect(!bench.network.hasReadableBytes(bench.socket))
    }

    @Test func anUrgentByteAloneArrives() throws {
        let bench = try StreamBench()
        #expect(bench.sendUrgentFromPeer([9]) == 1)
        #expect(bench.coprocessorHas(1))
        #expect(bench.network.isOpen(bench.socket))
        #expect(try receiveAll(bench, limit: 10, count: 1) == [9])
        try bench.settle()
        #expect(!bench.events.isEmpty)
    }

    /// The same on a connection that the module has made.
    @Test func anUrgentByteOfAServerArrives() throws {
        let bench = try StreamBench()
        let listener = try TCPSocket.listen(on: IPv4Endpoint(address: 0x7F00_0001, port: 0), backlog: 1)
        let place = try TCPSocket.localEndpoint(listener.rawValue)
        let socket = try bench.network.connect(to: Endpoint(address: .loopback, port: place.port)).get()
        _ = try DescriptorWait.wait(
            listener.rawValue, for: .readable, deadline: MonotonicClock.nanoseconds() + 10_000_000_000)
        guard let peer = try TCPSocket.accept(listener.rawValue)?.takeDescriptor() else {
            Issue.record("no connection came")
            return
        }
        try bench.settle()
        let bytes: [UInt8] = [1, 2, 3]
        #expect(StreamBench.sendUrgent(peer.rawValue, bytes) == 3)
        _ = try DescriptorWait.wait(
            try #require(bench.network.entry(socket)).number, for: .readable,
            deadline: MonotonicClock.nanoseconds() + 10_000_000_000)
        var buffer = [UInt8](repeating: 0, count: 10)
        var received: [UInt8] = []
        while case .received(let count) = bench.network.receive(socket, into: &buffer, limit: 10, peek: false),
            count > 0
        {
            received += buffer.prefix(count)
        }
        #expect(received == bytes)
    }
}
