import WiFiNINA

/// Fetches a web page over TLS and prints it.
struct WiFiSSLClientSketch: Sketch {
    static let summary = "fetches a web page over TLS (--host, --port)"
    let board: Board
    private var client: WiFiSSLClient

    init(board: Board) {
        self.board = board
        client = WiFiSSLClient(board.wifi)
    }

    mutating func setup() throws {
        try board.join()
        try board.printWiFiStatus()
        let host = options.host ?? "example.com"
        Serial.println("Starting connection to server...")
        try client.connect(.name(host), port: options.port ?? 443)
        Serial.println("connected to server")
        try board.request(host, from: client.client)
    }

    func loop() throws {
        try board.printAnswer(from: client.client)
        Serial.println("disconnecting from server.")
        try client.stop()
        board.end()
    }
}
