import WiFiNINA

/// Sends each line from one client to all connected clients.
struct WiFiPagerServerSketch: Sketch {
    static let summary = "a pager: each line goes to all clients (--port)"
    let board: Board
    private let server: WiFiServer

    init(board: Board) {
        self.board = board
        server = WiFiServer(board.wifi, port: board.options.port ?? 2323)
    }

    func setup() throws {
        try board.begin(server)
        Serial.println("Pager server on port \(server.port)")
    }

    func loop() throws {
        guard let client = try board.nextClient(of: server) else { return }
        try board.attempt(client) { client throws(WiFiError) in
            guard let message = try client.readLine() else { return }
            Serial.println("message: \(message)")
            try server.print("\(message)\r\n")
            board.countRound()
        }
    }
}
