import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA

/// A host and a coprocessor in one process, joined to a network by default.
final class Host {
    let network = VirtualNetwork()
    let storage = MemoryStorage()
    let device: Coprocessor
    let link: FaultyLink
    let wifi: WiFi

    init(
        joined: Bool = true, family: SocketFamily = .classic, _ change: (inout Configuration) -> Void = { _ in }
    ) throws {
        var configuration = Configuration()
        change(&configuration)
        device = Coprocessor(configuration, network: network, storage: storage)
        link = FaultyLink(try MessageLink.loopback(to: device))
        wifi = WiFi(link: link)
        wifi.socketFamily = family
        if family == .bsd { connectsWhileAsleep() }
        if joined { try wifi.begin("lab-net", passphrase: "correct-horse") }
    }

    static let address = IPv4Address(10, 0, 0, 1)

    /// Completes connects while the host sleeps: the in-memory network completes them only during a command that waits.
    func connectsWhileAsleep() {
        link.whileAsleep = { [network] in if network.answersAtOnce { network.connectNow() } }
    }

    /// The socket number after this many earlier ones.
    func number(_ index: Int) -> SocketNumber {
        let isBSD = wifi.socketFamily == .bsd
        return SocketNumber(
            rawValue: UInt8(isBSD ? Firmware.slotLimit - device.configuration.slotCount + index : index))
    }

    /// The most bytes that one command returns.
    var longestReceive: Int { wifi.socketFamily == .bsd ? 4076 : Frame.longestReceive }

    func server(_ port: UInt16 = 80) throws -> WiFiServer {
        let server = WiFiServer(wifi, port: port)
        try server.begin()
        return server
    }

    func acceptedClient(_ server: WiFiServer) throws -> (WiFiClient, VirtualPeer) {
        let peer = try #require(network.connect(to: server.port))
        return (try #require(try server.accept()), peer)
    }

    /// The number of commands that `body` sends.
    func commands(_ body: () throws -> Void) rethrows -> Int {
        let before = wifi.commandCount
        try body()
        return wifi.commandCount - before
    }

    /// Milliseconds of virtual time that `body` takes.
    func milliseconds(_ body: () throws -> Void) rethrows -> Int {
        let before = wifi.now
        try body()
        return Int(wifi.now.nanoseconds(since: before) / 1_000_000)
    }

    /// Polls until `body` returns a value or ten seconds have passed.
    func wait<T>(_ body: () throws -> T?) throws -> T {
        let end = wifi.now.advanced(by: .seconds(10))
        while wifi.now < end {
            if let found = try body() { return found }
            try wifi.delay(.milliseconds(5))
        }
        throw WiFiError.timedOut(.read)
    }
}

/// A link on which commands can fail: the command runs, but its reply does not arrive.
final class FaultyLink: Link {
    private let inner: any Link
    /// The number of commands that still work; nil for all.
    var commandsLeft: Int?
    /// The number of commands whose replies still arrive; nil for all. Later commands run, too.
    var commandsAnswered: Int?
    /// Whether the RESET line is wired.
    var hasResetLine = true
    /// Events outside, while the host sleeps.
    var whileAsleep: (() -> Void)?

    init(_ inner: any Link) { self.inner = inner }

    var now: MonotonicInstant { inner.now }
    func interruptLevel() throws(LinkError) -> Bool { try inner.interruptLevel() }
    func reset(until deadline: MonotonicInstant) throws(LinkError) {
        guard hasResetLine else { throw LinkError(.unavailable, .boot) }
        try inner.reset(until: deadline)
    }

    func sleep(until deadline: MonotonicInstant) throws(LinkError) {
        whileAsleep?()
        try inner.sleep(until: deadline)
    }

    func close() { inner.close() }

    func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        try inner.waitForInterrupt(until: deadline)
    }

    func sendCommand(_ frame: [UInt8], until deadline: MonotonicInstant) throws(LinkError) {
        if let left = commandsLeft {
            guard left > 0 else { throw LinkError(.timedOut, .readyForCommand) }
            commandsLeft = left - 1
        }
        try inner.sendCommand(frame, until: deadline)
    }

    func receiveReply(
        expecting opcode: Opcode, until deadline: MonotonicInstant
    ) throws(LinkError) -> ArraySlice<UInt8> {
        let reply = try inner.receiveReply(expecting: opcode, until: deadline)
        if let left = commandsAnswered {
            guard left > 0 else { throw LinkError(.timedOut, .reply) }
            commandsAnswered = left - 1
        }
        return reply
    }
}

/// Bytes that differ from their neighbors at every relevant distance.
func pattern(_ count: Int, _ seed: Int = 0) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: ($0 &+ seed) &* 31 &+ $0 / 253 &+ seed) }
}
