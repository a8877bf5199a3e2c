import WiFiNINA

/// Sends echo requests to a host and prints the round-trip times.
struct WiFiPingSketch: Sketch {
    static let summary = "pings a host (--host, --every, --rounds)"
    let board: Board

    func setup() throws {
        try board.join()
        try board.printConnection()
    }

    func loop() throws {
        let host = options.host ?? "example.com"
        Serial.print("Pinging \(host): ")
        do throws(WiFiError) {
            if let milliseconds = try wifi.ping(.name(host)) {
                Serial.println("SUCCESS! RTT = \(milliseconds) ms")
            } else {
                Serial.println("FAILED! No answer")
            }
        } catch {
            guard error == .hostNotFound else { throw error }
            Serial.println("FAILED! Unknown host")
        }
        try board.nextRound(after: .seconds(5))
    }
}
