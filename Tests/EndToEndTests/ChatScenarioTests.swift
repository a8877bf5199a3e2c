import TestPeers
import LinuxIO
import NINALink
import NINAWire
import TestSupport
import Testing
import WiFiNINA

/// S3: a chat room with ten guests, some of them misbehaving.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ChatScenarioTests {
    private static let port: UInt16 = 7000
    private static let rounds = 3

    /// Six talk, one sends 1 MB without an end of line, one is silent, one vanishes, one ends only its own stream.
    /// Then all leave and others come, three times.
    @Test func aChatRoomOutlivesItsGuests() throws {
        var random = SplitMix64(seed: testSeed())
        let emulator = try EmulatorUnderTest(["--max-sockets", "16"])
        let wifi = try emulator.host()
        let chat = try ChatServer(wifi, port: Self.port)
        let descriptors = try emulator.openDescriptors()
        var memory: [Int] = []
        for round in 1...Self.rounds {
            try self.round(chat, try wifi.localIP(), &random)
            #expect(chat.complaints == round)
            #expect(try emulator.openDescriptors(waitingFor: descriptors) == descriptors)
            memory.append(try emulator.residentBytes())
        }
        #expect(chat.mostGuests == Guests.all.count)
        #expect(chat.mostKept <= Guests.all.count * ChatServer.lineLimit)
        let growth = memory[Self.rounds - 1] - memory[0]
        // After the first round memory is warm; each round forwards megabytes.
        #expect(growth < 1 << 20, "the emulator has grown by \(growth) bytes")
        print(
            "S3: \(Self.rounds) rounds of chat; at most \(chat.mostKept) bytes kept for lines, the emulator has",
            "\(memory.map { $0 / 1024 }) KB after each")

        // Every slot can be used again.
        let address = try wifi.localIP()
        let peers = try (1..<16).map { _ in try TCPPeer(address, port: Self.port) }
        try run(chat, until: { chat.guests.count == peers.count })
        #expect(Set(chat.guests.map(\.client.socket)).count == peers.count)
    }

    /// Ten guests connect, talk and leave.
    private func round(_ chat: ChatServer, _ address: IPv4Address, _ random: inout SplitMix64) throws {
        let guests = Guests(&random)
        try guests.come(to: address, Self.port, &random)
        try run(chat, until: { chat.guests.count == Guests.all.count })
        let vanishing = try #require(try guests.port(of: .vanishing))
        // Guests talk only after all have connected, and most only after the one that will vanish has been heard.
        guests.begin()
        try run(chat, until: { chat.lines(of: vanishing) == guests.lines(of: .vanishing) })
        guests.vanish()
        try run(chat, until: { guests.haveAllEnded })
        for (guest, heard) in try guests.heard() { guests.expect(guest, hasHeard: heard) }
        #expect(chat.lines(of: vanishing) == nil, "a client that cannot be written to is dropped")
        try run(
            chat,
            until: {
                try chat.sweep()
                return chat.guests.isEmpty
            })
    }

    private func run(_ chat: ChatServer, until isDone: () throws -> Bool) throws {
        let deadline = MonotonicClock.nanoseconds() + 40_000_000_000
        while try !isDone() {
            try #require(MonotonicClock.nanoseconds() < deadline, "the chat makes no progress")
            try chat.loop()
        }
    }
}

/// The guests of a round, what each sends and what each must receive.
private final class Guests {
    enum Guest: Int, CaseIterable {
        case anna, ben, carl, dora, emil, frida
        /// Sends 1 MB without an end of line, then ends it and sends a proper line.
        case endless
        /// Is silent.
        case silent
        /// Resets its connection in the middle of a line.
        case vanishing
        /// Ends its own stream and continues to listen.
        case halfClosing
    }

    static let all = Guest.allCases
    /// The complete lines of each guest, which begin with its name.
    private let speeches: [[UInt8]]
    private let ports = SharedResults<UInt16>(all.count)
    private let results = SharedResults<[UInt8]>(all.count)
    private let start = SharedResults<Bool>(1)
    private let vanished = SharedResults<Bool>(1)
    private let mayVanish = SharedResults<Bool>(1)

    init(_ random: inout SplitMix64) {
        var speeches: [[UInt8]] = []
        for guest in Self.all {
            let lines =
                switch guest {
                case .silent: 0
                case .endless: 1
                case .vanishing, .halfClosing: 20
                case .anna, .ben, .carl, .dora, .emil, .frida: 100
                }
            var speech: [UInt8] = []
            for number in 0..<lines {
                var line = Array("\(guest) \(number) ".utf8)
                // Up to the longest allowed line.
                let count = Int.random(in: 0...ChatServer.lineLimit - line.count, using: &random)
                line += random.bytes(count).map { $0 == UInt8(ascii: "\n") ? 0 : $0 }
                speech += line + [UInt8(ascii: "\n")]
            }
            speeches.append(speech)
        }
        self.speeches = speeches
    }

    private func speech(_ guest: Guest) -> [UInt8] { speeches[guest.rawValue] }

    func lines(of guest: Guest) -> Int { speech(guest).count { $0 == UInt8(ascii: "\n") } }

    /// The number of bytes that a guest receives: the lines of all others, and the server's notices to it.
    private func count(for guest: Guest) -> Int {
        let others = Self.all.filter { $0 != guest }.reduce(0) { $0 + speech($1).count }
        return others + (guest == .endless ? ChatServer.complaint.utf8.count : 0)
    }

    /// Connects all guests, each with its own thread.
    func come(to address: IPv4Address, _ port: UInt16, _ random: inout SplitMix64) throws {
        for guest in Self.all {
            var source = SplitMix64(seed: random.next())
            var bytes = speech(guest)
            if guest == .endless {
                let endless = source.bytes(1 << 20).map { $0 == UInt8(ascii: "\n") ? 0 : $0 }
                bytes = endless + [UInt8(ascii: "\n")] + bytes
            }
            let (ports, results, start, vanished, mayVanish) = (ports, results, start, vanished, mayVanish)
            let (speech, random, count) = (bytes, source, count(for: guest))
            try DetachedThread.start(stackBytes: 1 << 20) {
                results.set(
                    guest.rawValue,
                    Result {
                        let peer = try TCPPeer(address, port: port)
                        ports.set(guest.rawValue, .success(peer.port))
                        _ = try start.wait()
                        if guest == .vanishing {
                            try peer.send(speech + Array("vanishing in the middle of".utf8))
                            _ = try mayVanish.wait()
                            try peer.reset()
                            peer.close()
                            vanished.set(0, .success(true))
                            return []
                        }
                        if guest.rawValue <= Guest.frida.rawValue { _ = try vanished.wait() }
                        return try peer.exchange(
                            speech, receiving: count, random: random, endsStream: guest == .halfClosing)
                    })
            }
        }
    }

    func port(of guest: Guest) throws -> UInt16? { try ports.wait()[guest.rawValue].get() }

    /// Releases the guests that talk from the start.
    func begin() { start.set(0, .success(true)) }

    /// Has one guest reset its connection; the others talk after that.
    func vanish() { mayVanish.set(0, .success(true)) }

    var haveAllEnded: Bool { Self.all.allSatisfy { !results.isUnset($0.rawValue) } }

    /// What each guest has received, except the one that vanished.
    func heard() throws -> [(Guest, [UInt8])] {
        try zip(Self.all, results.wait()).filter { $0.0 != .vanishing }.map { ($0, try $1.get()) }
    }

    /// Every line of every other guest, whole, once and in order, and a notice only for the guest that earned it.
    func expect(_ guest: Guest, hasHeard bytes: [UInt8]) {
        var heard: [[UInt8]: [UInt8]] = [:]
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
            heard[Array(line.prefix { $0 != UInt8(ascii: " ") }), default: []] += Array(line) + [UInt8(ascii: "\n")]
        }
        #expect(bytes.last == UInt8(ascii: "\n"))
        for other in Self.all where other != guest {
            let found = heard.removeValue(forKey: Array("\(other)".utf8)) ?? []
            #expect(StreamHash(found) == StreamHash(speech(other)), "what \(guest) received from \(other)")
        }
        if guest == .endless {
            #expect(heard.removeValue(forKey: Array("error:".utf8)) == Array(ChatServer.complaint.utf8))
        }
        #expect(heard.isEmpty, "\(guest) has heard what was never said: \(heard.keys)")
    }
}
