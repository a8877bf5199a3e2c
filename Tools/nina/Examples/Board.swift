import LinuxIO
import LinuxProcesses
import NINALink
import WiFiNINA

/// The environment of a sketch: the module, the options, and the end of its loop.
final class Board {
    let wifi: WiFi
    let options: SketchOptions
    /// The emulator started for it; nil when an existing coprocessor is used.
    private let emulator: EmulatorProcess?
    private var rounds = 0
    private var hasEnded = false

    init(_ wifi: WiFi, _ options: SketchOptions, emulator: EmulatorProcess?) {
        self.wifi = wifi
        self.options = options
        self.emulator = emulator
    }

    /// Whether the loop continues: until its work is done, or Ctrl-C.
    var isRunning: Bool { !hasEnded && !Signals.wasEndRequested }

    /// Ends the loop; corresponds to the endless loop at the end of an Arduino sketch.
    func end() { hasEnded = true }

    /// Counts one completed round of the sketch's work.
    func countRound() {
        rounds += 1
        if rounds == options.rounds { end() }
    }

    /// Ends a round, and waits for the next one.
    func nextRound(after usual: Duration) throws(WiFiError) {
        countRound()
        try pause(usual)
    }

    /// Waits between two rounds, for `--every` if given, but not past the end.
    func pause(_ usual: Duration) throws(WiFiError) {
        let time = options.every ?? usual
        let end = wifi.now.advanced(by: time)
        while isRunning, wifi.now < end { try wifi.delay(min(time, .milliseconds(50))) }
    }

    /// The address at which a browser reaches a server of the module.
    func url(port: UInt16) throws(WiFiError) -> String {
        let reachable = emulator == nil ? port : EmulatorProcess.hostPort(port)
        return "http://\(try wifi.localIP())\(reachable == 80 ? "" : ":\(reachable)")/"
    }

    // MARK: Clients

    /// Runs a body with a client. An error ends only this client.
    func attempt(_ client: WiFiClient, _ body: (WiFiClient) throws(WiFiError) -> Void) throws(WiFiError) {
        do throws(WiFiError) {
            try body(client)
        } catch {
            switch error {
            case .timedOut, .connectionClosed, .staleHandle:
                Serial.println("client lost: \(error)")
                try client.stop()
            default: throw error
            }
        }
    }

    /// Serves a client and stops it: one round.
    func serve(_ client: WiFiClient, _ body: (WiFiClient) throws(WiFiError) -> Void) throws(WiFiError) {
        Serial.println("new client")
        try attempt(client, body)
        try client.stop()
        Serial.println("client disconnected")
        countRound()
    }
}

extension WiFiClient {
    /// Reads the next line without its end, of which at most 500 bytes are kept; nil when the connection ends first.
    /// - Throws: `.timedOut(.read)` after five seconds without bytes.
    func readLine() throws(WiFiError) -> String? {
        var line: [UInt8] = []
        while try waitForBytes(.seconds(5)) > 0, let byte = try read() {
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            if byte != UInt8(ascii: "\r"), line.count < 500 { line.append(byte) }
        }
        return nil
    }
}
