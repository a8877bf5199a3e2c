import WiFiNINA

/// Fetches a web page and prints it.
struct WiFiWebClientSketch: Sketch {
    static let summary = "fetches a web page (--host, --port)"
    let board: Board
    private var client: WiFiClient

    init(board: Board) {
        self.board = board
        client = WiFiClient(board.wifi)
    }

    mutating func setup() throws {
        try board.join()
        try board.printWiFiStatus()
        let host = options.host ?? "example.com"
        Serial.println("Starting connection to server...")
        try client.connect(.name(host), port: options.port ?? 80)
        Serial.println("connected to server")
        try client.println("GET / HTTP/1.1")
        try client.println("Host: \(host)")
        try client.println("Connection: close")
        try client.println()
    }

    func loop() throws {
        while board.isRunning, try client.connected() {
            Serial.write(try client.read(4096))
            try wifi.waitForActivity(.milliseconds(20))
        }
        Serial.println()
        Serial.println("disconnecting from server.")
        try client.stop()
        board.end()
    }
}
