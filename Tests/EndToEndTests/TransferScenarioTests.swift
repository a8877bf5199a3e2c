import TestPeers
import LinuxIO
import NINALink
import NINAWire
import Synchronization
import TestSupport
import Testing
import WiFiNINA

/// S1: many connections carry much data at once, and no byte of one appears in another.
@Suite(.serialized, .timeLimit(.minutes(10))) struct TransferScenarioTests {
    private static let clients = 8
    private static let streamBytes = testRounds(1 << 20, long: 2 << 20)

    /// Eight clients send random bytes and receive others at the same time, 1 MB each, in a long run 2 MB; the sketch finds
    /// them with `available()` alone, and answers the client it has just read from.
    @Test(arguments: SocketFamily.allCases) func eightClientsAtOnceKeepTheirStreamsApart(_ family: SocketFamily) throws
    {
        var random = SplitMix64(seed: testSeed())
        let emulator = try EmulatorUnderTest()
        let wifi = try emulator.host(family)
        let server = WiFiServer(wifi, port: 80)
        try server.begin()
        let address = try wifi.localIP()

        let exchanges = try Exchanges(Self.clients, to: address, port: 80, bytesEach: Self.streamBytes, random: &random)
        let sketch = AnsweringSketch(
            wifi, server, ports: try exchanges.ports.wait().map { try $0.get() }, answers: exchanges.answers,
            sent: exchanges.sent, random: random)
        let start = MonotonicClock.nanoseconds()
        try sketch.run(bytesEach: Self.streamBytes)
        let nanoseconds = MonotonicClock.nanoseconds() - start
        for (index, result) in try exchanges.received.wait().enumerated() {
            #expect(sketch.received[index] == StreamHash(exchanges.questions[index]), "what client \(index) sent")
            #expect(try result.get() == StreamHash(exchanges.answers[index]), "what client \(index) was sent")
        }
        #expect(try server.available() == nil)
        let limit = Fairness.limit(clients: Self.clients, longestRead: AnsweringSketch.longestRead)
        #expect(limit <= Fairness.wireLimit)
        #expect(sketch.fairness.mostBytes <= limit, "a client with bytes waited too long for its turn")
        print(
            "S1: \(2 * Self.clients * Self.streamBytes >> 20) MB in \(nanoseconds / 1_000_000) ms; a client with bytes waited",
            "\(sketch.fairness.longestNanoseconds / 1000) us at most, and for \(sketch.fairness.mostBytes) bytes read from others"
        )
    }

    /// A client connects and sends a request while the sketch is in the middle of a long write to another client, which
    /// does not read before that: it is connected at once, served after the write, and mixes no byte into the other stream.
    @Test(arguments: SocketFamily.allCases) func aClientThatConnectsInTheMiddleOfAWriteIsServed(_ family: SocketFamily)
        throws
    {
        var random = SplitMix64(seed: testSeed())
        let emulator = try EmulatorUnderTest()
        let wifi = try emulator.host(family)
        let server = WiFiServer(wifi, port: 80)
        try server.begin()
        let address = try wifi.localIP()
        let block = random.bytes(1 << 20)
        // Several times what the kernel buffers for a client that does not read.
        let blocks = 16
        // 1 during the write, 2 after it.
        let progress = SharedCount()
        let states = SharedText()
        let results = SharedResults<StreamHash>(2)
        try DetachedThread.start(stackBytes: 1 << 20) {
            results.set(
                0,
                Result {
                    let first = try TCPPeer(address, port: 80)
                    try first.send(Array("long\n".utf8))
                    var bytes = try first.read(1)
                    let second = try TCPPeer(address, port: 80)
                    try second.send(Array("short\n".utf8))
                    states.append("\(progress.value)")
                    bytes += try first.read()
                    results.set(1, Result { StreamHash(try second.read()) })
                    return StreamHash(bytes)
                })
        }
        try serve(server, wifi, "long\n") { client in
            progress.add(1)
            for _ in 0..<blocks { try client.writeAll(block) }
            progress.add(1)
        }
        try serve(server, wifi, "short\n") { try $0.print("at last") }
        let found = try results.wait().map { try $0.get() }
        var expected = StreamHash()
        for _ in 0..<blocks { expected.add(block) }
        #expect(states.text == "1", "the second client came too late")
        #expect(found[0] == expected)
        #expect(found[1] == StreamHash(Array("at last".utf8)))
    }

    /// Takes the next client, expects its request, answers and stops it.
    private func serve(
        _ server: WiFiServer, _ wifi: WiFi, _ request: String, _ answer: (WiFiClient) throws -> Void
    ) throws {
        let deadline = wifi.now.advanced(by: .seconds(20))
        while wifi.now < deadline {
            guard let client = try server.available() else {
                try wifi.waitForActivity(.milliseconds(50))
                continue
            }
            #expect(try client.read(100) == Array(request.utf8))
            try answer(client)
            return try client.stop()
        }
        Issue.record("no client asked for \(request)")
    }
}
