import NINAWire
import Testing
import WiFiNINA

/// How often a module is asked in vain, on the loopback's clock: IRQ is only a hint, and each question costs a command.
@Suite(.timeLimit(.minutes(10))) struct PollIntervalTests {
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

    /// A client that the program has left alone for a second may have gone without a sign; one that it uses tells it.
    @Test func aClientIsCheckedByTheServerAfterASecond() throws {
        let host = try Host()
        let server = try host.server()
        let peer = try #require(host.network.connect(to: server.port))
        peer.send([1])
        let client = try #require(try server.available())
        #expect(try client.read() == 1)
        let ask = { _ = try server.available() }
        _ = try commands(host, after: 100) { _ = try client.available() }
        #expect(try commands(host, after: 900, ask) == 1)
        #expect(try commands(host, after: 99, ask) == 1)
        #expect(try commands(host, after: 1, ask) == 0)
        let checked = try commands(host, after: 50, ask)
        #expect(checked == 2)
        #expect(try commands(host, after: 49, ask) == 0)
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

    /// A full buffer may hide bytes that the program has not seen; one with room does not.
    @Test(arguments: [(5, true), (6, false)]) func aFullBufferCountsAsActivity(_ limit: Int, _ isActive: Bool) throws {
        let host = try Host(family: .bsd)
        host.wifi.readAheadLimit = limit
        let (client, peer) = try host.acceptedClient(try host.server())
        peer.send([1, 2, 3, 4, 5])
        #expect(try client.available() == 5)
        #expect(try host.wifi.waitForActivity(.zero) == isActive)
    }

    /// IRQ does not say when a BSD socket has more: one with bytes is asked for others once a millisecond, not each time.
    @Test func aBSDSocketWithBytesRests() throws {
        let host = try Host(family: .bsd)
        let (client, peer) = try host.acceptedClient(try host.server())
        peer.send([1])
        #expect(try client.available() == 1)
        #expect(try commands(host, after: 0) { for _ in 0..<100 { _ = try client.available() } } == 0)
        #expect(try commands(host, after: 1) { for _ in 0..<100 { _ = try client.available() } } == 1)
        peer.send([2])
        #expect(try client.available() == 1)
        try host.wifi.delay(.milliseconds(1))
        #expect(try client.available() == 2)
        #expect(try client.read(10) == [1, 2])
    }

    /// A wait for a BSD socket asks after 0.5 ms, then after pauses that double up to 20 ms, and once more at its end.
    @Test func aWaitForABSDSocketAsksLessAndLess() throws {
        let host = try Host()
        let socket = try WiFiSocket(host.wifi, .stream)
        try socket.bind(80)
        try socket.listen()
        // 0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 51.5, ... 991.5, 1000 ms.
        let asked = try host.commands { _ = try socket.wait(for: .readable, .seconds(1)) }
        #expect(asked == 7 + 48 + 1)
        #expect(try host.commands { _ = try socket.wait(for: .readable, .zero) } == 1)
        _ = try #require(host.network.connect(to: 80))
        #expect(try host.commands { _ = try socket.wait(for: .readable, .seconds(1)) } == 1)
    }

    /// So does a wait for anything, of each socket.
    @Test func aWaitForActivityAsksLessAndLess() throws {
        let host = try Host(family: .bsd)
        _ = try host.server()
        var isActive = true
        let asked = try host.commands { isActive = try host.wifi.waitForActivity(.seconds(1)) }
        #expect(!isActive && asked == 7 + 48 + 1)
    }

    /// What is there is found by a wait that may not take any time, with either family.
    @Test(arguments: SocketFamily.allCases) func aWaitWithoutTimeFindsWhatIsThere(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        let server = try host.server()
        #expect(try !host.wifi.waitForActivity(.zero))
        let peer = try #require(host.network.connect(to: server.port))
        #expect(try host.wifi.waitForActivity(.zero))
        let client = try #require(try server.accept())
        #expect(try !host.wifi.waitForActivity(.zero))
        peer.send([1, 2])
        #expect(try host.wifi.waitForActivity(.zero))
        #expect(try client.read(10) == [1, 2])
        #expect(try !host.wifi.waitForActivity(.zero))
    }

    /// Each client is asked once: the one whose turn it is, too.
    @Test func availableAsksEachBSDSocketOnce() throws {
        let host = try Host(family: .bsd)
        let server = try host.server()
        let peers = try (0..<3).map { _ in try #require(host.network.connect(to: server.port)) }
        peers[1].send([1])
        let client = try #require(try server.available())
        #expect(try client.read(10) == [1])
        // The listener, and three clients.
        let commands = try host.commands { _ = try server.available() }
        let others = try host.commands { _ = try server.available() }
        #expect(commands == others)
        peers[1].send([2])
        #expect(try server.available() == client)
        #expect(try client.read(10) == [2])
        #expect(commands == 3 + 2)
        // A client that is not the current one is found by the same look.
        peers[2].send([3])
        let third = try #require(try server.available())
        #expect(third != client)
        #expect(try third.read(10) == [3])
    }
}
