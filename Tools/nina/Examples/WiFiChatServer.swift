import WiFiNINA

/// Sends each client's text to all clients, including the sender.
struct WiFiChatServerSketch: Sketch {
    static let summary = "a chat: what one client sends goes to all (--port)"
    let board: Board
    private let server: WiFiServer
    private var known: [WiFiClient] = []

    init(board: Board) {
        self.board = board
        server = WiFiServer(board.wifi, port: board.options.port ?? 23)
    }

    func setup() throws {
        try board.begin(server)
        Serial.println("Chat server on port \(server.port)")
    }

    mutating func loop() throws {
        guard let client = try board.nextClient(of: server) else { return }
        if !known.contains(client) {
            known.removeAll { $0.socket == .unavailable }
            known.append(client)
            Serial.println("We have a new client")
            try board.attempt(client) { client throws(WiFiError) in try client.println("Hello, client!") }
        }
        try board.attempt(client) { client throws(WiFiError) in
            let said = try client.read(1024)
            try server.write(said)
            Serial.write(said)
            // A line counts as a round.
            for byte in said where byte == UInt8(ascii: "\n") { board.countRound() }
        }
    }
}
