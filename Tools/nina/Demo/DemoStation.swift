import NINALink
import NINAWire
import WiFiNINA

/// Keeps the demo's module in its network, and its server at its port, whatever happens to them: the access point goes, the module
/// restarts.
final class DemoStation {
    /// How often it looks whether the module has a network.
    private static let interval = Duration.seconds(1)
    /// How long it waits for a join; the network may not be there.
    private static let patience = Duration.seconds(5)

    private let wifi: WiFi
    private let report: (String) -> Void
    private var due = MonotonicInstant(nanoseconds: 0)
    /// What it has told of last, to tell it once.
    private var trouble: String?

    init(_ wifi: WiFi, report: @escaping (String) -> Void) {
        self.wifi = wifi
        self.report = report
    }

    /// Joins for the first time.
    func join() throws(WiFiError) { try wifi.begin("lab-net", passphrase: "correct-horse") }

    /// A turn of the server, on a module that has its network.
    /// - Throws: errors that no waiting ends, such as a link that is closed.
    func turn(_ server: DemoServer) throws(WiFiError) {
        do throws(WiFiError) {
            if wifi.now >= due { try look(server) }
            try server.turn()
        } catch {
            guard Self.passes(error) else { throw error }
            tell("\(error)")
            server.forgetConnections()
            due = min(due, wifi.now.advanced(by: Self.interval))
            try wifi.delay(.milliseconds(20))
        }
    }

    private func look(_ server: DemoServer) throws(WiFiError) {
        due = wifi.now.advanced(by: Self.interval)
        if try wifi.status() != .connected {
            if trouble == nil { tell("the network is lost") }
            wifi.timeout = Self.patience
            try join()
        }
        try server.listen()
        guard trouble != nil else { return }
        trouble = nil
        report("joined again, at \(try wifi.localIP())\n")
    }

    private func tell(_ text: String) {
        guard trouble != text else { return }
        trouble = text
        report("\(text); trying again\n")
    }

    /// Whether another attempt may succeed.
    private static func passes(_ error: WiFiError) -> Bool {
        guard case .link(let fault, _) = error else { return true }
        switch fault.kind {
        case .closed, .unavailable, .system: return false
        case .restarted, .timedOut, .violation: return true
        }
    }
}
