import LinuxIO
import NINALink
import NINAWire
import Synchronization
import TestSupport
import Testing
import WiFiNINA

/// S1: many connections carry much at once, and nothing of one ever turns up in another.
@Suite(.serialized) struct TransferScenarioTests {
    private static let clients = 8
    private static let streamBytes = 2 << 20

    /// Eight clients send 2 MB of random bytes each and are sent 2 MB of others at the same time; the sketch knows them by
    /// `available()` alone, and answers whoever it has just read from.
    @Test(arguments: SocketFamily.allCases) func eightClientsAtOnceKeepTheirStreamsApart(_ family: SocketFamily) throws
    {
        var random = SplitMix64(seed: testSeed())
        let emulator = try EmulatorUnderTest()
        let wifi = try emulator.host(family)
        let server = WiFiServer(wifi, port: 80)
        try server.begin()
        let address = try wifi.localIP()

        let questions = (0..<Self.clients).map { _ in random.bytes(Self.streamBytes) }
        let answers = (0..<Self.clients).map { _ in random.bytes(Self.streamBytes) }
        let sent = (0..<Self.clients).map { _ in SharedCount() }
        let ports = SharedResults<UInt16>(Self.clients)
        let received = SharedResults<StreamHash>(Self.clients)
        for (index, question) in questions.enumerated() {
            let source = SplitMix64(seed: random.next())
            let sent = sent[index]
            try DetachedThread.start(stackBytes: 1 << 20) {
                received.set(
                    index,
                    Result {
                        let peer = try TCPPeer(address, port: 80)
                        ports.set(index, .success(peer.port))
                        var bytes = try peer.exchange(
                            question, receiving: Self.streamBytes, random: source, sent: sent)
                        // What comes now, before the end of the stream, is too much.
                        peer.endStream()
                        bytes += try peer.read()
                        return StreamHash(bytes)
                    })
            }
        }

        let sketch = AnsweringSketch(
            wifi, server, ports: try ports.wait().map { try $0.get() }, answers: answers, sent: sent, random: random)
        let start = MonotonicClock.nanoseconds()
        try sketch.run(bytesEach: Self.streamBytes)
        let nanoseconds = MonotonicClock.nanoseconds() - start
        for (index, result) in try received.wait().enumerated() {
            #expect(sketch.received[index] == StreamHash(questions[index]), "what client \(index) sent")
            #expect(try result.get() == StreamHash(answers[index]), "what client \(index) was sent")
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

    /// A client connects and asks while the sketch is in the middle of a long write to another, who does not read on
    /// before that: it is connected at once, served after the write, and leaves no byte in the other's stream.
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
        // Several times what the kernel holds for a client that does not read.
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
        Issue.record("nobody asked for \(request)")
    }
}

/// How long clients wait for their turn while others have theirs.
///
/// Time would say how busy this machine is. Bytes do not: whoever has bytes waiting may wait only while so many are read
/// from others, since its last turn or since it has had bytes.
struct Fairness {
    /// A turn of each other client: what `available()` gives it, one read more, and what the library reads ahead.
    static func limit(clients: Int, longestRead: Int) -> Int {
        (clients - 1) * (16 * 1024 + longestRead + Frame.longestReceive)
    }

    /// What a module's SPI at 8 MHz carries in 250 ms, the longest that a client may be starved: 987 KB a second.
    static let wireLimit = 987_000 / 4

    private var taken: [Int]
    private var waitsSince: [UInt64?]
    private(set) var mostBytes = 0
    private(set) var longestNanoseconds: UInt64 = 0

    init(_ clients: Int) {
        taken = Array(repeating: 0, count: clients)
        waitsSince = Array(repeating: nil, count: clients)
    }

    /// So many bytes were read from a client.
    /// - Parameter isWaiting: whether a client has bytes that were not read yet.
    mutating func served(_ client: Int, bytes: Int, isWaiting: (Int) -> Bool) {
        let now = MonotonicClock.nanoseconds()
        for index in taken.indices {
            if let since = waitsSince[index] {
                longestNanoseconds = max(longestNanoseconds, now - since)
                if index != client { taken[index] += bytes }
                mostBytes = max(mostBytes, taken[index])
            }
            if index == client || waitsSince[index] == nil || !isWaiting(index) {
                taken[index] = 0
                waitsSince[index] = isWaiting(index) ? now : nil
            }
        }
    }
}

/// A sketch that answers each client with a stream of its own while it receives that client's.
private final class AnsweringSketch {
    private static let readBits = 13
    static let longestRead = 1 << readBits
    /// Nothing may stand still for so long.
    private static let patience = Duration.seconds(30)

    private let wifi: WiFi
    private let server: WiFiServer
    private let ports: [UInt16]
    private let sent: [SharedCount]
    private var random: SplitMix64
    private var handles: [WiFiClient?]
    private var answers: [ArraySlice<UInt8>]
    private(set) var received: [StreamHash]
    private(set) var fairness: Fairness

    init(
        _ wifi: WiFi, _ server: WiFiServer, ports: [UInt16], answers: [[UInt8]], sent: [SharedCount], random: SplitMix64
    ) {
        self.wifi = wifi
        self.server = server
        self.ports = ports
        self.sent = sent
        self.random = random
        self.answers = answers.map { $0[...] }
        handles = Array(repeating: nil, count: ports.count)
        received = Array(repeating: StreamHash(), count: ports.count)
        fairness = Fairness(ports.count)
    }

    /// Serves until everybody has sent and got so much, and has ended its stream after that.
    func run(bytesEach: Int) throws {
        var deadline = wifi.now.advanced(by: Self.patience)
        while received.contains(where: { $0.count < bytesEach }) || answers.contains(where: { !$0.isEmpty }) {
            guard wifi.now < deadline else { throw WiFiError.timedOut(.read) }
            if try turn() { deadline = wifi.now.advanced(by: Self.patience) }
        }
        for (index, handle) in handles.enumerated() {
            let client = try #require(handle)
            // The library has found it ended and drained, and let it go.
            if client.socket == .unavailable { continue }
            #expect(try client.waitForBytes(.seconds(20)) == 0, "client \(index) has sent more than it should")
        }
    }

    /// - Returns: whether bytes were moved.
    private func turn() throws -> Bool {
        guard let client = try server.available() else {
            // Nobody says anything: the answers go on, as far as they have begun.
            let index = handles.indices.first { handles[$0] != nil && !answers[$0].isEmpty }
            guard let index else {
                try wifi.waitForActivity(.milliseconds(50))
                return false
            }
            try answer(index)
            return true
        }
        let index = try number(of: client)
        let bytes = try client.read(random.size(bits: Self.readBits))
        received[index].add(bytes)
        try answer(index)
        if random.isOnce(in: 64) { try wifi.delay(.microseconds(random.size(bits: 10))) }
        fairness.served(index, bytes: bytes.count) { sent[$0].value > received[$0].count }
        return !bytes.isEmpty
    }

    /// Sends a client the next piece of its stream.
    private func answer(_ index: Int) throws {
        let piece = answers[index].prefix(random.size(bits: 13))
        guard !piece.isEmpty else { return }
        try #require(handles[index]).writeAll(piece)
        answers[index] = answers[index].dropFirst(piece.count)
    }

    private func number(of client: WiFiClient) throws -> Int {
        if let index = handles.firstIndex(of: client) { return index }
        let index = try #require(ports.firstIndex(of: try client.remotePort()), "a client that nobody is")
        try #require(handles[index] == nil, "client \(index) has a second handle")
        handles[index] = client
        return index
    }
}
