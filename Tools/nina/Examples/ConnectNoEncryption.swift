import WiFiNINA

/// Joins an open network and watches it.
struct ConnectNoEncryptionSketch: Sketch {
    static let summary = "joins an open network"
    let board: Board

    func setup() throws {
        let ssid = options.ssid ?? "open-net"
        Serial.println("Attempting to connect to open SSID: \(ssid)")
        try wifi.begin(ssid)
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
