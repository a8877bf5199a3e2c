import WiFiNINA

/// A web page that switches an LED of the module.
struct SimpleWebServerWiFiSketch: Sketch {
    static let summary = "a web page that switches an LED (--port, --led)"
    let board: Board
    private let server: WiFiServer

    init(board: Board) {
        self.board = board
        server = WiFiServer(board.wifi, port: board.options.port ?? 80)
    }

    func setup() throws {
        try wifi.pinMode(options.led, .output)
        try board.begin(server)
        Serial.println("To see this page in action, open a browser to \(try board.url(port: server.port))")
    }

    func loop() throws {
        guard let client = try board.nextClient(of: server) else { return }
        try board.serve(client, LEDPage(wifi: wifi, led: options.led).serve)
    }
}
