import WiFiNINA

/// A web page with the voltages at the module's analog inputs, which refreshes itself.
struct WiFiWebServerSketch: Sketch {
    static let summary = "a web page with six analog inputs (--port)"
    let board: Board
    private let server: WiFiServer

    init(board: Board) {
        self.board = board
        server = WiFiServer(board.wifi, port: board.options.port ?? 80)
    }

    func setup() throws {
        try board.begin(server)
        Serial.println("To see this page in action, open a browser to \(try board.url(port: server.port))")
    }

    func loop() throws {
        guard let client = try board.nextClient(of: server) else { return }
        try board.serve(client) { client throws(WiFiError) in
            while let line = try client.readLine() {
                Serial.println(line)
                // An empty line ends the request.
                guard !line.isEmpty else { return try answer(client) }
            }
        }
    }

    private func answer(_ client: WiFiClient) throws(WiFiError) {
        try client.println("HTTP/1.1 200 OK")
        try client.println("Content-Type: text/html")
        try client.println("Connection: close")
        try client.println("Refresh: 5")
        try client.println()
        try client.println("<!DOCTYPE HTML>")
        // Adafruit's firmware numbers the inputs by their pins.
        let first: UInt8 = try wifi.firmware().family == .adafruit ? 32 : 0
        for channel in 0..<6 as Range<UInt8> {
            try client.println("analog input \(channel) is \(try wifi.analogRead(first + channel))<br>")
        }
    }
}
