import WiFiNINA

/// Lists the networks in range: name, signal, encryption.
struct ScanNetworksSketch: Sketch {
    static let summary = "lists the networks in range"
    let board: Board

    func setup() throws {
        Serial.println("MAC: \(try wifi.macAddress())")
    }

    func loop() throws {
        Serial.println("Scanning available networks...")
        let count = try wifi.scanNetworks()
        Serial.println("number of available networks: \(count)")
        for index in 0..<count {
            guard let ssid = wifi.ssid(index), let signal = try wifi.rssi(index),
                let encryption = try wifi.encryptionType(index)
            else { continue }
            Serial.println("\(index)) \(ssid)\tSignal: \(signal) dBm\tEncryption: \(encryption)")
        }
        try board.nextRound(after: .seconds(10))
    }
}
