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
    /// The reason code with which the network refuses a wrong credential.
    public var refusalReason = Radio.Reason.handshakeTimeout
    /// The reason code with which every join fails, with the right credential too; nil for none.
    public var failsJoins: UInt8?

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

extension RadioNetwork {
    /// The gateway in use: the configured one, otherwise the first address of the network, which exists in reports
    /// only.
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
