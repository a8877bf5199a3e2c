import WiFiNINA

/// The web page of two sketches, with links that turn the LED on and off.
struct LEDPage {
    let wifi: WiFi
    /// The module's pin with the LED.
    let led: UInt8

    /// Reads a request, switches the LED, and responds with the page.
    func serve(_ client: WiFiClient) throws(WiFiError) {
        while let line = try client.readLine() {
            // An empty line ends the request.
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
