import WiFiNINA

/// Sends each client's text to all others. Greets each new client with its number.
struct WiFiAdvancedChatServerSketch: Sketch {
    static let summary = "a chat that greets each new client (--port)"
    let board: Board
    private let server: WiFiServer
    private var clients = [WiFiClient?](repeating: nil, count: 8)

    init(board: Board) {
        self.board = board
        server = WiFiServer(board.wifi, port: board.options.port ?? 23)
    }

    func setup() throws {
        try board.begin(server)
        Serial.println("Chat server on port \(server.port)")
    }

    mutating func loop() throws {
        if let place = clients.firstIndex(of: nil), let client = try server.accept() {
            Serial.println("We have a new client")
            try board.attempt(client) { client throws(WiFiError) in
                try client.println("Hello, client number: \(place)")
            }
            clients[place] = client
        }
        for case let client? in clients {
            try board.attempt(client) { client throws(WiFiError) in try passOn(client) }
        }
        for (place, client) in clients.enumerated() {
            guard let client, try !client.connected() else { continue }
            Serial.println("disconnect client #\(place)")
            clients[place] = nil
            // A visit counts as a round.
            board.countRound()
        }
        try wifi.waitForActivity(.milliseconds(20))
    }

    /// Sends a client's text to all others.
    private func passOn(_ client: WiFiClient) throws(WiFiError) {
        guard client.socket != .unavailable, try client.available() > 0 else { return }
        let said = try client.read(1024)
        Serial.write(said)
        for case let other? in clients where other != client && other.socket != .unavailable {
            try board.attempt(other) { other throws(WiFiError) in try other.writeAll(said) }
        }
    }
}
