import LinuxIO
import NINACoprocessor
import NINAWire
import TestSupport

@testable import NINACoprocessorLinux

/// The networks of several coprocessors of one process, with real sockets, and what they log.
final class NetworkBench {
    private final class Observer: NetworkObserver {
        var events: [NetworkEvent] = []
        func networkEvent(_ event: NetworkEvent) { events.append(event) }
    }

    private final class Lines { var all: [String] = [] }

    struct Missing: Error {}

    let reactor: Reactor
    let environment: NetworkEnvironment
    let networks: [LinuxNetwork]
    private let observers: [Observer]
    private let lines: Lines

    /// - Parameter bind: the address of the sockets; nil for the coprocessors' own ones.
    init(
        _ addresses: [IPv4Address] = [IPv4Address(127, 88, 1, 1)], bind: IPv4Address? = nil,
        _ change: (inout EmulatorOptions) -> Void = { _ in }
    ) throws {
        let lines = Lines()
        self.lines = lines
        reactor = try Reactor()
        var options = EmulatorOptions(socketPath: nil)
        change(&options)
        let environment = NetworkEnvironment(reactor: reactor, options: options) { lines.all.append("\($0): \($1)") }
        self.environment = environment
        networks = addresses.map { address in
            LinuxNetwork(
                ownAddress: address, bindAddress: bind ?? address, resolverOwner: 1, environment: environment
            ) { lines.all.append("\($0): \($1)") }
        }
        observers = addresses.map { _ in Observer() }
        for (network, observer) in zip(networks, observers) { network.observer = observer }
    }

    var network: LinuxNetwork { networks[0] }
    var log: [String] { lines.all }
    var events: [NetworkEvent] { observers[0].events }
    func events(_ index: Int) -> [NetworkEvent] { observers[index].events }

    /// Runs the reactor until a condition holds; it is not asked again.
    /// - Returns: whether it does.
    func run(until condition: () -> Bool) throws -> Bool {
        var rounds = Rounds(2000)
        while rounds.next() {
            if condition() { return true }
            try reactor.runOnce(timeoutNanoseconds: 5_000_000)
        }
        return false
    }

    /// Reports pending events.
    func settle() throws {
        var rounds = Rounds(1000)
        while try reactor.runOnce(timeoutNanoseconds: 0) > 0, rounds.next() {}
    }

    /// Whether a line of the log contains the text.
    func logged(_ text: String) -> Bool { log.contains { $0.contains(text) } }

    // MARK: Datagrams

    /// A port that no UDP socket of the machine has.
    static func freePort() throws -> UInt16 {
        let socket = try UDPSocket.open(on: IPv4Endpoint(address: 0, port: 0))
        let port = try UDPSocket.localPort(socket.rawValue)
        socket.close()
        return port
    }

    func send(_ index: Int, _ socket: NetworkSocket, _ text: String, to address: IPv4Address, _ port: UInt16) -> Bool {
        networks[index].sendDatagram(socket, Array(text.utf8)[...], to: Endpoint(address: address, port: port))
    }

    /// The next datagram, which has been sent before.
    func receive(_ index: Int, _ socket: NetworkSocket) throws -> (text: String, sender: Endpoint)? {
        var buffer = [UInt8](repeating: 0, count: 2000)
        var result: (Int, Endpoint)?
        _ = try run {
            result = networks[index].receiveDatagram(socket, into: &buffer)
            return result != nil
        }
        return result.map { (String(decoding: buffer.prefix($0.0), as: UTF8.self), $0.1) }
    }

    func port(_ index: Int, _ socket: NetworkSocket) throws -> UInt16 {
        guard let entry = networks[index].entry(socket) else { throw Missing() }
        return try UDPSocket.localPort(entry.number)
    }
}

/// A UDP socket outside of any coprocessor.
final class DatagramPeer {
    private let descriptor: FileDescriptor
    let place: IPv4Endpoint

    init(_ address: UInt32, port: UInt16 = 0, sharing: UDPSocket.Sharing = .none) throws {
        descriptor = try UDPSocket.open(on: IPv4Endpoint(address: address, port: port), sharing: sharing)
        place = IPv4Endpoint(address: address, port: try UDPSocket.localPort(descriptor.rawValue))
    }

    func send(_ text: String, to place: IPv4Endpoint) -> Bool {
        Array(text.utf8).withUnsafeBytes { UDPSocket.send(descriptor.rawValue, $0, to: place) } == nil
    }

    func receive() throws -> (text: String, sender: IPv4Endpoint)? {
        _ = try DescriptorWait.wait(
            descriptor.rawValue, for: .readable, deadline: MonotonicClock.deadline(after: 10_000_000_000))
        var buffer = [UInt8](repeating: 0, count: 2000)
        let receipt = buffer.withUnsafeMutableBytes { UDPSocket.receive(descriptor.rawValue, into: $0) }
        guard case .received(let count, let sender, _) = receipt else { return nil }
        return (String(decoding: buffer.prefix(count), as: UTF8.self), sender)
    }
}
