import NINALink
import WiFiNINA

/// Fetches a web page every ten seconds and prints it.
struct WiFiWebClientRepeatingSketch: Sketch {
    static let summary = "a page repeatedly (--host, --port, --every, --rounds)"
    let board: Board
    private var client: WiFiClient

    init(board: Board) {
        self.board = board
        client = WiFiClient(board.wifi)
    }

    func setup() throws {
        try board.join()
        try board.printWiFiStatus()
    }

    mutating func loop() throws {
        if try request() { try board.printAnswer(from: client) }
        try board.nextRound(after: .seconds(10))
    }

    /// - Returns: false when the connection fails; the next round tries again.
    private mutating func request() throws -> Bool {
        let host = options.host ?? "example.com"
        do throws(WiFiError) {
            Serial.println("connecting...")
            try client.connect(.name(host), port: options.port ?? 80)
        } catch {
            guard error == .connectFailed else { throw error }
            Serial.println("connection failed")
            return false
        }
        try client.println("GET / HTTP/1.1")
        try client.println("Host: \(host)")
        try client.println("User-Agent: ArduinoWiFi/1.1")
        try client.println("Connection: close")
        try client.println()
        return true
    }
}
