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

    /// Everything about a network that has just been joined.
    func printConnection() throws(WiFiError) {
        Serial.println("You're connected to the network")
        try printCurrentNet()
        try printWiFiData()
    }

    // MARK: Web pages

    /// Asks for the page at the top of a host.
    func request(_ host: String, from client: WiFiClient) throws(WiFiError) {
        try client.println("GET / HTTP/1.1")
        try client.println("Host: \(host)")
        try client.println("Connection: close")
        try client.println()
    }

    /// Prints what a server sends until it ends the connection.
    func printAnswer(from client: WiFiClient) throws(WiFiError) {
        while isRunning, try client.connected() {
            Serial.write(try client.read(4096))
            try wifi.waitForActivity(.milliseconds(20))
        }
        Serial.println()
    }

    // MARK: Servers

    /// Joins the network and begins a server in it.
    func begin(_ server: WiFiServer) throws(WiFiError) {
        try join()
        try server.begin()
        try printWiFiStatus()
    }

    /// A client that has unread bytes; nil when a while has passed without one.
    func nextClient(of server: WiFiServer) throws(WiFiError) -> WiFiClient? {
        if let client = try server.available() { return client }
        try wifi.waitForActivity(.milliseconds(100))
        return nil
    }
}

/// A sketch that joins a network and then watches it.
protocol WatchingSketch: Sketch {}

extension WatchingSketch {
    mutating func loop() throws {
        try board.pause(.seconds(10))
        try board.printCurrentNet()
        board.countRound()
    }
}
