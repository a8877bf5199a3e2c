import TestPeers
import LinuxIO
import NINALink
import NINAWire
import TestSupport
import Testing
import WiFiNINA

/// Servers and clients over BSD sockets, through two real processes and real connections; `ServerScenarioTests` and
/// `TransferScenarioTests` cover both families.
@Suite(.serialized, .timeLimit(.minutes(10))) struct SocketFamilyScenarioTests {
    private static let streamBytes = 2 << 20

    /// Sends a client one stream while it sends another.
    /// - Returns: the received bytes.
    private func exchange(
        _ next: () throws -> WiFiClient?, sending answer: [UInt8], _ wifi: WiFi, _ random: inout SplitMix64
    ) throws -> StreamHash {
        var received = StreamHash()
        var rest = answer[...]
        let deadline = wifi.now.advanced(by: .seconds(60))
        while received.count < Self.streamBytes || !rest.isEmpty {
            guard wifi.now < deadline else { throw WiFiError.timedOut(.read) }
            guard let client = try next() else {
                try wifi.waitForActivity(.milliseconds(50))
                continue
            }
            received.add(try client.read(random.size(bits: 14)))
            let piece = rest.prefix(random.size(bits: 14))
            try client.writeAll(piece)
            rest = rest.dropFirst(piece.count)
        }
        return received
    }

    /// Two clients, one of them silent: the other sends 2 MB and receives 2 MB at the same time.
    @Test(arguments: [true, false]) func aServerCarriesMuchBothWays(_ isAccepting: Bool) throws {
        var random = SplitMix64(seed: testSeed())
        let emulator = try EmulatorUnderTest()
        let wifi = try emulator.host(.bsd)
        let server = WiFiServer(wifi, port: 80)
        try server.begin()
        let address = try wifi.localIP()
        let silent = try TCPPeer(address, port: 80)
        let question = random.bytes(Self.streamBytes)
        let answer = random.bytes(Self.streamBytes)
        let source = SplitMix64(seed: random.next())
        let results = SharedResults<StreamHash>(1)
        let port = SharedResults<UInt16>(1)
        try DetachedThread.start(stackBytes: 1 << 20) {
            results.set(
                0,
                Result {
                    let peer = try TCPPeer(address, port: 80)
                    port.set(0, .success(peer.port))
                    return StreamHash(
                        try peer.exchange(
                            question, receiving: Self.streamBytes, random: source))
                })
        }
        let talkingPort = try port.wait()[0].get()
        let before = wifi.commandCount
        let start = MonotonicClock.nanoseconds()
        let received: StreamHash
        if isAccepting {
            #expect(try wifi.waitForActivity(.seconds(10)))
            let one = try #require(try server.accept())
            #expect(try one.remotePort() == silent.port)
            let deadline = wifi.now.advanced(by: .seconds(10))
            var two: WiFiClient?
            while two == nil, wifi.now < deadline { two = try server.accept() }
            let client = try #require(two)
            #expect(try client.remotePort() == talkingPort)
            received = try exchange({ client }, sending: answer, wifi, &random)
            #expect(try one.connected() && one.available() == 0)
        } else {
            var talking: WiFiClient?
            received = try exchange(
                {
                    let client = try server.available()
                    if let client, talking == nil { #expect(try client.remotePort() == talkingPort) }
                    if let client { talking = client }
                    // It has sent everything, and its reply is still due.
                    return client ?? talking
                }, sending: answer, wifi, &random)
            try silent.send([7])
            #expect(try wifi.waitForActivity(.seconds(10)))
            let one = try #require(try server.available())
            #expect(try one.remotePort() == silent.port)
            #expect(try one.read(10) == [7])
        }
        #expect(received == StreamHash(question))
        #expect(try results.wait()[0].get() == StreamHash(answer))
        print(
            "BSD: \(2 * Self.streamBytes >> 20) MB in \((MonotonicClock.nanoseconds() - start) / 1_000_000) ms,",
            "\(wifi.commandCount - before) commands")
    }

    /// A connection that the module makes, to a name; its end is detected and its socket is free again.
    @Test func aClientCarriesMuchBothWays() throws {
        var random = SplitMix64(seed: testSeed())
        let emulator = try EmulatorUnderTest(["--host", "box=127.0.0.1", "--max-sockets", "1"])
        let wifi = try emulator.host(.bsd)
        let listener = try TCPSocket.listen(on: IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0))
        let port = try TCPSocket.localEndpoint(listener.rawValue).port
        let number = listener.rawValue
        let question = random.bytes(Self.streamBytes)
        let answer = random.bytes(Self.streamBytes)
        let source = SplitMix64(seed: random.next())
        let results = SharedResults<StreamHash>(1)
        try DetachedThread.start(stackBytes: 1 << 20) {
            results.set(
                0,
                Result {
                    _ = try DescriptorWait.wait(
                        number, for: .readable, deadline: MonotonicClock.nanoseconds() + 20_000_000_000)
                    guard let connection = try TCPSocket.accept(number) else { throw LinuxError("accept", .timedOut) }
                    let peer = try TCPPeer(accepted: connection.descriptor)
                    let bytes = try peer.exchange(question, receiving: Self.streamBytes, random: source)
                    peer.endStream()
                    return StreamHash(bytes)
                })
        }
        var client = WiFiClient(wifi)
        try client.connect("box", port: port)
        #expect(try client.remotePort() == port)
        #expect(try exchange({ client }, sending: answer, wifi, &random) == StreamHash(question))
        #expect(try results.wait()[0].get() == StreamHash(answer))
        #expect(try client.waitForBytes(.seconds(20)) == 0)
        #expect(client.socket == .unavailable)
        withExtendedLifetime(listener) {}
        // Nothing listens there, which is reported at once.
        let start = MonotonicClock.nanoseconds()
        #expect(throws: WiFiError.connectFailed) { try client.connect(.loopback, port: 1) }
        #expect(throws: WiFiError.connectFailed) { try client.connect("no-such-host.invalid", port: 1) }
        #expect(MonotonicClock.nanoseconds() - start < 9_000_000_000)
    }

    /// Clients that come at the same time are connected before the program accepts any: one that finds no room would wait
    /// a second until it is tried again.
    @Test func manyClientsAtOnceFindRoom() throws {
        let emulator = try EmulatorUnderTest()
        let wifi = try emulator.host(.bsd)
        let server = WiFiServer(wifi, port: 80)
        try server.begin()
        let address = try wifi.localIP()
        let peers = try (0..<64).map { _ in try TCPPeer(address, port: 80) }
        try peers[63].send([7])
        #expect(try wifi.waitForActivity(.seconds(10)))
        #expect(try server.accept() != nil)
    }
}
