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
        try board.request(host, from: client)
    }

    func loop() throws {
        try board.printAnswer(from: client)
        Serial.println("disconnecting from server.")
        try client.stop()
        board.end()
    }
}
