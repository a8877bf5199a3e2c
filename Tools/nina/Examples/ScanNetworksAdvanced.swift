import WiFiNINA

/// Lists the networks in range with all details of the scan.
struct ScanNetworksAdvancedSketch: Sketch {
    static let summary = "lists networks with channel and access point"
    let board: Board

    func setup() throws {
        Serial.println("MAC: \(try wifi.macAddress())")
    }

    func loop() throws {
        Serial.println("** Scan Networks **")
        let count = try wifi.scanNetworks()
        Serial.println("number of available networks: \(count)")
        for index in 0..<count {
            guard let ssid = wifi.ssid(index), let signal = try wifi.rssi(index), let bssid = try wifi.bssid(index),
                let channel = try wifi.channel(index), let encryption = try wifi.encryptionType(index)
            else { continue }
            Serial.println("\(index + 1)) \(encryption)")
            Serial.println("\tBSSID: \(bssid)\tSignal: \(signal) dBm\tChannel: \(channel)\tSSID: \(ssid)")
        }
        try board.nextRound(after: .seconds(10))
    }
}
