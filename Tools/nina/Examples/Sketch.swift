import WiFiNINA

/// One of Arduino's example sketches: it is set up once, then its loop runs until the board's work is done.
protocol Sketch {
    /// Arduino's name of it.
    static var name: String { get }
    /// What it shows, in a line.
    static var summary: String { get }
    /// What an emulator needs that is started for it, a network of its own for example.
    static var emulatorOptions: [String] { get }

    /// The board that it runs on.
    var board: Board { get }
    init(board: Board)

    /// Runs once.
    mutating func setup() throws
    /// Runs again and again, until ``Board/end()`` or the last round.
    mutating func loop() throws
}

extension Sketch {
    /// The type's name without `Sketch`, which tells it from the library's `WiFiStorage` and the like.
    static var name: String { String(String(describing: Self.self).dropLast("Sketch".count)) }
    static var emulatorOptions: [String] { [] }

    /// The board's module.
    var wifi: WiFi { board.wifi }
    /// What was asked for on the command line.
    var options: SketchOptions { board.options }

    /// For the sketches that have done everything in `setup()`.
    mutating func loop() throws { board.end() }
}

/// What stands in a sketch's source on Arduino, secrets included. Nil is left to the sketch.
struct SketchOptions {
    var ssid: String?
    var passphrase: String?
    var user: String?
    var host: String?
    var port: UInt16?
    /// Number of the ESP32's pin with the LED; 26 is the green one of the Uno WiFi Rev2 and the MKR WiFi 1010.
    var led: UInt8 = 26
    /// How often the sketch does its work; nil for ever.
    var rounds: Int?
    /// The time from one round to the next.
    var every: Duration?
}

/// Every sketch, in the order of the list.
var sketches: [any Sketch.Type] {
    [
        ScanNetworksSketch.self, ScanNetworksAdvancedSketch.self,
        ConnectNoEncryptionSketch.self, ConnectWithWEPSketch.self, ConnectWithWPASketch.self,
        ConnectWithWPA2EnterpriseSketch.self,
        SimpleWebServerWiFiSketch.self, AccessPointWebServerSketch.self, WiFiWebServerSketch.self,
        WiFiChatServerSketch.self, WiFiAdvancedChatServerSketch.self, WiFiPagerServerSketch.self,
        WiFiWebClientSketch.self, WiFiWebClientRepeatingSketch.self, WiFiSSLClientSketch.self,
        WiFiUdpSendReceiveStringSketch.self, WiFiUdpNtpClientSketch.self, WiFiPingSketch.self,
        WiFiStorageSketch.self, PreferencesCounterSketch.self, PreferencesValidationSketch.self,
        Prefs2StructSketch.self,
        CheckFirmwareVersionSketch.self,
    ]
}
