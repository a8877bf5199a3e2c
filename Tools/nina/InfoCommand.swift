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
