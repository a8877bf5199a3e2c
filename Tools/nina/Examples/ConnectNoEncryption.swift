import WiFiNINA

/// Joins an open network and monitors it.
struct ConnectNoEncryptionSketch: WatchingSketch {
    static let summary = "joins an open network"
    let board: Board

    func setup() throws {
        let ssid = options.ssid ?? "open-net"
        Serial.println("Attempting to connect to open SSID: \(ssid)")
        try wifi.begin(ssid)
        try board.printConnection()
    }
}
