import NINACoprocessor
import NINALink
import NINATransport
import NINAWire
import Testing
import WiFiNINA

/// A module for tasks and a coprocessor in one process, joined to a network, on virtual time.
final class AsyncHost: Sendable {
    let module: WiFiModule
    private let parts: Parts

    /// Touched on the module's thread alone.
    private struct Parts: @unchecked Sendable {
        let network: VirtualNetwork
        let link: FaultyLink
    }

    init(_ change: (inout Configuration) -> Void = { _ in }) async throws {
        var configuration = Configuration()
        change(&configuration)
        let network = VirtualNetwork()
        let link = FaultyLink(
            try MessageLink.loopback(
                to: Coprocessor(configuration, network: network, storage: MemoryStorage())))
        parts = Parts(network: network, link: link)
        nonisolated(unsafe) let handedOver = link
        module = WiFiModule(on: try LinkThread(link: handedOver))
        try await module.begin("lab-net", passphrase: "correct-horse")
    }

    /// Acts in the world outside, between two commands.
    func world<Value: Sendable>(_ body: @Sendable (VirtualNetwork) throws -> Value) async rethrows -> Value {
        try await module.perform { [parts] _ in try body(parts.network) }
    }

    /// Changes what the link does to commands.
    func link(_ body: @Sendable (FaultyLink) -> Void) async { await module.perform { [parts] _ in body(parts.link) } }

    /// Sockets of the coprocessor that are open.
    var openSockets: Int { get async { await world { $0.openSockets } } }

    /// Lets tasks run until something holds. Gives up after a number of rounds, not a time.
    func until(_ condition: () async -> Bool) async throws {
        // On a machine with much else to do this may take many turns.
        let end = ContinuousClock.now.advanced(by: .seconds(60))
        while ContinuousClock.now < end {
            if await condition() { return }
            await Task.yield()
        }
        throw NeverHappened()
    }

    /// Waits until so many tasks wait for the module.
    func waiting(_ count: Int) async throws { try await until { await module.waitingTasks == count } }

    /// A connection from outside.
    func peer(to port: UInt16) async throws -> AsyncPeer {
        try await world { AsyncPeer(self, try #require($0.connect(to: port))) }
    }

    /// A server with one client.
    func accepted() async throws -> (WiFiModule.Server, WiFiModule.Client, AsyncPeer) {
        let server = try await module.listen(port: 80)
        let peer = try await peer(to: 80)
        return (server, try await server.accept(), peer)
    }

    /// The error that a body throws.
    func error(_ body: () async throws(WiFiError) -> Void) async -> WiFiError? {
        do throws(WiFiError) {
            try await body()
            return nil
        } catch {
            return error
        }
    }
}

struct NeverHappened: Error {}

/// Somebody outside with a connection; touched on the module's thread alone.
struct AsyncPeer: @unchecked Sendable {
    private let host: AsyncHost
    private let peer: VirtualPeer

    init(_ host: AsyncHost, _ peer: VirtualPeer) {
        self.host = host
        self.peer = peer
    }

    func send(_ text: String) async { await send(Array(text.utf8)) }
    func send(_ bytes: [UInt8]) async { await host.world { _ in peer.send(bytes) } }
    func finish() async { await host.world { _ in peer.finish() } }
    func reset() async { await host.world { _ in peer.reset() } }
    func read() async -> [UInt8] { await host.world { _ in peer.read() } }
    var isFinished: Bool { get async { await host.world { _ in peer.isFinished } } }

    /// Reads until so many bytes have come.
    func read(_ count: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        try await host.until {
            bytes += await read()
            return bytes.count >= count
        }
        return bytes
    }

    func text(_ count: Int) async throws -> String { String(decoding: try await read(count), as: UTF8.self) }
}
