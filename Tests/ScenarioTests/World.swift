import LinuxIO
import NINAControl
import NINACoprocessor
import NINALink
import NINAWire
import WiFiNINA

/// The ten scenarios of Protocol/scenarios.
enum Library: String, CaseIterable, CustomStringConvertible {
    case accessPointGone = "access-point-gone"
    case passphraseChanged = "passphrase-changed"
    case weakSignal = "weak-signal"
    case dnsDown = "dns-down"
    case captivePortal = "captive-portal"
    case brokerDies = "broker-dies"
    case brownOut = "brown-out"
    case slotsTaken = "slots-taken"
    case slowReader = "slow-reader"
    case clockUnset = "clock-unset"

    var description: String { rawValue }

    var path: String {
        let package = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(
            separator: "/")
        return "\(package)/Protocol/scenarios/\(rawValue).json"
    }

    func scenario() throws -> Scenario {
        try ScenarioFile.read(InputFile.read(path, limit: ScenarioFile.limit), file: path)
    }
}

/// The broker outside, which answers whatever it gets. Its turn comes before each command.
final class BrokerLink: Link, @unchecked Sendable {
    static let address = IPv4Address(10, 0, 0, 1)
    static let port: UInt16 = 1883

    private let inner: any Link
    private var listener: VirtualListener?
    private var network: VirtualNetwork?

    init(_ inner: any Link) { self.inner = inner }

    func start(_ network: VirtualNetwork) {
        self.network = network
        network.hosts["broker.example"] = Self.address
        listener = network.listen(at: Endpoint(address: Self.address, port: Self.port))
    }

    private func answer() {
        for peer in listener?.accepted ?? [] where !peer.isFinished && !peer.wasReset {
            if !peer.read().isEmpty { peer.send(Array("ok\n".utf8)) }
        }
    }

    var now: MonotonicInstant { inner.now }
    func interruptLevel() throws(LinkError) -> Bool { try inner.interruptLevel() }
    func reset(until deadline: MonotonicInstant) throws(LinkError) { try inner.reset(until: deadline) }
    func sleep(until deadline: MonotonicInstant) throws(LinkError) {
        // The network in memory completes connects only during a command that waits, which a BSD connect is not.
        network?.connectNow()
        try inner.sleep(until: deadline)
    }
    func close() { inner.close() }

    func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        answer()
        return try inner.waitForInterrupt(until: deadline)
    }

    func sendCommand(_ frame: [UInt8], until deadline: MonotonicInstant) throws(LinkError) {
        answer()
        try inner.sendCommand(frame, until: deadline)
    }

    func receiveReply(
        expecting opcode: Opcode, until deadline: MonotonicInstant
    ) throws(LinkError) -> ArraySlice<UInt8> {
        try inner.receiveReply(expecting: opcode, until: deadline)
    }
}

/// What a program has met: its rounds, and the kinds of errors between them.
struct Diary {
    /// The kinds of its errors.
    private(set) var kinds: Set<String> = []
    /// Rounds without an error since the last one.
    private(set) var successes = 0
    /// The longest time of a round, in seconds.
    private(set) var longest = 0.0
    /// Whether the module knew the time, for each answer.
    private(set) var knewTime: Set<Bool> = []

    mutating func succeeded(knowingTime time: UInt64?) {
        successes += 1
        knewTime.insert(time != nil)
    }

    mutating func failed(_ error: WiFiError) {
        successes = 0
        kinds.insert(Self.kind(error))
    }

    mutating func took(_ nanoseconds: UInt64) { longest = max(longest, Double(nanoseconds) / 1e9) }

    private static func kind(_ error: WiFiError) -> String {
        switch error {
        case .joinFailed(let failure): "join: \(failure.cause)"
        case .connectFailed(let failure): "connect: \(failure.cause)"
        case .link(let fault, _): "link: \(fault.kind)"
        case .timedOut(let wait): "timed out: \(wait)"
        case .connectionClosed, .connectionEnded, .staleHandle: "connection ended"
        default: "\(error)"
        }
    }
}
