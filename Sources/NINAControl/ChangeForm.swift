import NINACoprocessor
import NINAWire

// The form of a change in JSON: `do` names it, and its parts are members beside. Protocol/control.md.

extension Change {
    /// What `do` can be.
    package static let names = [
        "network_add", "network_remove", "network_loss", "passphrase", "rssi", "join_delay", "reason", "ap_join",
        "ap_leave", "pin", "adc", "time", "fault_add", "fault_remove", "fault_clear", "reset",
    ]

    /// Takes the members of a change; nil if no change has this name.
    package init?(named name: String, _ fields: inout Fields) throws(FieldError) {
        switch name {
        case "network_add": self = .addNetwork(try NetworkForm.take(&fields))
        case "network_remove": self = .removeNetwork(ssid: try fields.ssid())
        case "network_loss": self = .loseNetwork(ssid: try fields.ssid(), for: try fields.optionalSeconds("for"))
        case "passphrase": self = .secret(ssid: try fields.ssid(), try Self.secret(&fields))
        case "rssi": self = .signal(ssid: try fields.ssid(), rssi: Int32(try fields.number("rssi", -127...0)))
        case "join_delay": self = .joinDelay(try fields.seconds("seconds"))
        case "reason":
            let reason = try fields.optionalNumber("reason", 1...255)
            self = .failJoins(ssid: try fields.ssid(), reason: reason.map(UInt8.init))
        case "ap_join": self = .stationJoins(try fields.hardwareAddress())
        case "ap_leave": self = .stationLeaves(try fields.hardwareAddress())
        case "pin":
            let pin = UInt8(try fields.number("pin", 0...255))
            self = .pin(pin, level: try fields.word("level", PinLevelName.self).level)
        case "adc":
            let pin = UInt8(try fields.number("pin", 0...255))
            self = .analog(pin, value: try fields.optionalNumber("value", 0...4095).map(UInt16.init))
        case "time": self = .time(try fields.optionalNumber("unix", 0...Int(UInt32.max)).map(UInt64.init))
        case "fault_add": self = .addFault(try Fault(&fields))
        case "fault_remove": self = .removeFault(id: try fields.text("fault", 1...64))
        case "fault_clear": self = .removeAllFaults
        case "reset": self = .reset
        default: return nil
        }
    }

    private static func secret(_ fields: inout Fields) throws(FieldError) -> RadioNetwork.Secret {
        let passphrase = try fields.optionalText("passphrase", 1...64)
        guard let user = try fields.optionalText("user", 1...128) else {
            guard let passphrase else { return .none }
            let secret = try NetworkForm.secret(passphrase: passphrase)
            try NetworkForm.check(secret)
            return secret
        }
        guard passphrase == nil else { throw FieldError("user", "it goes with password, and without passphrase") }
        return .user(Array(user.utf8), password: Array(try fields.text("password", 1...128).utf8))
    }

    /// Writes `do` and the members.
    package func put(into container: inout KeyedEncodingContainer<FieldKey>) throws {
        func name(_ name: String) throws { try container.put("do", name) }
        func ssid(_ ssid: [UInt8]) throws { try container.put("ssid", String(decoding: ssid, as: UTF8.self)) }
        switch self {
        case .addNetwork(let network):
            try name("network_add")
            try NetworkForm.put(network, into: &container)
        case .removeNetwork(let network):
            try name("network_remove")
            try ssid(network)
        case .loseNetwork(let network, let time):
            try name("network_loss")
            try ssid(network)
            if let time { try container.put("for", time) }
        case .secret(let network, let secret):
            try name("passphrase")
            try ssid(network)
            try NetworkForm.put(secret, into: &container)
        case .signal(let network, let rssi):
            try name("rssi")
            try ssid(network)
            try container.put("rssi", rssi)
        case .joinDelay(let time):
            try name("join_delay")
            try container.put("seconds", time)
        case .failJoins(let network, let reason):
            try name("reason")
            try ssid(network)
            try container.encode(reason, forKey: "reason")
        case .stationJoins(let address):
            try name("ap_join")
            try container.put("mac", "\(address)")
        case .stationLeaves(let address):
            try name("ap_leave")
            try container.put("mac", "\(address)")
        case .pin(let pin, let level):
            try name("pin")
            try container.put("pin", pin)
            try container.put("level", PinLevelName(level).rawValue)
        case .analog(let pin, let value):
            try name("adc")
            try container.put("pin", pin)
            try container.encode(value, forKey: "value")
        case .time(let time):
            try name("time")
            try container.encode(time, forKey: "unix")
        case .addFault(let fault):
            try name("fault_add")
            try fault.put(into: &container)
        case .removeFault(let id):
            try name("fault_remove")
            try container.put("fault", id)
        case .removeAllFaults: try name("fault_clear")
        case .reset: try name("reset")
        }
    }

    /// The same change without the secrets of networks, for those who watch: `*`, which any passphrase fits.
    package var withoutSecrets: Change {
        func hidden(_ secret: RadioNetwork.Secret) -> RadioNetwork.Secret {
            switch secret {
            case .none: .none
            case .any, .text: .any
            case .user(let user, _): .user(user, password: Array("*".utf8))
            }
        }
        switch self {
        case .addNetwork(var network):
            network.secret = hidden(network.secret)
            return .addNetwork(network)
        case .secret(let ssid, let secret): return .secret(ssid: ssid, hidden(secret))
        default: return self
        }
    }
}

/// What is connected to a pin.
package enum PinLevelName: String, CaseIterable {
    case high, low, open

    init(_ level: Bool?) { self = level.map { $0 ? .high : .low } ?? .open }

    package var level: Bool? {
        switch self {
        case .high: true
        case .low: false
        case .open: nil
        }
    }
}

extension Fields {
    fileprivate mutating func ssid() throws(FieldError) -> [UInt8] { Array(try text("ssid", 1...32).utf8) }

    fileprivate mutating func hardwareAddress() throws(FieldError) -> MACAddress {
        let text = try required("mac", String.self, "a hardware address, XX:XX:XX:XX:XX:XX")
        guard let address = MACAddress(colonHex: text.utf8) else {
            throw FieldError("mac", expected: "a hardware address, XX:XX:XX:XX:XX:XX", got: FieldError.quote(text))
        }
        return address
    }
}
