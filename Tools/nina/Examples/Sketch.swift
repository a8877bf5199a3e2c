import WiFiNINA

/// One of Arduino's example sketches: `setup()` runs once, then `loop()` until the board's work is done.
protocol Sketch {
    /// Arduino's name of the sketch.
    static var name: String { get }
    /// A summary in at most 53 characters, for a list in 80 columns.
    static var summary: String { get }
    /// Options for an emulator started for it, for example a particular network.
    static var emulatorOptions: [String] { get }

    /// The board on which it runs.
    var board: Board { get }
    init(board: Board)

    /// Runs once.
    mutating func setup() throws
    /// Runs repeatedly, until ``Board/end()`` or the last round.
    mutating func loop() throws
}

extension Sketch {
    /// The type's name without `Sketch`, a suffix that distinguishes it from the library's `WiFiStorage` and others.
    static var name: String { String(String(describing: Self.self).dropLast("Sketch".count)) }
    static var emulatorOptions: [String] { [] }

    /// The board's module.
    var wifi: WiFi { board.wifi }
    /// The options from the command line.
    var options: SketchOptions { board.options }

    /// For sketches that do everything in `setup()`.
    mutating func loop() throws { board.end() }
}

/// The values that an Arduino sketch has in its source, secrets included. Nil selects the sketch's default.
struct SketchOptions {
    var ssid: String?
    var passphrase: String?
    var user: String?
    var host: String?
    var port: UInt16?
    /// The ESP32's pin number of the LED; 26 is the green one of the Uno WiFi Rev2 and the MKR WiFi 1010.
    var led: UInt8 = 26
    /// The number of rounds of work; nil for no limit.
    var rounds: Int?
    /// The time between rounds.
    var every: Duration?
}

/// All sketches, in the order of the list.
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
