import LinuxIO
import NINATransport
import NINAWire
import ToolSupport
import WiFiNINA

/// `nina info`: what a coprocessor says of itself.
struct InfoCommand {
    private var transport: Transport?

    init(_ arguments: inout Arguments) throws {
        while let option = try arguments.next() {
            switch option {
            case "--transport": transport = try Transport(parsing: try arguments.value())
            default: throw arguments.unknown()
            }
        }
    }

    func run() throws {
        let transport = try self.transport ?? Transport.standard()
        let wifi = WiFi(link: try transport.open())
        defer { wifi.end() }
        var lines = [
            "transport  \(transport)",
            "firmware   \(printable(try wifi.firmwareVersion()))",
            "MAC        \(try wifi.macAddress())",
            "status     \(try wifi.status().name)",
            "address    \(try wifi.localIP())",
        ]
        let count = try wifi.scanNetworks()
        lines.append("networks   \(count)")
        for index in 0..<count {
            guard let ssid = wifi.ssid(index), let rssi = try wifi.rssi(index), let channel = try wifi.channel(index),
                let security = try wifi.encryptionType(index), let bssid = try wifi.bssid(index)
            else { continue }
            lines.append("  \(printable(ssid))  \(security.name), channel \(channel), \(rssi) dBm, \(bssid)")
        }
        StandardOutput.write(lines.joined(separator: "\n") + "\n")
    }

    /// Text from the air, without what a terminal would obey.
    private func printable(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: result += scalar.escaped(asASCII: true)
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}

extension ConnectionStatus {
    /// The name in a sentence.
    var name: String {
        switch self {
        case .idle: "idle"
        case .noSSIDAvailable: "no network yet"
        case .scanCompleted: "scan completed"
        case .connected: "connected"
        case .connectFailed: "connect failed"
        case .connectionLost: "connection lost"
        case .disconnected: "disconnected"
        case .apListening: "access point, nobody there"
        case .apConnected: "access point, a station is there"
        case .apFailed: "access point failed"
        default: "status \(rawValue)"
        }
    }
}

extension EncryptionType {
    /// The name in a sentence.
    var name: String {
        switch self {
        case .wpa: "WPA"
        case .wpa2: "WPA2"
        case .wep: "WEP"
        case .none: "open"
        default: "encryption \(rawValue)"
        }
    }
}
