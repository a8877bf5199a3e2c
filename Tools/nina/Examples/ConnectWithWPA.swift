import WiFiNINA

/// Joins a network with a WPA passphrase and monitors it.
struct ConnectWithWPASketch: WatchingSketch {
    static let summary = "joins a network by its passphrase (--ssid, --pass)"
    let board: Board

    func setup() throws {
        let ssid = options.ssid ?? "lab-net"
        Serial.println("Attempting to connect to WPA SSID: \(ssid)")
        try wifi.begin(ssid, passphrase: options.passphrase ?? "correct-horse")
        try board.printConnection()
    }
}
