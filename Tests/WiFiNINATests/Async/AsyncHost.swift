import NINACoprocessor
import NINALink
import Testing
import WiFiNINA
import WiFiNINATesting

/// A `WiFiModule` and a coprocessor in one process, joined to a network, on virtual time.
final class AsyncHost: Sendable {
    let loopback: LoopbackModule
    private let parts: Parts

    /// Accessed on the module's thread only.
    private struct Parts: @unchecked Sendable {
        let link: FaultyLink
    }

    init(_ change: (inout Configuration) -> Void = { _ in }) async throws {
        var configuration = Configuration()
        change(&configuration)
        var faulty: FaultyLink?
        loopback = try LoopbackModule(configuration) {
            let link = FaultyLink($0)
            faulty = link
            return link
        }
        parts = Parts(link: try #require(faulty))
        try await module.begin("lab-net", passphrase: "correct-horse")
    }

    var module: WiFiModule { loopback.module }

    /// Acts outside, between two commands.
    func world<Value: Sendable>(_ body: @Sendable (VirtualNetwork) throws -> Value) async rethrows -> Value {
        try await loopback.world(body)
    }

    /// Changes what the link does to commands.
    func link(_ body: @Sendable (FaultyLink) -> Void) async { await module.perform { [parts] _ in body(parts.link) } }

    /// The coprocessor's open sockets.
    var openSockets: Int { get async { await world { $0.openSockets } } }

    /// Lets tasks run until a condition holds; fails after 60 seconds of real time and 10,000 looks.
    func until(_ condition: () async -> Bool) async throws {
        // On a busy machine this may take many rounds.
        let end = ContinuousClock.now.advanced(by: .seconds(60))
        var looks = 0
        while looks < 10_000 || ContinuousClock.now < end {
            if await condition() { return }
            looks += 1
            await Task.yield()
        }
        throw NeverHappened()
    }

    /// Waits until this many tasks wait for the module.
    func waiting(_ count: Int) async throws { try await until { await module.waitingTasks == count } }

    /// A connection from outside.
    func peer(to port: UInt16) async throws -> LoopbackPeer { try await loopback.connect(to: port) }

    /// A server with one client.
    func accepted() async throws -> (WiFiModule.Server, WiFiModule.Client, LoopbackPeer) {
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
