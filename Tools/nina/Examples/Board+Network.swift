import NINAWire
import WiFiNINA

// The first steps of most sketches: joining the network, and printing its properties.

extension Board {
    /// Joins the network of the options.
    func join() throws(WiFiError) {
        let ssid = options.ssid ?? "lab-net"
        Serial.println("Attempting to connect to SSID: \(ssid)")
        try wifi.begin(ssid, passphrase: options.passphrase ?? "correct-horse")
        Serial.println("Connected to WiFi")
    }

    /// Prints the network, the module's address and the signal strength.
    func printWiFiStatus() throws(WiFiError) {
        Serial.println("SSID: \(try wifi.ssid())")
        Serial.println("IP Address: \(try wifi.localIP())")
        Serial.println("Signal strength (RSSI): \(try wifi.rssi()) dBm")
    }

    /// Prints the module's addresses.
    func printWiFiData() throws(WiFiError) {
        Serial.println("IP Address: \(try wifi.localIP())")
        Serial.println("Subnet mask: \(try wifi.subnetMask())")
        Serial.println("Gateway: \(try wifi.gatewayIP())")
        Serial.println("MAC address: \(try wifi.macAddress())")
    }

    /// Prints the properties of the current access point.
    func printCurrentNet() throws(WiFiError) {
        Serial.println("SSID: \(try wifi.ssid())")
        Serial.println("BSSID: \(try wifi.bssid())")
        Serial.println("Signal strength (RSSI): \(try wifi.rssi()) dBm")
        Serial.println("Encryption: \(try wifi.encryptionType())")
    }

    /// Prints everything about a network that has just been joined.
    func printConnection() throws(WiFiError) {
        Serial.println("You're connected to the network")
        try printCurrentNet()
        try printWiFiData()
    }

    // MARK: Web pages

    /// Requests the root page of a host.
    func request(_ host: String, from client: WiFiClient) throws(WiFiError) {
        try client.println("GET / HTTP/1.1")
        try client.println("Host: \(host)")
        try client.println("Connection: close")
        try client.println()
    }

    /// Prints the server's response until the server ends the connection.
    func printAnswer(from client: WiFiClient) throws(WiFiError) {
        while isRunning, try client.connected() {
            Serial.write(try client.read(4096))
            try wifi.waitForActivity(.milliseconds(20))
        }
        Serial.println()
    }

    // MARK: Servers

    /// Joins the network and starts a server.
    func begin(_ server: WiFiServer) throws(WiFiError) {
        try join()
        try server.begin()
        try printWiFiStatus()
    }

    /// A client that has unread bytes; nil if there is none for a while.
    func nextClient(of server: WiFiServer) throws(WiFiError) -> WiFiClient? {
        if let client = try server.available() { return client }
        try wifi.waitForActivity(.milliseconds(100))
        return nil
    }
}

/// A sketch that joins a network and then monitors it.
protocol WatchingSketch: Sketch {}

extension WatchingSketch {
    mutating func loop() throws {
        try board.pause(.seconds(10))
        try board.printCurrentNet()
        board.countRound()
    }
}
