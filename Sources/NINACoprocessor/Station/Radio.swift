import NINALink
import NINAWire

/// A network that the radio can see and join.
public struct RadioNetwork: Sendable, Equatable {
    /// The secret of a network.
    public enum Secret: Sendable, Equatable {
        /// None: the network is open.
        case none
        /// This passphrase or key.
        case text([UInt8])
        /// Any passphrase is accepted.
        case any
        /// This name and password (WPA2 Enterprise).
        case user([UInt8], password: [UInt8])
    }

    /// The name, at most 32 bytes.
    public var ssid: [UInt8]
    /// The secret that a station must present.
    public var secret: Secret
    /// The encryption.
    public var security: EncryptionType
    /// The channel.
    public var channel: UInt8
    /// Signal strength in dBm.
    public var rssi: Int32
    /// The access point's hardware address.
    public var bssid: MACAddress
    /// The address that DHCP assigns to the station; overrides the coprocessor's own.
    public var address: IPv4Address?
    /// The prefix length of the network's mask.
    public var prefixLength = 8
    /// The gateway that DHCP assigns.
    public var gateway: IPv4Address?
    /// The name server that DHCP assigns.
    public var dns: IPv4Address?

    /// Makes a network.
    public init(
        ssid: String, secret: Secret = .none, security: EncryptionType = .open, channel: UInt8 = 1, rssi: Int32 = -60,
        bssid: MACAddress
    ) {
        self.ssid = Array(ssid.utf8)
        self.secret = secret
        self.security = security
        self.channel = channel
        self.rssi = rssi
        self.bssid = bssid
    }

    /// `lab-net`, WPA2 with the passphrase `correct-horse`, and `open-net`.
    public static let defaults = [
        RadioNetwork(
            ssid: "lab-net", secret: .text(Array("correct-horse".utf8)), security: .wpa2, channel: 6, rssi: -52,
            bssid: MACAddress(rawValue: 0x0200_00AA_BB01)),
        RadioNetwork(ssid: "open-net", channel: 11, rssi: -70, bssid: MACAddress(rawValue: 0x0200_00AA_BB02)),
    ]
}

/// The radio: association, scan results, addresses. Time is an argument.
public struct Radio: Sendable {
    /// Reason codes of a failed or lost connection, with ESP-IDF's numbers.
    public enum Reason {
        /// The station left on its own.
        public static let associationLeave: UInt8 = 8
        /// No access point with that name.
        public static let noAccessPointFound: UInt8 = 201
        /// Wrong passphrase or security type.
        public static let authenticationFailed: UInt8 = 202
    }

    /// The addresses of a station.
    public struct Lease: Equatable, Sendable {
        /// The station's address.
        public var address = IPv4Address.any
        /// The network's mask.
        public var mask = IPv4Address.any
        /// The gateway.
        public var gateway = IPv4Address.any
    }

    /// The credential that a station presents.
    public enum Credential: Sendable {
        /// Nothing.
        case none
        /// A passphrase or key.
        case text(ArraySlice<UInt8>)
        /// A name and a password.
        case user(ArraySlice<UInt8>, password: ArraySlice<UInt8>)
    }

    /// The coprocessor's own access point.
    public struct AccessPoint: Sendable, Equatable {
        /// Its name.
        public var ssid: [UInt8]
        /// Its encryption.
        public var security: EncryptionType
    }

    private struct Joining: Sendable {
        var target: Int?
        var reason: UInt8
        var end: MonotonicInstant
    }

    /// The networks in range.
    public let networks: [RadioNetwork]
    /// The status reported to hosts.
    public private(set) var status = ConnectionStatus.idle
    /// Why the last connection failed or ended; 0 after a success.
    public private(set) var reason: UInt8 = 0
    /// The last network to be joined.
    public private(set) var lastSSID: [UInt8] = []
    private let delay: Duration
    private let ownAddress: IPv4Address
    /// The static addresses set by the host; override those of the network.
    public var fixedLease: Lease?
    /// The name servers set by the host; 0.0.0.0 means the network's.
    public var dnsServers = (IPv4Address.any, IPv4Address.any)
    /// The access point, while it is active.
    public private(set) var accessPoint: AccessPoint?
    private let accessPointAddress: IPv4Address
    private let quirks: Quirks
    private var lastLease = Lease()
    private var association: Int?
    private var joining: Joining?

    /// Makes a radio that is idle.
    public init(
        networks: [RadioNetwork], delay: Duration, ownAddress: IPv4Address, quirks: Quirks = [],
        accessPointAddress: IPv4Address = IPv4Address(192, 168, 4, 1)
    ) {
        self.networks = networks
        self.accessPointAddress = accessPointAddress
        self.quirks = quirks
        self.delay = delay
        self.ownAddress = ownAddress
    }

    /// The current network.
    public var network: RadioNetwork? { association.map { networks[$0] } }
    /// Whether the station is associated.
    public var isAssociated: Bool { association != nil }
    /// When the join ends; nil when none is in progress.
    public var nextDeadline: MonotonicInstant? { joining?.end }

    /// The station's addresses; zero without a connection.
    public var lease: Lease {
        if accessPoint != nil {
            return fixedLease
                ?? Lease(
                    address: accessPointAddress, mask: .mask(prefixLength: 24), gateway: accessPointAddress)
        }
        guard let network else { return quirks.contains(.addressOutlivesConnection) ? lastLease : Lease() }
        if let fixedLease { return fixedLease }
        guard let address = network.address else {
            return Lease(
                address: ownAddress, mask: .mask(prefixLength: 8), gateway: network.gateway ?? .loopback)
        }
        let mask = IPv4Address.mask(prefixLength: network.prefixLength)
        return Lease(address: address, mask: mask, gateway: network.gatewayAddress ?? .any)
    }

    /// The name servers in use.
    public var nameServers: (IPv4Address, IPv4Address) {
        let given = network.map { $0.dns ?? lease.gateway } ?? .any
        return (dnsServers.0 == .any ? given : dnsServers.0, dnsServers.1)
    }

    /// Starts an access point.
    public mutating func openAccessPoint(ssid: ArraySlice<UInt8>, security: EncryptionType) {
        association = nil
        joining = nil
        accessPoint = AccessPoint(ssid: Array(ssid), security: security)
        status = .apListening
    }

    /// The access point cannot be started.
    /// - Parameter looksIdle: the status is idle when there was an access point before (a quirk).
    public mutating func failAccessPoint(looksIdle: Bool = false) {
        status = looksIdle && accessPoint != nil ? .idle : .apFailed
        association = nil
        joining = nil
        accessPoint = nil
    }

    /// Drops the connection without a reason code, as a scan does.
    public mutating func drop() {
        joining = nil
        association = nil
    }

    /// Starts joining; the result is available after the delay.
    public mutating func join(ssid: ArraySlice<UInt8>, _ credential: Credential, at now: MonotonicInstant) {
        association = nil
        accessPoint = nil
        lastSSID = Array(ssid)
        status = .noSSIDAvailable
        let candidates = networks.indices.filter { networks[$0].ssid.elementsEqual(ssid) }
        let target = candidates.first {
            networks[$0].admits(credential)
                || networks[$0].secret == .none && quirks.contains(.openNetworksAdmitEverybody)
        }
        joining = Joining(
            target: target,
            reason: candidates.isEmpty ? Reason.noAccessPointFound : Reason.authenticationFailed,
            end: now.advanced(by: delay))
    }

    /// Completes a join that is due.
    public mutating func advance(to now: MonotonicInstant) {
        guard let joining, joining.end <= now else { return }
        self.joining = nil
        association = joining.target
        status = joining.target == nil ? .connectFailed : .connected
        reason = joining.target == nil ? joining.reason : 0
        if association != nil { lastLease = lease }
    }

    /// Leaves the network, or stops the access point.
    public mutating func leave() {
        joining = nil
        if accessPoint != nil {
            accessPoint = nil
            status = .idle
        }
        guard association != nil else { return }
        association = nil
        status = .disconnected
        reason = Reason.associationLeave
    }

    /// How long a scan takes.
    public var scanDuration: Duration { delay }

    /// A scan has ended, which is the status of a station without a connection.
    public mutating func scanned() {
        if association == nil, joining == nil, accessPoint == nil { status = .scanCompleted }
    }

    /// The networks that a scan reports: the first ten, in their configured order.
    public var scanResults: ArraySlice<RadioNetwork> { networks.prefix(ScanNetworks.limit) }
}

extension RadioNetwork {
    /// The gateway in use: the configured one, otherwise the first address of the simulated network.
    public var gatewayAddress: IPv4Address? {
        gateway
            ?? address.map {
                IPv4Address(rawValue: $0.rawValue & IPv4Address.mask(prefixLength: prefixLength).rawValue | 1)
            }
    }

    /// Whether a station with this credential may join.
    func admits(_ credential: Radio.Credential) -> Bool {
        switch (secret, credential) {
        case (.none, .none): true
        // An open network does not check user names.
        case (.none, .user): true
        case (.none, .text(let offered)): offered.isEmpty
        case (.any, .text): true
        case (.text(let text), .text(let offered)): text.elementsEqual(offered)
        case (.user(let user, let password), .user(let offeredUser, let offeredPassword)):
            user.elementsEqual(offeredUser) && password.elementsEqual(offeredPassword)
        case (.any, .none), (.any, .user), (.text, .none), (.text, .user), (.user, .none),
            (.user, .text):
            false
        }
    }
}
