import LinuxIO
import NINATransport
import NINAWire
import ToolSupport
import WiFiNINA

/// `nina info`: prints a coprocessor's firmware, addresses and networks.
struct InfoCommand {
    private let transport: Transport

    init(_ arguments: inout Arguments) throws {
        var chosen: Transport?
        while let argument = try arguments.next(InfoOption.self) {
            guard case .option(let option) = argument else { throw arguments.unknown() }
            switch option {
            case .transport: chosen = try Transport(parsing: try arguments.value())
            }
        }
        transport = try chosen ?? .standard()
    }

    func run() throws {
        let wifi = WiFi(link: try transport.open())
        defer { wifi.end() }
        let address = try wifi.localIP()
        var lines = [
            "transport  \(transport)",
            "firmware   \(printable(try wifi.firmwareVersion()))",
            "MAC        \(try wifi.macAddress())",
            "status     \(try wifi.status())",
            "address    \(address == .any ? "none until a network is joined" : "\(address)")",
        ]
        let count = try wifi.scanNetworks()
        lines.append("networks   \(count)")
        for index in 0..<count {
            guard let ssid = wifi.ssid(index), let rssi = try wifi.rssi(index), let channel = try wifi.channel(index),
                let security = try wifi.encryptionType(index), let bssid = try wifi.bssid(index)
            else { continue }
            lines.append("  \(printable(ssid))  \(security), channel \(channel), \(rssi) dBm, \(bssid)")
        }
        StandardOutput.write(lines.joined(separator: "\n") + "\n")
    }
}
