import NINAWire
import WiFiNINA

// What most sketches do first: join the network, and say what it is like.

extension Board {
    /// Joins the network of the options.
    func join() throws(WiFiError) {
        let ssid = options.ssid ?? "lab-net"
        Serial.println("Attempting to connect to SSID: \(ssid)")
        try wifi.begin(ssid, passphrase: options.passphrase ?? "correct-horse")
        Serial.println("Connected to WiFi")
    }

    /// The network, the module's address, the signal.
    func printWiFiStatus() throws(WiFiError) {
        Serial.println("SSID: \(try wifi.ssid())")
        Serial.println("IP Address: \(try wifi.localIP())")
        Serial.println("Signal strength (RSSI): \(try wifi.rssi()) dBm")
    }

    /// The module's addresses.
    func printWiFiData() throws(WiFiError) {
        Serial.println("IP Address: \(try wifi.localIP())")
        Serial.println("Subnet mask: \(try wifi.subnetMask())")
        Serial.println("Gateway: \(try wifi.gatewayIP())")
        Serial.println("MAC address: \(try wifi.macAddress())")
    }

    /// What is known of the access point joined.
    func printCurrentNet() throws(WiFiError) {
        Serial.println("SSID: \(try wifi.ssid())")
        Serial.println("BSSID: \(try wifi.bssid())")
        Serial.println("Signal strength (RSSI): \(try wifi.rssi()) dBm")
        Serial.println("Encryption: \(try wifi.encryptionType())")
    }
}
