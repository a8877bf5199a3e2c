import NINAWire
import Testing
import WiFiNINA

/// How often a module is asked in vain, on the loopback's clock: IRQ is only a hint, and each question costs a command.
@Suite(.timeLimit(.minutes(5))) struct PollIntervalTests {
    /// The number of commands of a question that finds nothing, after this pause.
    private func commands(_ host: Host, after milliseconds: Int64, _ ask: () throws -> Void) throws -> Int {
        try host.wifi.delay(.milliseconds(milliseconds))
        return try host.commands(ask)
    }

    @Test func aSilentClientIsAskedTwentyTimesASecond() throws {
        let host = try Host()
        let (client, peer) = try host.acceptedClient(try host.server())
        for ask in [{ _ = try client.available() }, { _ = try client.read() }, { _ = try client.peek() }]
            as [() throws -> Void]
        {
            _ = try commands(host, after: 100, ask)
            #expect(try commands(host, after: 0, ask) == 0)
            #expect(try commands(host, after: 49, ask) == 0)
            #expect(try commands(host, after: 1, ask) == 1)
            #expect(try commands(host, after: 49, ask) == 0)
        }
        // Bytes raise IRQ: no pause.
        peer.send([1])
        #expect(try client.available() == 1)
    }

    @Test func aSilentServerIsAskedTwentyTimesASecond() throws {
        let host = try Host()
        let server = try host.server()
        for ask in [{ _ = try server.accept() }, { _ = try server.available() }] as [() throws -> Void] {
            _ = try commands(host, after: 100, ask)
            #expect(try commands(host, after: 0, ask) == 0)
            #expect(try commands(host, after: 49, ask) == 0)
            #expect(try commands(host, after: 1, ask) > 0)
            #expect(try commands(host, after: 49, ask) == 0)
        }
        _ = try #require(host.network.connect(to: server.port))
        #expect(try server.accept() != nil)
    }

    /// As many bytes as the limit are read ahead, in whole frames.
    @Test(arguments: [1, 4086, 4087, 10_000]) func readingAheadHasALimit(_ limit: Int) throws {
        let host = try Host()
        let (client, peer) = try host.acceptedClient(try host.server())
        host.wifi.readAheadLimit = limit
        peer.send(pattern(60_000))
        var count = 0
        for _ in 0..<20 {
            try host.wifi.delay(.milliseconds(60))
            count = try client.available()
        }
        let frames = (limit + host.longestReceive - 1) / host.longestReceive
        #expect(count == frames * host.longestReceive)
        #expect(try client.read(exactly: 60_000) == pattern(60_000))
    }
}
