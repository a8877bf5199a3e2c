import LinuxIO
import LinuxProcesses
import NINALink
import WiFiNINA

/// What a sketch runs on: the module, the options, and the end of its loop.
final class Board {
    let wifi: WiFi
    let options: SketchOptions
    /// The emulator that was started for it; nil when it came from elsewhere.
    private let emulator: EmulatorProcess?
    private var rounds = 0
    private var hasEnded = false

    init(_ wifi: WiFi, _ options: SketchOptions, emulator: EmulatorProcess?) {
        self.wifi = wifi
        self.options = options
        self.emulator = emulator
    }

    /// Whether the loop goes on: until its work is done, or Ctrl-C.
    var isRunning: Bool { !hasEnded && !Signals.wasEndRequested }

    /// There is nothing more to do: what a sketch says by a loop that stands still.
    func end() { hasEnded = true }

    /// The sketch has done once what it is for.
    func countRound() {
        rounds += 1
        if rounds == options.rounds { end() }
    }

    /// Ends a round, and waits for the next one.
    func nextRound(after usual: Duration) throws(WiFiError) {
        countRound()
        try pause(usual)
    }

    /// Lets time pass between two rounds, `--every` if it was given, but not beyond the end.
    func pause(_ usual: Duration) throws(WiFiError) {
        let time = options.every ?? usual
        let end = wifi.now.advanced(by: time)
        while isRunning, wifi.now < end { try wifi.delay(min(time, .milliseconds(50))) }
    }

    /// Where a browser finds a server of the module.
    func url(port: UInt16) throws(WiFiError) -> String {
        let reachable = emulator == nil ? port : EmulatorProcess.hostPort(port)
        return "http://\(try wifi.localIP())\(reachable == 80 ? "" : ":\(reachable)")/"
    }

    // MARK: Clients

    /// Does something with a client. What goes wrong with one is no reason to end: it is let go.
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

    /// Serves a client and lets it go: one round.
    func serve(_ client: WiFiClient, _ body: (WiFiClient) throws(WiFiError) -> Void) throws(WiFiError) {
        Serial.println("new client")
        try attempt(client, body)
        try client.stop()
        Serial.println("client disconnected")
        countRound()
    }
}

extension WiFiClient {
    /// The next line without its end, of which 500 bytes count; nil when the connection ends first.
    /// - Throws: `.timedOut(.read)` when nothing comes for five seconds.
    func readLine() throws(WiFiError) -> String? {
        var line: [UInt8] = []
        while try waitForBytes(.seconds(5)) > 0, let byte = try read() {
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            if byte != UInt8(ascii: "\r"), line.count < 500 { line.append(byte) }
        }
        return nil
    }
}
