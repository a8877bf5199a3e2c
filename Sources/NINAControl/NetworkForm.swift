import NINACoprocessor
import NINAWire

/// Makes a network of its parts, which come as `KEY=VALUE` on a command line and as members of an object: the rules are the same.
package struct NetworkForm {
    private var network: RadioNetwork
    private var hasSecurity = false
    private var user: [UInt8]?
    private var password: [UInt8]?

    /// The keys, in the order of the help.
    package static let keys = [
        "passphrase", "user", "password", "security", "channel", "rssi", "bssid", "ip", "gateway", "dns", "reason",
    ]

    /// - Parameter position: determines the hardware address of a network without `bssid`.
    package init(ssid: String, position: Int) throws(FieldError) {
        guard (1...32).contains(ssid.utf8.count) else {
            throw FieldError("ssid", expected: "a name of 1 to 32 bytes first", got: FieldError.quote(ssid))
        }
        network = RadioNetwork(ssid: ssid, bssid: MACAddress(rawValue: 0x0200_00AA_BB01 + UInt64(position)))
    }

    /// Reads `SSID[,KEY=VALUE...]`, in which no value has a comma.
    /// - Parameter position: nil for a network that is added to others.
    package static func parse(_ text: String, position: Int? = nil) throws(FieldError) -> RadioNetwork {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let ssid = String(parts.first ?? "")
        var form = try NetworkForm(ssid: ssid, position: position ?? Self.position(ssid))
        for part in parts.dropFirst() {
            guard let equals = part.firstIndex(of: "=") else {
                throw FieldError(text, expected: "KEY=VALUE", got: FieldError.quote(part))
            }
            try form.set(String(part[..<equals]), String(part[part.index(after: equals)...]))
        }
        return try form.finished()
    }

    /// The network, if its parts fit each other.
    package func finished() throws(FieldError) -> RadioNetwork {
        var network = self.network
        if user != nil || password != nil {
            guard let user, let password, network.secret == .none else {
                throw FieldError("user", "user=U and password=P go together, and without passphrase")
            }
            guard !hasSecurity || network.security == .wpa2 else {
                throw FieldError("security", "a network with user=U is WPA2")
            }
            network.secret = .user(user, password: password)
            network.security = .wpa2
            return network
        }
        switch network.secret {
        case .user: break
        case .none where hasSecurity && network.security != .open:
            throw FieldError(
                "passphrase", "a network with this security needs passphrase=P, or passphrase=* for any")
        case .text, .any:
            if hasSecurity, network.security == .open {
                throw FieldError("passphrase", "an open network takes no passphrase")
            }
            if !hasSecurity { network.security = .wpa2 }
            try Self.check(network.secret, isWEP: network.security == .wep)
        case .none: break
        }
        return network
    }

    /// WPA derives the key from 8 to 63 characters, or has it as 64 hex digits (IEEE 802.11, J.4): no station could join with
    /// another passphrase.
    package static func check(_ secret: RadioNetwork.Secret, isWEP: Bool = false) throws(FieldError) {
        guard case .text(let passphrase) = secret, !isWEP else { return }
        let isKey = passphrase.count == 64 && passphrase.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
        guard isKey || (8...63).contains(passphrase.count) else {
            throw FieldError(
                "passphrase", expected: "a WPA passphrase of 8 to 63 characters, 64 hex digits, or *",
                got: "\(passphrase.count) characters")
        }
    }

    package mutating func set(_ key: String, _ value: String) throws(FieldError) {
        switch key {
        case "passphrase": network.secret = try Self.secret(passphrase: value)
        case "security":
            guard let security = Self.securities.first(where: { $0.name == value })?.security else {
                throw FieldError(key, expected: "open, wep, wpa or wpa2", got: FieldError.quote(value))
            }
            network.security = security
            hasSecurity = true
        case "channel": network.channel = UInt8(try Self.number(key, value, 1...14))
        case "rssi": network.rssi = Int32(try Self.number(key, value, -127...0))
        case "bssid":
            guard let bssid = MACAddress(colonHex: value.utf8) else {
                throw FieldError(key, expected: "bssid=XX:XX:XX:XX:XX:XX", got: FieldError.quote(value))
            }
            network.bssid = bssid
        case "user": user = try Self.bytes(key, value, 1...128)
        case "password": password = try Self.bytes(key, value, 1...128)
        case "ip": try setAddress(value)
        case "gateway": network.gateway = try Self.address(key, value)
        case "dns": network.dns = try Self.address(key, value)
        case "reason": network.refusalReason = UInt8(try Self.number(key, value, 1...255))
        default:
            throw FieldError(
                key, expected: "one of \(Self.keys.joined(separator: ", "))", got: FieldError.quote(key))
        }
    }

    /// `*` stands for any.
    package static func secret(passphrase value: String) throws(FieldError) -> RadioNetwork.Secret {
        value == "*" ? .any : .text(try bytes("passphrase", value, 1...64))
    }

    private static let securities: [(name: String, security: EncryptionType)] = [
        ("open", .open), ("wep", .wep), ("wpa", .wpa), ("wpa2", .wpa2),
    ]

    /// The name of an encryption.
    package static func name(_ security: EncryptionType) -> String {
        securities.first { $0.security == security }?.name ?? "\(security.rawValue)"
    }

    private static func bytes(
        _ key: String, _ value: String, _ range: ClosedRange<Int>
    ) throws(FieldError) -> [UInt8] {
        guard range.contains(value.utf8.count) else {
            throw FieldError(
                key, expected: "\(range.lowerBound) to \(range.upperBound) bytes", got: "\(value.utf8.count)")
        }
        return Array(value.utf8)
    }

    private static func number(
        _ key: String, _ text: String, _ range: ClosedRange<Int>
    ) throws(FieldError) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw FieldError(
                key, expected: "a number from \(range.lowerBound) to \(range.upperBound)", got: FieldError.quote(text))
        }
        return number
    }

    private static func address(_ key: String, _ text: String) throws(FieldError) -> IPv4Address {
        guard let address = IPv4Address(dottedDecimal: text.utf8) else {
            throw FieldError(key, expected: "an IPv4 address", got: FieldError.quote(text))
        }
        // 0.0.0.0 stands for none.
        guard address.isOfOneMachine || address == .any else {
            throw FieldError(
                key, expected: "the address of a machine, not a group or a broadcast", got: FieldError.quote(text))
        }
        return address
    }

    private mutating func setAddress(_ value: String) throws(FieldError) {
        let parts = value.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw FieldError("ip", expected: "ip=ADDRESS/BITS", got: FieldError.quote(value))
        }
        let own = try Self.address("ip", String(parts[0]))
        network.prefixLength = try Self.number("ip", String(parts[1]), 1...30)
        let host = own.rawValue & ~IPv4Address.mask(prefixLength: network.prefixLength).rawValue
        let broadcast = ~IPv4Address.mask(prefixLength: network.prefixLength).rawValue
        guard own != .any, host != 0, host != broadcast else {
            throw FieldError("ip", expected: "the address of a machine in that network", got: FieldError.quote(value))
        }
        network.address = own
    }
}

extension IPv4Address {
    /// Whether a machine can have it: not 0.x, no multicast group, nothing reserved, no broadcast (RFC 6890).
    package var isOfOneMachine: Bool { (1...223).contains(rawValue >> 24) }
}

extension NetworkForm {
    /// Takes the members of a network.
    static func take(_ fields: inout Fields) throws(FieldError) -> RadioNetwork {
        let ssid = try fields.text("ssid", 1...32)
        var form = try NetworkForm(ssid: ssid, position: position(ssid))
        for key in keys {
            switch key {
            case "channel", "rssi", "reason":
                if let number = try fields.optionalNumber(key, -127...255) { try form.set(key, "\(number)") }
            default: if let text = try fields.optionalText(key, 1...128) { try form.set(key, text) }
            }
        }
        return try form.finished()
    }

    /// Makes hardware addresses of networks that are added later: not those of the first ones, and always the same.
    private static func position(_ ssid: String) -> Int {
        0x1000 + ssid.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0x3FFF }
    }

    static func put(_ network: RadioNetwork, into container: inout KeyedEncodingContainer<FieldKey>) throws {
        try container.put("ssid", String(decoding: network.ssid, as: UTF8.self))
        try put(network.secret, into: &container)
        try container.put("security", name(network.security))
        try container.put("channel", network.channel)
        try container.put("rssi", network.rssi)
        try container.put("bssid", "\(network.bssid)")
        if let address = network.address { try container.put("ip", "\(address)/\(network.prefixLength)") }
        try container.put("gateway", ifAny: network.gateway.map { "\($0)" })
        try container.put("dns", ifAny: network.dns.map { "\($0)" })
        try container.put("reason", network.refusalReason)
    }

    static func put(
        _ secret: RadioNetwork.Secret, into container: inout KeyedEncodingContainer<FieldKey>
    ) throws {
        switch secret {
        case .none: break
        case .any: try container.put("passphrase", "*")
        case .text(let text): try container.put("passphrase", String(decoding: text, as: UTF8.self))
        case .user(let user, let password):
            try container.put("user", String(decoding: user, as: UTF8.self))
            try container.put("password", String(decoding: password, as: UTF8.self))
        }
    }
}
