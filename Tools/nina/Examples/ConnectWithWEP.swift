import WiFiNINA

/// Joins a network with a WEP key and monitors it.
struct ConnectWithWEPSketch: WatchingSketch {
    static let summary = "joins a network with a WEP key (--ssid, --pass)"
    static let emulatorOptions = ["--network", "wep-net,passphrase=\(key),security=wep"]
    private static let key = "D0D0DEADF00DABBADEAFBEADED"
    private static let keyIndex: UInt8 = 0
    let board: Board

    func setup() throws {
        let ssid = options.ssid ?? "wep-net"
        Serial.println("Attempting to connect to WEP network, SSID: \(ssid)")
        try wifi.begin(ssid, keyIndex: Self.keyIndex, key: options.passphrase ?? Self.key)
        try board.printConnection()
    }
}
