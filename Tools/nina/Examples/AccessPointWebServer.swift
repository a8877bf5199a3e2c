import NINAWire
import WiFiNINA

/// An access point with a web page that switches an LED.
struct AccessPointWebServerSketch: Sketch {
    static let name = "AP_SimpleWebServer"
    static let summary = "own network, LED page (--ssid, --pass, --port, --led)"
    // An emulated access point cannot be joined: the log has the server's address on this machine instead.
    static let emulatorOptions = ["--log-level", "info"]
    let board: Board
    private let server: WiFiServer
    private var status = ConnectionStatus.idle

    init(board: Board) {
        self.board = board
        server = WiFiServer(board.wifi, port: board.options.port ?? 80)
    }

    mutating func setup() throws {
        Serial.println("Access Point Web Server")
        try wifi.pinMode(options.led, .output)
        let ssid = options.ssid ?? "nina-ap"
        Serial.println("Creating access point named: \(ssid)")
        if let passphrase = options.passphrase {
            try wifi.beginAP(ssid, passphrase: passphrase)
        } else {
            try wifi.beginAP(ssid)
        }
        status = try wifi.status()
        try server.begin()
        try board.printWiFiStatus()
    }

    mutating func loop() throws {
        let now = try wifi.status()
        if now != status {
            status = now
            Serial.println(now == .apConnected ? "Device connected to AP" : "Device disconnected from AP")
        }
        guard let client = try board.nextClient(of: server) else { return }
        try board.serve(client, LEDPage(wifi: wifi, led: options.led).serve)
    }
}
