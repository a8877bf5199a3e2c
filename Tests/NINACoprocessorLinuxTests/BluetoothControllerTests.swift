import LinuxIO
import NINACoprocessor
import TestSupport
import Testing

@testable import NINACoprocessorLinux

/// The connection to a Bluetooth controller, on real sockets.
@Suite(.timeLimit(.minutes(10))) struct BluetoothControllerTests {
    private final class Bench: BluetoothObserver {
        let network: NetworkBench
        let controller: LinuxBluetooth
        var events: [BluetoothEvent] = []
        var lines: [String] { notes.all }
        private let notes = Notes()

        private final class Notes { var all: [String] = [] }

        init(_ transport: HCITransport) throws {
            network = try NetworkBench()
            controller = LinuxBluetooth(transport, environment: network.environment) { [notes] in
                notes.all.append("\($0): \($1)")
            }
            controller.observer = self
        }

        func bluetoothEvent(_ event: BluetoothEvent) { events.append(event) }
        func run(until condition: () -> Bool) throws -> Bool { try network.run(until: condition) }
        var reactor: Reactor { network.reactor }

        func receive(_ limit: Int) -> (ReceiveOutcome, [UInt8]) {
            var buffer = [UInt8](repeating: 0, count: 10)
            let outcome = controller.receive(into: &buffer, limit: limit)
            guard case .received(let count) = outcome else { return (outcome, []) }
            return (outcome, Array(buffer.prefix(count)))
        }
    }

    private func send(_ peer: Int32, _ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { UnixSocket.send(peer, $0) } == .sent(bytes.count)
    }

    @Test func bytesPassInBothDirections() throws {
        let scratch = try Scratch()
        let listener = try UnixSocket.listen(path: scratch.path + "/hci")
        let bench = try Bench(.unix(path: scratch.path + "/hci"))
        #expect(bench.controller.send([1]) == nil && bench.receive(10).0 == .closed)
        bench.controller.notifyWhenWritable()
        bench.controller.open()
        #expect(bench.events.isEmpty, "never from inside a call")
        #expect(try bench.run { !bench.events.isEmpty })
        #expect(bench.events == [.opened(nil)] && bench.lines.isEmpty)
        let peer = try #require(try UnixSocket.accept(listener.rawValue)?.release())
        let owned = FileDescriptor(adopting: peer)
        #expect(bench.receive(10).0 == .nothing)
        #expect(send(peer, [1, 2, 3]))
        #expect(try bench.run { bench.events.count == 2 })
        #expect(bench.events.last == .readable)
        #expect(bench.receive(2).1 == [1, 2])
        #expect(bench.receive(10).1 == [3])
        #expect(bench.receive(10).0 == .nothing)
        #expect(bench.controller.send([9, 8]) == 2)
        var bytes = [UInt8](repeating: 0, count: 10)
        #expect(bytes.withUnsafeMutableBytes { UnixSocket.receive(peer, into: $0) } == .received(2))
        #expect(bytes.starts(with: [9, 8]))
        // Its end is something to read.
        owned.close()
        #expect(try bench.run { bench.events.count == 3 })
        #expect(bench.events.last == .readable && bench.receive(10).0 == .closed)
        #expect(bench.controller.send([1]) == nil)
        bench.controller.close()
        #expect(bench.reactor.registrationCount == 0 && bench.receive(10).0 == .closed)
        listener.close()
    }

    /// Room is reported when it was asked for, and once.
    @Test func aControllerThatReadsLateIsWaitedFor() throws {
        let scratch = try Scratch()
        let listener = try UnixSocket.listen(path: scratch.path + "/hci")
        let bench = try Bench(.unix(path: scratch.path + "/hci"))
        bench.controller.open()
        #expect(try bench.run { !bench.events.isEmpty })
        let peer = try #require(try UnixSocket.accept(listener.rawValue)?.release())
        let owned = FileDescriptor(adopting: peer)
        var sum = 0
        var rounds = Rounds(10_000)
        while let count = bench.controller.send(ArraySlice(repeating: 1, count: 4000)), count > 0, rounds.next() {
            sum += count
        }
        #expect(bench.controller.send([1]) == 0)
        bench.controller.notifyWhenWritable()
        try bench.network.settle()
        #expect(bench.events == [.opened(nil)])
        var bytes = [UInt8](repeating: 0, count: 65_536)
        var received = 0
        rounds = Rounds(10_000)
        while received < sum, rounds.next() {
            if case .received(let count) = bytes.withUnsafeMutableBytes({ UnixSocket.receive(peer, into: $0) }) {
                received += count
            }
        }
        #expect(try bench.run { bench.events.count == 2 })
        #expect(bench.events.last == .writable)
        // More room is no event, and bytes are one of their own.
        #expect(bench.controller.send([1]) == 1)
        _ = bytes.withUnsafeMutableBytes { UnixSocket.receive(peer, into: $0) }
        #expect(send(peer, [1]))
        #expect(try bench.run { bench.events.count == 3 })
        #expect(bench.events.last == .readable)
        owned.close()
        listener.close()
    }

    @Test func aControllerBehindTCPIsFoundByItsName() throws {
        let listener = try TCPSocket.listen(on: IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0))
        let port = try TCPSocket.localEndpoint(listener.rawValue).port
        for host in ["127.0.0.1", "localhost"] {
            let bench = try Bench(.tcp(host: host, port: port))
            bench.controller.open()
            #expect(bench.events.isEmpty)
            #expect(try bench.run { !bench.events.isEmpty })
            #expect(bench.events == [.opened(nil)] && bench.controller.send([1]) == 1)
            bench.controller.close()
        }
        listener.close()
        let refused = try Bench(.tcp(host: "127.0.0.1", port: port))
        refused.controller.open()
        #expect(try refused.run { !refused.events.isEmpty })
        #expect(refused.events == [.opened(.unreachable)] && refused.controller.send([1]) == nil)
        #expect(refused.lines.count == 1)
        #expect(refused.lines.first?.hasPrefix("warning: Bluetooth controller tcp:127.0.0.1:\(port): connect") == true)
        try refused.network.settle()
        #expect(refused.events.count == 1)
    }

    @Test func aNameThatIsNoneIsTold() throws {
        let bench = try Bench(.tcp(host: "a..b", port: 9))
        bench.controller.open()
        #expect(try bench.run { !bench.events.isEmpty })
        #expect(bench.events == [.opened(.unreachable)])
        #expect(bench.lines == ["warning: Bluetooth controller tcp:a..b:9: no address for 'a..b'"])
    }

    /// Whatever is under way: a look-up, a connection, the report of a failure.
    @Test func nothingIsReportedAfterTheEnd() throws {
        let scratch = try Scratch()
        let listener = try UnixSocket.listen(path: scratch.path + "/hci")
        for transport in [
            .tcp(host: "localhost", port: 9), .unix(path: scratch.path + "/hci"), .unix(path: scratch.path + "/none"),
        ] as [HCITransport] {
            let bench = try Bench(transport)
            bench.controller.open()
            bench.controller.close()
            #expect(bench.reactor.registrationCount == 0 && bench.reactor.timerCount == 0)
            try bench.network.settle()
            #expect(bench.events.isEmpty)
            // And the next one begins anew.
            bench.controller.open()
            bench.controller.open()
            #expect(try bench.run { !bench.events.isEmpty })
            try bench.network.settle()
            #expect(bench.events.count == 1)
        }
        listener.close()
    }
}
