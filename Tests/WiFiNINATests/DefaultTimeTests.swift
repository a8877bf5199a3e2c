import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing
import WiFiNINA

/// The times that calls wait when a program names none, on the loopback's clock.
@Suite(.timeLimit(.minutes(10))) struct DefaultTimeTests {
    /// A host whose peers take 1000 bytes and then nothing, until they read.
    private func host(_ family: SocketFamily = .classic) throws -> Host {
        let host = try Host(family: family)
        host.network.capacity = 1000
        return host
    }

    /// Milliseconds until a body fails with an error.
    private func failing(_ host: Host, with error: WiFiError, _ body: () throws -> Void) -> Int {
        host.milliseconds { #expect(throws: error, performing: body) }
    }

    @Test(arguments: SocketFamily.allCases) func aClientWaitsThirtySeconds(_ family: SocketFamily) throws {
        let host = try host(family)
        let (client, _) = try host.acceptedClient(try host.server())
        let reading = failing(host, with: .timedOut(.read)) { _ = try client.read(exactly: 1) }
        let writing = failing(host, with: .timedOut(.write)) { try client.writeAll(pattern(5000)) }
        let again = failing(host, with: .timedOut(.write)) { try client.writeAll(pattern(5000)[...]) }
        // The last frame may be tried just before the end.
        for time in [reading, writing, again] { #expect((30_000...30_150).contains(time)) }
    }

    @Test func aSecureClientWaitsAsLong() throws {
        let host = try host()
        let (client, _) = try host.acceptedClient(try host.server())
        let ssl = Wrapped(client: client)
        let reading = failing(host, with: .timedOut(.read)) { _ = try ssl.read(exactly: 1) }
        let writing = failing(host, with: .timedOut(.write)) { try ssl.writeAll(pattern(5000)) }
        let again = failing(host, with: .timedOut(.write)) { try ssl.writeAll(pattern(5000)[...]) }
        for time in [reading, writing, again] { #expect((30_000...30_150).contains(time)) }
    }

    @Test func aSocketWaitsTenSecondsToConnectAndThirtyToSend() throws {
        let host = try host()
        host.network.answersAtOnce = false
        _ = host.network.listen(at: Endpoint(address: Host.address, port: 7))
        let socket = try WiFiSocket(host.wifi, .stream)
        let connecting = failing(host, with: .timedOut(.connect)) { try socket.connect(Host.address, port: 7) }
        #expect((10_000...10_020).contains(connecting))
        host.network.connectNow()
        let sending = failing(host, with: .timedOut(.write)) { try socket.sendAll(pattern(5000)) }
        #expect((30_000...30_150).contains(sending))
    }
}

/// A connection as a secure one: what all secure clients share.
private struct Wrapped: WiFiSecureClient {
    var client: WiFiClient
    static var socketType: SocketType { .tls }
}
