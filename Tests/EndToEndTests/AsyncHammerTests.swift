import TestPeers
import LinuxIO
import NINALink
import NINAWire
import TestSupport
import Testing
import WiFiNINA

/// Eight tasks use one device at the same time: no byte is lost, duplicated or misplaced, and no task starves.
///
/// With `NINA_HAMMER_SECONDS` they run that long (`Tools/soak tasks`), otherwise for some rounds each.
@Suite(.serialized, .ownThreads, .timeLimit(.minutes(60))) struct AsyncHammerTests {
    private static let tasks = 8
    private static let rounds = 5

    private struct Figures: Sendable {
        var rounds = 0
        var bytes = 0
        var cancelled = 0
    }

    /// When to end: by rounds, or by time.
    private struct End: Sendable {
        let deadline: UInt64?
        init() {
            let seconds = Environment.value("NINA_HAMMER_SECONDS").flatMap { UInt64($0) }
            deadline = seconds.map { MonotonicClock.nanoseconds() + $0 * 1_000_000_000 }
        }
        func isReached(_ round: Int) -> Bool {
            guard let deadline else { return round >= AsyncHammerTests.rounds }
            return MonotonicClock.nanoseconds() >= deadline
        }
    }

    @Test func eightTasksHammerOneDevice() async throws {
        let seed = testSeed()
        let emulator = try EmulatorUnderTest()
        let module = try await emulator.module()
        let address = try await module.localIP()
        let echo = try EchoPeer()
        let port = echo.port
        let server = try await module.listen(port: 8007)
        let serving = Task.onOwnThreads {
            try await server.serve { client in
                while case let bytes = try await client.read(), !bytes.isEmpty { try await client.writeAll(bytes) }
            }
        }
        let end = End()
        let figures = try await withThrowingTaskGroup(of: (Int, Figures).self) { group in
            for number in 0..<Self.tasks {
                group.addTask {
                    var random = SplitMix64(seed: seed &+ UInt64(number))
                    var figures = Figures()
                    while !end.isReached(figures.rounds) {
                        if number < 3 {
                            figures.bytes += try await Self.talkFromOutside(address, &random)
                        } else if number < 7 {
                            figures.bytes += try await Self.talk(module, port, &random)
                        } else {
                            try await Self.interrupt(module, port)
                            figures.cancelled += 1
                        }
                        figures.rounds += 1
                    }
                    return (number, figures)
                }
            }
            return try await group.reduce(into: [Int: Figures]()) { $0[$1.0] = $1.1 }
        }
        serving.cancel()
        #expect(await serving.result.failure == .cancelled)
        let commands = await module.perform { $0.commandCount }
        await module.close()
        echo.end()
        #expect(await module.waitingTasks == 0)
        for (number, figures) in figures.sorted(by: { $0.key < $1.key }) {
            #expect(figures.rounds > 0, "task \(number) was starved")
            print("task \(number): \(figures.rounds) rounds, \(figures.bytes) bytes there and back")
        }
        let (rounds, bytes) = figures.values.reduce((0, 0)) { ($0.0 + $1.rounds, $0.1 + $1.bytes) }
        print(
            "8 tasks, one device: \(rounds) rounds, \(bytes) bytes there and back, \(commands) commands, all hashes right"
        )
    }

    /// An external client of the module's server.
    private static func talkFromOutside(_ address: IPv4Address, _ random: inout SplitMix64) async throws -> Int {
        let bytes = random.bytes(random.size(bits: 16))
        let seed = random.next()
        let came = try await inThread {
            let peer = try TCPPeer(address, port: 8007)
            let came = try peer.exchange(
                bytes, receiving: bytes.count, random: SplitMix64(seed: seed), endsStream: true)
            // The server closes its side too, and the slot is free for the next client.
            return came + (try peer.read())
        }
        #expect(StreamHash(came) == StreamHash(bytes))
        return bytes.count
    }

    /// A client of the module, read in one task and written in another, in pieces of random size.
    private static func talk(_ module: WiFiModule, _ port: UInt16, _ random: inout SplitMix64) async throws -> Int {
        let client = try await module.connect(to: .loopback, port: port)
        let bytes = random.bytes(random.size(bits: 16))
        var pieces = SplitMix64(seed: random.next())
        async let writing: Void = {
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(pieces.size(bits: 13))
                try await client.writeAll(piece)
                rest = rest.dropFirst(piece.count)
            }
        }()
        var hash = StreamHash()
        while hash.count < bytes.count {
            let piece = try await client.read(random.size(bits: 13), timeout: .seconds(30))
            try #require(!piece.isEmpty, "the connection has ended after \(hash.count) bytes")
            hash.add(piece)
        }
        try await writing
        #expect(hash == StreamHash(bytes))
        await client.close()
        return bytes.count
    }

    /// Cancelled waits, with a look-up in between.
    private static func interrupt(_ module: WiFiModule, _ port: UInt16) async throws {
        let client = try await module.connect(to: .loopback, port: port)
        let reading = Task.onOwnThreads { try await client.readLine() }
        try await client.print("no end of a line")
        #expect(try await module.perform { wifi throws(WiFiError) in try wifi.hostByName("127.0.0.1") } == .loopback)
        reading.cancel()
        #expect(await reading.result.failure == .cancelled)
        try await client.print("\n")
        #expect(try await client.readLine(timeout: .seconds(30)) == "no end of a line")
        await client.close()
    }
}
