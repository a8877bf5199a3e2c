import NINALink
import NINAWire

/// The radio: association, scan results, addresses. Time is an argument.
struct Radio: Sendable {
    private struct Joining: Sendable {
        /// The network's identifier in the air; nil when there is none to join.
        var target: Int?
        var reason: UInt8
        var end: MonotonicInstant
    }

    /// The networks around the module. After a change call ``advance(to:)``.
    var air: Air { didSet { schedule() } }
    /// The status reported to hosts.
    private(set) var status = ConnectionStatus.idle
    /// Why the last connection failed or ended; 0 after a success, unless the firmware never clears it.
    private(set) var reason: UInt8
    /// The last network to be joined.
    private(set) var lastSSID: [UInt8] = []
    private let ownAddress: IPv4Address
    /// The static addresses; override those of the network.
    private(set) var fixedLease: Lease?
    /// The name servers set by the host; 0.0.0.0 means the network's.
    var dnsServers = (IPv4Address.any, IPv4Address.any)
    /// The access point, while it is active.
    private(set) var accessPoint: AccessPoint?
    private let accessPointAddress: IPv4Address
    private let dialect: Dialect
    private var lastLease = Lease()
    /// The addresses of a network that later joins keep (an oddity).
    private var keptLease: Lease?
    /// The identifier of the network that was joined.
    private var association: Int? {
        didSet {
            if association != oldValue { (reception, loss) = (.good, nil) }
        }
    }
    private var joining: Joining? { didSet { schedule() } }
    /// What the station joined with, in firmware that joins again by itself.
    private var lastCredential: Credential?
    /// The network is lost, and is joined again when it is back.
    private var awaitsReturn = false
    /// How the network that was joined is received.
    private var reception = Air.Reception.good
    /// When the network that was joined counts as lost.
    private var loss: MonotonicInstant? { didSet { schedule() } }
    /// When ``advance(to:)`` is next due; nil when no timer is pending.
    private(set) var nextDeadline: MonotonicInstant?

    /// Makes a radio that is idle.
    init(
        air: Air, ownAddress: IPv4Address, dialect: Dialect = .modern,
        accessPointAddress: IPv4Address = IPv4Address(192, 168, 4, 1)
    ) {
        self.air = air
        self.accessPointAddress = accessPointAddress
        self.dialect = dialect
        reason = dialect.quirks.contains(.reasonIsNeverCleared) ? 1 : 0
        self.ownAddress = ownAddress
        schedule()
    }

    private mutating func schedule() {
        nextDeadline = air.nextReturn
        if let end = joining?.end { nextDeadline = min(nextDeadline ?? end, end) }
        if let loss { nextDeadline = min(nextDeadline ?? loss, loss) }
    }

    /// The current network.
    var network: RadioNetwork? { association.flatMap { air.entry($0)?.network } }
    /// Whether the station is associated.
    var isAssociated: Bool { association != nil }
    /// Whether a join is in progress.
    var isJoining: Bool { joining != nil }

    private var runsBoth: Bool { dialect.quirks.contains(.accessPointsRunBesideStation) }
    /// The access point, where commands report it.
    var reportedAccessPoint: AccessPoint? { runsBoth ? nil : accessPoint }

    /// Sets static addresses, which are reported at once, connected or not.
    mutating func fix(_ lease: Lease) {
        let returnsToDHCP = dialect.addressRule == .untilZero && lease.address == .any
        fixedLease = returnsToDHCP ? nil : lease
        keptLease = nil
    }

    /// The station's addresses: the static ones; otherwise those of the network, zero without a connection.
    var lease: Lease {
        if reportedAccessPoint != nil {
            return fixedLease
                ?? Lease(
                    address: accessPointAddress, mask: .mask(prefixLength: 24), gateway: accessPointAddress)
        }
        if let fixedLease { return fixedLease }
        guard let network else { return dialect.quirks.contains(.addressOutlivesConnection) ? lastLease : Lease() }
        // Networks without an address of their own are this machine's, where the coprocessor is always reachable.
        if let keptLease, network.address != nil { return keptLease }
        guard let address = network.address else {
            return Lease(
                address: ownAddress, mask: .mask(prefixLength: 8), gateway: network.gateway ?? .loopback)
        }
        let mask = IPv4Address.mask(prefixLength: network.prefixLength)
        return Lease(address: address, mask: mask, gateway: network.gatewayAddress ?? .any)
    }

    /// The name servers in use.
    var nameServers: (IPv4Address, IPv4Address) {
        let given = network.map { $0.dns ?? lease.gateway } ?? .any
        return (dnsServers.0 == .any ? given : dnsServers.0, dnsServers.1)
    }

    /// Starts an access point.
    mutating func openAccessPoint(ssid: ArraySlice<UInt8>, security: EncryptionType) {
        accessPoint = AccessPoint(ssid: Array(ssid), security: security)
        if runsBoth {
            if status == .idle { status = .stopped }
            return
        }
        association = nil
        joining = nil
        keptLease = nil
        status = .apListening
    }

    /// The access point cannot be started.
    /// - Parameter looksIdle: the status is idle when there was an access point before (a quirk).
    mutating func failAccessPoint(looksIdle: Bool = false) {
        if runsBoth { return }
        status = looksIdle && accessPoint != nil ? .idle : .apFailed
        association = nil
        joining = nil
        accessPoint = nil
    }

    /// A station joins the access point. The status is reported as the firmware does, Protocol/dialects.md, GET_CONN_STATUS.
    /// - Returns: false when there is no access point, or the station has joined already.
    mutating func stationJoins(_ station: MACAddress) -> Bool {
        guard accessPoint?.stations.contains(station) == false else { return false }
        accessPoint?.stations.append(station)
        if reportedAccessPoint != nil { status = .apConnected }
        return true
    }

    /// A station leaves the access point.
    /// - Returns: false when it has not joined.
    mutating func stationLeaves(_ station: MACAddress) -> Bool {
        guard let index = accessPoint?.stations.firstIndex(of: station) else { return false }
        accessPoint?.stations.remove(at: index)
        if reportedAccessPoint?.stations.isEmpty == true { status = .apListening }
        return true
    }

    /// Drops the connection without a reason code, as a scan does.
    mutating func drop() {
        joining = nil
        awaitsReturn = false
        association = nil
    }

    /// Starts joining; the result is available after the delay.
    mutating func join(ssid: ArraySlice<UInt8>, _ credential: Credential, at now: MonotonicInstant) {
        association = nil
        if !runsBoth { accessPoint = nil }
        lastSSID = Array(ssid)
        status = .noSSIDAvailable
        lastCredential = dialect.lossRule == .joinsAgain ? credential.copy : nil
        awaitsReturn = false
        if dialect.addressRule == .whileNotZero, fixedLease?.address == .any { fixedLease = nil }
        startJoining(ssid, credential, at: now)
    }

    private mutating func startJoining(
        _ ssid: ArraySlice<UInt8>, _ credential: Credential, at now: MonotonicInstant
    ) {
        var candidates = air.entries.filter { $0.network.ssid.elementsEqual(ssid) && $0.reception != .none }
        if dialect.quirks.contains(.strongestIsJoined) { candidates.sort { $0.network.rssi > $1.network.rssi } }
        let target = candidates.first {
            $0.network.admits(credential)
                || $0.network.secret == .none && dialect.quirks.contains(.openNetworksAdmitEverybody)
        }
        joining = Joining(
            target: target?.id,
            reason: candidates.first.map { $0.network.refusalReason } ?? Reason.noAccessPointFound,
            end: now.advanced(by: air.delay))
    }

    /// Completes what is due: the return of a network, a join, a loss.
    mutating func advance(to now: MonotonicInstant) {
        if let next = air.nextReturn, next <= now { air.advance(to: now) }
        endJoin(at: now)
        receive(at: now)
        joinAgain(at: now)
    }

    /// Joins the network again that was lost, once it is back; after a failure it is left at that.
    private mutating func joinAgain(at now: MonotonicInstant) {
        guard awaitsReturn, let lastCredential,
            air.entries.contains(where: { $0.network.ssid == lastSSID && $0.reception != .none })
        else { return }
        awaitsReturn = false
        startJoining(lastSSID[...], lastCredential, at: now)
    }

    private mutating func endJoin(at now: MonotonicInstant) {
        guard var joining, joining.end <= now else { return }
        self.joining = nil
        let entry = joining.target.flatMap { air.entry($0) }
        if let entry {
            if entry.reception == .none || entry.reception == .weak && !air.admitsByChance(entry.network.rssi) {
                joining.target = nil
                joining.reason = Reason.noAccessPointFound
            } else if let failure = entry.network.failsJoins {
                joining.target = nil
                joining.reason = failure
            }
        }
        association = entry == nil ? nil : joining.target
        guard association != nil else {
            reason = joining.target == nil ? joining.reason : Reason.noAccessPointFound
            status = dialect.joinFailureRule.status(after: reason)
            return
        }
        status = .connected
        if !dialect.quirks.contains(.reasonIsNeverCleared) { reason = 0 }
        lastLease = lease
        if dialect.addressRule == .whileNotZero { keptLease = lease }
    }

    /// Looks at how the network is received that was joined, and loses it when it is time.
    private mutating func receive(at now: MonotonicInstant) {
        guard let association else { return }
        let new = air.entry(association)?.reception ?? .none
        if new != reception {
            reception = new
            switch new {
            case .good: loss = nil
            case .weak: loss = now.advanced(by: air.weakTime())
            case .none: loss = now.advanced(by: air.beaconTimeout)
            }
        }
        guard let loss, loss <= now else { return }
        self.association = nil
        reason = Reason.beaconTimeout
        status = dialect.lossRule.status
        awaitsReturn = dialect.lossRule == .joinsAgain
    }

    /// Leaves the network, or stops the access point.
    mutating func leave() {
        joining = nil
        awaitsReturn = false
        if reportedAccessPoint != nil {
            accessPoint = nil
            status = .idle
        }
        guard association != nil else { return }
        association = nil
        status = .disconnected
        reason = Reason.associationLeave
    }

    /// How long a scan takes.
    var scanDuration: Duration { air.scanDelay ?? air.delay }

    /// A scan has ended, which is the status of a station without a connection.
    mutating func scanned() {
        if association == nil, joining == nil, reportedAccessPoint == nil { status = .scanCompleted }
    }

    /// The networks that a scan reports, in their configured order: the first ten, or as many as a reply can count and
    /// hold.
    var scanResults: ArraySlice<RadioNetwork> {
        let networks = air.networks
        guard dialect.quirks.contains(.scanHasNoLimit) else { return networks.prefix(ScanNetworks.limit) }
        var room = Frame.limit - Frame.headerLength - 1
        return networks.prefix(Int(UInt8.max)).prefix { network in
            room -= 1 + network.ssid.count
            return room >= 0
        }
    }
}
