import NINACoprocessor
import NINAWire
import ToolSupport

/// Parses `SSID[,passphrase=P or *][,user=U,password=P][,security=open|wep|wpa|wpa2][,channel=N][,rssi=N][,bssid=X]`
/// `[,ip=A/N][,gateway=A][,dns=A][,reason=N]`.
struct NetworkParser {
    private let text: String
    private var network: RadioNetwork
    private var hasSecurity = false
    private var user: [UInt8]?
    private var password: [UInt8]?

    /// - Parameter position: determines the hardware address of a network without `bssid`.
    init(_ text: String, position: Int) {
        self.text = text
        network = RadioNetwork(ssid: "", bssid: MACAddress(rawValue: 0x0200_00AA_BB01 + UInt64(position)))
    }

    private func error(_ expected: String, _ got: some StringProtocol) -> UsageError {
        UsageError("--network '\(text)': expected \(expected), got '\(got)'")
    }

    mutating func parse() throws -> RadioNetwork {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard let name = parts.first, (1...32).contains(name.utf8.count) else {
            throw error("a name of 1 to 32 bytes first", parts.first ?? "")
        }
        network.ssid = Array(name.utf8)
        for part in parts.dropFirst() {
            guard let equals = part.firstIndex(of: "=") else { throw error("KEY=VALUE", part) }
            try set(String(part[..<equals]), String(part[part.index(after: equals)...]))
        }
        if user != nil || password != nil {
            guard let user, let password, network.secret == .none else {
                throw UsageError("--network '\(text)': user=U and password=P go together, and without passphrase")
            }
            guard !hasSecurity || network.security == .wpa2 else {
                throw UsageError("--network '\(text)': a network with user=U is WPA2")
            }
            network.secret = .user(user, password: password)
            network.security = .wpa2
            return network
        }
        switch network.secret {
        case .user: break
        case .none where hasSecurity && network.security != .open:
            throw UsageError("--network '\(text)': a network with this security needs passphrase=P, or passphrase=*")
        case .text, .any:
            if hasSecurity, network.security == .open {
                throw UsageError("--network '\(text)': an open network takes no passphrase")
            }
            if !hasSecurity { network.security = .wpa2 }
            try checkPassphrase()
        case .none: break
        }
        return network
    }

    /// WPA derives the key from 8 to 63 characters, or has it as 64 hex digits (IEEE 802.11, J.4): no station could join with
    /// another passphrase.
    private func checkPassphrase() throws {
        guard case .text(let passphrase) = network.secret, network.security != .wep else { return }
        let isKey = passphrase.count == 64 && passphrase.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
        guard isKey || (8...63).contains(passphrase.count) else {
            throw UsageError(
                "--network '\(text)': expected a WPA passphrase of 8 to 63 characters, 64 hex digits, or *; "
                    + "got \(passphrase.count) characters")
        }
    }

    private mutating func set(_ key: String, _ value: String) throws {
        switch key {
        case "passphrase":
            guard (1...64).contains(value.utf8.count) else { throw error("a passphrase of 1 to 64 bytes, or *", value) }
            network.secret = value == "*" ? .any : .text(Array(value.utf8))
        case "security":
            guard let security = Self.securities[value] else { throw error("open, wep, wpa or wpa2", value) }
            network.security = security
            hasSecurity = true
        case "channel": network.channel = UInt8(try number(value, 1...14))
        case "rssi": network.rssi = Int32(try number(value, -127...0))
        case "bssid":
            guard let bssid = MACAddress(colonHex: value.utf8) else { throw error("bssid=XX:XX:XX:XX:XX:XX", value) }
            network.bssid = bssid
        case "user":
            guard (1...128).contains(value.utf8.count) else { throw error("a user of 1 to 128 bytes", value) }
            user = Array(value.utf8)
        case "password":
            guard (1...128).contains(value.utf8.count) else { throw error("a password of 1 to 128 bytes", value) }
            password = Array(value.utf8)
        case "ip": try setAddress(value)
        case "gateway": network.gateway = try address(value)
        case "dns": network.dns = try address(value)
        case "reason": network.refusalReason = UInt8(try number(value, 1...255))
        default:
            throw error("passphrase, user, password, security, channel, rssi, bssid, ip, gateway, dns or reason", key)
        }
    }

    private static let securities: [String: EncryptionType] = ["open": .open, "wep": .wep, "wpa": .wpa, "wpa2": .wpa2]

    private func number(_ text: String, _ range: ClosedRange<Int>) throws -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw error("a number from \(range.lowerBound) to \(range.upperBound)", text)
        }
        return number
    }

    private func address(_ text: String) throws -> IPv4Address {
        guard let address = IPv4Address(dottedDecimal: text.utf8) else { throw error("an IPv4 address", text) }
        // 0.0.0.0 stands for none.
        guard address.isOfOneMachine || address == .any else {
            throw error("the address of a machine, not a group or a broadcast", text)
        }
        return address
    }

    private mutating func setAddress(_ value: String) throws {
        let parts = value.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw error("ip=ADDRESS/BITS", value) }
        let own = try address(String(parts[0]))
        network.prefixLength = try number(String(parts[1]), 1...30)
        let host = own.rawValue & ~IPv4Address.mask(prefixLength: network.prefixLength).rawValue
        let broadcast = ~IPv4Address.mask(prefixLength: network.prefixLength).rawValue
        guard own != .any, host != 0, host != broadcast else {
            throw error("the address of a machine in that network", value)
        }
        network.address = own
    }
}

extension IPv4Address {
    /// Whether a machine can have it: not 0.x, no multicast group, nothing reserved, no broadcast (RFC 6890).
    var isOfOneMachine: Bool { (1...223).contains(rawValue >> 24) }
}
