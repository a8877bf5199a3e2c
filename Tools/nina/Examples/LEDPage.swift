import WiFiNINA

/// The web page of two sketches: one link lights the LED, the other turns it off.
struct LEDPage {
    let wifi: WiFi
    /// The pin of the module.
    let led: UInt8

    /// Reads a request, does what it asks for, answers with the page.
    func serve(_ client: WiFiClient) throws(WiFiError) {
        while let line = try client.readLine() {
            // The end of the request: an empty line.
            guard !line.isEmpty else { return try answer(client) }
            if line.hasPrefix("GET /H ") { try turn(on: true) }
            if line.hasPrefix("GET /L ") { try turn(on: false) }
        }
    }

    private func turn(on isOn: Bool) throws(WiFiError) {
        try wifi.digitalWrite(led, isOn)
        Serial.println("LED \(isOn ? "on" : "off")")
    }

    private func answer(_ client: WiFiClient) throws(WiFiError) {
        try client.println("HTTP/1.1 200 OK")
        try client.println("Content-type: text/html")
        try client.println("Connection: close")
        try client.println()
        try client.println("<p>Click <a href=\"/H\">here</a> to turn the LED on</p>")
        try client.println("<p>Click <a href=\"/L\">here</a> to turn the LED off</p>")
    }
}
