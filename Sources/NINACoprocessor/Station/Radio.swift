import NINALink
import NINAWire

/// The radio: association, scan results, addresses. Time is an argument.
struct Radio: Sendable {
    /// Reason codes of a failed or lost connection, with ESP-IDF's numbers.
    enum Reason {
        /// The station left on its own.
        static let associationLeave: UInt8 = 8
        /// The 4-way handshake was not completed: a wrong passphrase or key.
        static let handshakeTimeout: UInt8 = 15
        /// No access point with that name.
        static let noAccessPointFound: UInt8 = 201
        /// The access point refused the authentication.
        static let authenticationFailed: UInt8 = 202
    }

    /// The addresses of a station.
    struct Lease: Equatable, Sendable {
        /// The station's address.
        var address = IPv4Address.any
        /// The network's mask.
        var mask = IPv4Address.any
        /// The gateway.
        var gateway = IPv4Address.any
    }

    /// The credential that a station presents.
    enum Credential: Sendable {
        /// Nothing.
        case none
        /// A passphrase or key.
        case text(ArraySlice<UInt8>)
        /// A name and a password.
        case user(ArraySlice<UInt8>, password: ArraySlice<UInt8>)
    }

    /// The coprocessor's own access point.
    struct AccessPoint: Sendable, Equatable {
        /// Its name.
        var ssid: [UInt8]
        /// Its encryption.
        var security: EncryptionType
    }

    private struct Joining: Sendable {
        var target: Int?
        var reason: UInt8
        var end: MonotonicInstant
    }

    /// The networks in range.
    let networks: [RadioNetwork]
    /// The status reported to hosts.
    private(set) var status = ConnectionStatus.idle
    /// Why the last connection failed or ended; 0 after a success, unless the firmware never clears it.
    private(set) var reason: UInt8
    /// The last network to be joined.
    private(set) var lastSSID: [UInt8] = []
    private let delay: Duration
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
    private var association: Int?
    private var joining: Joining?

    /// Makes a radio that is idle.
    init(
        networks: [RadioNetwork], delay: Duration, ownAddress: IPv4Address, dialect: Dialect = .modern,
        accessPointAddress: IPv4Address = IPv4Address(192, 168, 4, 1)
    ) {
        self.networks = networks
        self.accessPointAddress = accessPointAddress
        self.dialect = dialect
        reason = dialect.quirks.contains(.reasonIsNeverCleared) ? 1 : 0
        self.delay = delay
        self.ownAddress = ownAddress
    }

    /// The current network.
    var network: RadioNetwork? { association.map { networks[$0] } }
    /// Whether the station is associated.
    var isAssociated: Bool { association != nil }
    /// When the join ends; nil when none is in progress.
    var nextDeadline: MonotonicInstant? { joining?.end }

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

    /// Drops the connection without a reason code, as a scan does.
    mutating func drop() {
        joining = nil
        association = nil
    }

    /// Starts joining; the result is available after the delay.
    mutating func join(ssid: ArraySlice<UInt8>, _ credential: Credential, at now: MonotonicInstant) {
        association = nil
        if !runsBoth { accessPoint = nil }
        lastSSID = Array(ssid)
        status = .noSSIDAvailable
        if dialect.addressRule == .whileNotZero, fixedLease?.address == .any { fixedLease = nil }
        var candidates = networks.indices.filter { networks[$0].ssid.elementsEqual(ssid) }
        if dialect.quirks.contains(.strongestIsJoined) { candidates.sort { networks[$0].rssi > networks[$1].rssi } }
        let target = candidates.first {
            networks[$0].admits(credential)
                || networks[$0].secret == .none && dialect.quirks.contains(.openNetworksAdmitEverybody)
        }
        joining = Joining(
            target: target,
            reason: candidates.first.map { networks[$0].refusalReason } ?? Reason.noAccessPointFound,
            end: now.advanced(by: delay))
    }

    /// Completes a join that is due.
    mutating func advance(to now: MonotonicInstant) {
        guard let joining, joining.end <= now else { return }
        self.joining = nil
        association = joining.target
        guard association != nil else {
            status = dialect.joinFailureRule.status(after: joining.reason)
            reason = joining.reason
            return
        }
        status = .connected
        if !dialect.quirks.contains(.reasonIsNeverCleared) { reason = 0 }
        lastLease = lease
        if dialect.addressRule == .whileNotZero { keptLease = lease }
    }

    /// Leaves the network, or stops the access point.
    mutating func leave() {
        joining = nil
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
    var scanDuration: Duration { delay }

    /// A scan has ended, which is the status of a station without a connection.
    mutating func scanned() {
        if association == nil, joining == nil, reportedAccessPoint == nil { status = .scanCompleted }
    }

    /// The networks that a scan reports, in their configured order: the first ten, or as many as a reply can count and
    /// hold.
    var scanResults: ArraySlice<RadioNetwork> {
        guard dialect.quirks.contains(.scanHasNoLimit) else { return networks.prefix(ScanNetworks.limit) }
        var room = Frame.limit - Frame.headerLength - 1
        return networks.prefix(Int(UInt8.max)).prefix { network in
            room -= 1 + network.ssid.count
            return room >= 0
        }
    }
}
