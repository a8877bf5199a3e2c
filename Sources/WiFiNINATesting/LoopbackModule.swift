import NINACoprocessor
import NINALink
import NINATransport
import WiFiNINA

/// A `WiFiModule` and its coprocessor in one process, for tests of programs with tasks.
///
///     let loopback = try await LoopbackModule.joined()
///     let server = try await loopback.module.listen(port: 7)
///     let outside = try await loopback.connect(to: 7)
///     await outside.send("hello\n")
///     let line = try await server.accept().readLine()
///     #expect(line == "hello")
///
/// Its time is virtual: while a task waits for the module, time passes as fast as the machine allows. The network and
/// its hosts are in memory.
public final class LoopbackModule: Sendable {
    /// The module under test.
    public let module: WiFiModule
    private let parts: Parts

    /// Touched on the module's thread alone.
    private struct Parts: @unchecked Sendable {
        let network: VirtualNetwork
        let scenario: ScenarioDevice?
    }

    /// Powers on a coprocessor and connects a module to it.
    /// - Parameters:
    ///   - configuration: the coprocessor's firmware, networks, number of slots and the like.
    ///   - scenario: what happens to the coprocessor from the first command on; see ``scenarioOutcome``.
    ///   - wrap: puts a link around the loopback, a `FaultInjector` or a `Tracer` for example.
    /// - Throws: `LinkError`; an error of the system when no thread can be started.
    public init(
        _ configuration: Configuration = Configuration(), scenario: Scenario? = nil,
        through wrap: (any Link) -> any Link = { $0 }
    ) throws {
        let network = VirtualNetwork()
        let coprocessor = Coprocessor(configuration, network: network, storage: MemoryStorage())
        let played = scenario.map { ScenarioDevice(coprocessor, $0) }
        nonisolated(unsafe) let link = wrap(try MessageLink.loopback(to: played ?? coprocessor))
        parts = Parts(network: network, scenario: played)
        module = WiFiModule(on: try LinkThread(link: link))
    }

    /// A module that has joined a network.
    /// - Parameters:
    ///   - configuration: see ``init(_:through:)``.
    ///   - ssid: one of the configuration's networks.
    ///   - passphrase: its passphrase.
    ///   - wrap: see ``init(_:through:)``.
    public static func joined(
        _ configuration: Configuration = Configuration(), ssid: String = "lab-net",
        passphrase: String = "correct-horse", through wrap: (any Link) -> any Link = { $0 }
    ) async throws -> LoopbackModule {
        let loopback = try LoopbackModule(configuration, through: wrap)
        try await loopback.module.begin(ssid, passphrase: passphrase)
        return loopback
    }

    /// Acts in the world outside, between two commands.
    /// - Parameter body: gets the coprocessor's network, which must not leave it.
    public func world<Value: Sendable>(
        _ body: @Sendable (VirtualNetwork) throws -> Value
    ) async rethrows -> Value {
        try await module.perform { [parts] _ in try body(parts.network) }
    }

    /// How the scenario stands; nil without one, and before the first command.
    public var scenarioOutcome: ScenarioRun.Outcome? {
        get async { await module.perform { [parts] _ in parts.scenario?.run?.outcome } }
    }

    /// Connects to a server of the module from outside.
    /// - Throws: `.refused` if no server listens on the port.
    public func connect(to port: UInt16) async throws -> LoopbackPeer {
        try await world { network in
            guard let peer = network.connect(to: port) else { throw LoopbackError.refused(port: port) }
            return LoopbackPeer(self, peer)
        }
    }
}

/// An error of the world outside a ``LoopbackModule``.
public enum LoopbackError: Error, Equatable, Sendable {
    /// No server of the module listens on this port, or its queue is full.
    case refused(port: UInt16)
    /// The module did not send the bytes that were waited for; this many have come.
    case missingBytes(received: Int)
}

/// Somebody outside with a connection to a ``LoopbackModule``.
public struct LoopbackPeer: @unchecked Sendable {
    private let loopback: LoopbackModule
    /// Touched on the module's thread alone.
    private let peer: VirtualPeer

    init(_ loopback: LoopbackModule, _ peer: VirtualPeer) {
        self.loopback = loopback
        self.peer = peer
    }

    /// Sends text to the module.
    public func send(_ text: String) async { await send(Array(text.utf8)) }

    /// Sends bytes to the module.
    public func send(_ bytes: [UInt8]) async { await loopback.world { _ in peer.send(bytes) } }

    /// Ends its stream; the module may go on sending.
    public func finish() async { await loopback.world { _ in peer.finish() } }

    /// Resets the connection.
    public func reset() async { await loopback.world { _ in peer.reset() } }

    /// Whether the module has ended its stream.
    public var isFinished: Bool { get async { await loopback.world { _ in peer.isFinished } } }

    /// Takes what the module has sent so far.
    public func read() async -> [UInt8] { await loopback.world { _ in peer.read() } }

    /// Waits until the module has sent a number of bytes, and takes what it has sent.
    /// - Throws: `.missingBytes` when they have not come after a minute of real time and 10,000 looks: where other tests keep
    ///   Swift's threads busy, a minute may have only a few.
    public func read(_ count: Int) async throws(LoopbackError) -> [UInt8] {
        let end = ContinuousClock.now.advanced(by: .seconds(60))
        var bytes = await read()
        var looks = 0
        while bytes.count < count {
            looks += 1
            guard looks < 10_000 || ContinuousClock.now < end else { throw .missingBytes(received: bytes.count) }
            await Task.yield()
            bytes += await read()
        }
        return bytes
    }

    /// Waits until the module has sent a number of bytes, and takes what it has sent as text.
    /// - Throws: see ``read(_:)``.
    public func text(_ count: Int) async throws(LoopbackError) -> String {
        String(decoding: try await read(count), as: UTF8.self)
    }
}
