import NINALink
import NINAWire

/// The networks around the module, which outlive its resets.
struct Air: Sendable {
    /// How well a network is received.
    enum Reception: Equatable, Sendable {
        /// Not at all: it is gone, or its signal is below ``audible``.
        case none
        /// Below ``reliable``: joins fail and connections end now and then.
        case weak
        case good
    }

    /// Below this signal, in dBm, nothing is received: the sensitivity of the ESP32 at 1 Mbit/s (its data sheet, receiver
    /// specifications).
    static let audible: Int32 = -98
    /// Below this signal, in dBm, beacons get lost. A choice of this project: data sheets have no such limit.
    static let reliable: Int32 = -90
    /// The longest time that a connection lasts on a weak signal, in nanoseconds.
    private static let longestWeakTime: UInt64 = 30_000_000_000

    /// The most networks.
    static let limit = 255

    struct Entry: Sendable {
        /// Never reused: an association outlives changes of other networks.
        let id: Int
        var network: RadioNetwork
        /// Out of range although its signal would do.
        var isGone = false
        /// When it comes back; nil for never.
        var returns: MonotonicInstant?

        var reception: Reception {
            if isGone || network.rssi < Air.audible { return .none }
            return network.rssi < Air.reliable ? .weak : .good
        }
    }

    private(set) var entries: [Entry] = []
    /// The time of a join.
    var delay: Duration
    /// The time of a scan; nil for that of a join.
    var scanDelay: Duration?
    /// The time without beacons after which a station takes its network for lost.
    var beaconTimeout: Duration
    /// When a network comes back next.
    private(set) var nextReturn: MonotonicInstant?
    private var lastID = 0
    private var random = SplitMix64(seed: 0x4E49_4E41)

    init(_ networks: [RadioNetwork], delay: Duration, beaconTimeout: Duration = .zero) {
        self.delay = delay
        self.beaconTimeout = beaconTimeout
        for network in networks { append(network) }
    }

    /// The air of a configuration.
    init(_ configuration: Configuration) {
        self.init(configuration.networks, delay: configuration.wifiDelay, beaconTimeout: configuration.beaconTimeout)
        scanDelay = configuration.scanDelay
    }

    /// The networks in range, in the order in which they were added.
    var networks: [RadioNetwork] { entries.lazy.filter { $0.reception != .none }.map(\.network) }

    /// The network with an identifier, in range or not; nil when it was removed.
    func entry(_ id: Int) -> Entry? { entries.first { $0.id == id } }

    private mutating func append(_ network: RadioNetwork) {
        lastID += 1
        entries.append(Entry(id: lastID, network: network))
    }

    mutating func add(_ network: RadioNetwork) {
        let known = entries.firstIndex { $0.network.ssid == network.ssid && $0.network.bssid == network.bssid }
        guard let known else { return append(network) }
        entries[known].network = network
        bringBack(known)
    }

    private mutating func bringBack(_ index: Int) {
        entries[index].isGone = false
        entries[index].returns = nil
        nextReturn = entries.lazy.compactMap(\.returns).min()
    }

    /// Removes the networks of a name.
    mutating func remove(_ ssid: [UInt8]) {
        entries.removeAll { $0.network.ssid == ssid }
        nextReturn = entries.lazy.compactMap(\.returns).min()
    }

    /// Changes the networks of a name.
    /// - Returns: false when there is none.
    mutating func change(_ ssid: [UInt8], _ change: (inout Entry) -> Void) -> Bool {
        var isKnown = false
        for index in entries.indices where entries[index].network.ssid == ssid {
            change(&entries[index])
            isKnown = true
        }
        nextReturn = entries.lazy.compactMap(\.returns).min()
        return isKnown
    }

    /// Brings back the networks whose time has come.
    mutating func advance(to now: MonotonicInstant) {
        guard let nextReturn, nextReturn <= now else { return }
        for index in entries.indices {
            if let returns = entries[index].returns, returns <= now { bringBack(index) }
        }
    }

    /// Whether a join on a weak signal succeeds: always at ``reliable``, never at ``audible``, and evenly in between.
    mutating func admitsByChance(_ rssi: Int32) -> Bool {
        let span = UInt64(Self.reliable - Self.audible)
        return random.next() % span < UInt64(max(0, rssi - Self.audible))
    }

    /// How long a connection lasts on a weak signal.
    mutating func weakTime() -> Duration {
        .nanoseconds(Int64(1_000_000_000 + random.next() % (Self.longestWeakTime - 1_000_000_000)))
    }
}
