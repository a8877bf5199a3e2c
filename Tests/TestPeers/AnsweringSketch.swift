import LinuxIO
import NINALink
import NINAWire
import WiFiNINA

/// How long clients wait for their turn while others are served.
///
/// Time would depend on the load of this machine, so this counts bytes: a client with unread bytes may wait only while
/// a limited number of bytes is read from others, since its last turn or since it has had bytes.
package struct Fairness {
    /// A turn of each other client: the quantum of `available()`, one more read, and the library's read-ahead.
    package static func limit(clients: Int, longestRead: Int) -> Int {
        (clients - 1) * (16 * 1024 + longestRead + Frame.longestReceive)
    }

    /// What a module's SPI at 8 MHz transfers in 250 ms, the longest time that a client may be starved: 987 KB per
    /// second.
    package static let wireLimit = 987_000 / 4

    private var taken: [Int]
    private var waitsSince: [UInt64?]
    package private(set) var mostBytes = 0
    package private(set) var longestNanoseconds: UInt64 = 0

    package init(_ clients: Int) {
        taken = Array(repeating: 0, count: clients)
        waitsSince = Array(repeating: nil, count: clients)
    }

    /// Records bytes read from a client.
    /// - Parameter isWaiting: whether a client has unread bytes.
    package mutating func served(_ client: Int, bytes: Int, isWaiting: (Int) -> Bool) {
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

/// A sketch that sends each client its own stream while it receives the client's stream.
package final class AnsweringSketch {
    private static let readBits = 13
    package static let longestRead = 1 << readBits
    /// The maximum time without progress.
    private static let patience = Duration.seconds(30)

    private let wifi: WiFi
    private let server: WiFiServer
    private let ports: [UInt16]
    private let sent: [SharedCount]
    private var random: SplitMix64
    private var handles: [WiFiClient?]
    private var answers: [ArraySlice<UInt8>]
    package private(set) var received: [StreamHash]
    package private(set) var fairness: Fairness

    package init(
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

    /// Serves until every client has sent and received all its bytes, and has then ended its stream.
    package func run(bytesEach: Int) throws {
        var deadline = wifi.now.advanced(by: Self.patience)
        while received.contains(where: { $0.count < bytesEach }) || answers.contains(where: { !$0.isEmpty }) {
            guard wifi.now < deadline else { throw WiFiError.timedOut(.read) }
            if try turn() { deadline = wifi.now.advanced(by: Self.patience) }
        }
        for (index, handle) in handles.enumerated() {
            guard let client = handle else { throw Unexpected("client \(index) has no handle") }
            // The library has found it closed and drained, and stopped it.
            if client.socket == .unavailable { continue }
            guard try client.waitForBytes(.seconds(20)) == 0 else {
                throw Unexpected("client \(index) has sent more than it should")
            }
        }
    }

    /// - Returns: whether bytes were transferred.
    private func turn() throws -> Bool {
        guard let client = try server.available() else {
            // No client has sent anything: continue the replies already started.
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
        guard let client = handles[index] else { throw Unexpected("client \(index) has no handle") }
        try client.writeAll(piece)
        answers[index] = answers[index].dropFirst(piece.count)
    }

    private func number(of client: WiFiClient) throws -> Int {
        if let index = handles.firstIndex(of: client) { return index }
        guard let index = ports.firstIndex(of: try client.remotePort()) else {
            throw Unexpected("a client without a peer")
        }
        guard handles[index] == nil else { throw Unexpected("client \(index) has a second handle") }
        handles[index] = client
        return index
    }
}
