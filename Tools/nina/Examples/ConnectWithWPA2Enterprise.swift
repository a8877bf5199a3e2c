import WiFiNINA

/// Joins a network with user names (WPA2 enterprise) and monitors it.
struct ConnectWithWPA2EnterpriseSketch: WatchingSketch {
    static let summary = "joins with user and password (--ssid, --user, --pass)"
    static let emulatorOptions = ["--network", "campus-net,user=ada,password=lovelace"]
    let board: Board

    func setup() throws {
        let ssid = options.ssid ?? "campus-net"
        Serial.println("Attempting to connect to WPA2 enterprise SSID: \(ssid)")
        try wifi.beginEnterprise(
            ssid, username: options.user ?? "ada", password: options.passphrase ?? "lovelace")
        try board.printConnection()
    }
}
