import WiFiNINA

/// Joins a network with a WPA passphrase and watches it.
struct ConnectWithWPASketch: Sketch {
    static let summary = "joins a network with a WPA passphrase (--ssid, --pass)"
    let board: Board

    func setup() throws {
        let ssid = options.ssid ?? "lab-net"
        Serial.println("Attempting to connect to WPA SSID: \(ssid)")
        try wifi.begin(ssid, passphrase: options.passphrase ?? "correct-horse")
        Serial.println("You're connected to the network")
        try board.printCurrentNet()
        try board.printWiFiData()
    }

    func loop() throws {
        try board.pause(.seconds(10))
        try board.printCurrentNet()
        board.countRound()
    }
}
