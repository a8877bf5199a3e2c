import NINALink
import NINAWire
import WiFiNINA

/// A web server that serves all its clients at the same time, one frame each in turn, with `accept()`.
final class DemoServer {
    /// An event of a connection.
    enum Event {
        case opened(port: UInt16, open: Int)
        case served(path: String, status: String, bytes: Int)
        case closed(port: UInt16, open: Int)
    }

    private struct Connection {
        let client: WiFiClient
        let port: UInt16
        var input: [UInt8] = []
        var output: ArraySlice<UInt8> = []
        var closesAfterOutput = false
        var checkedAt: MonotonicInstant
        /// When it was opened, or last took bytes of an answer. Parts of a request do not count: a client could send them for
        /// ever.
        var activeAt: MonotonicInstant
    }

    private let wifi: WiFi
    private let server: WiFiServer
    private let site: DemoSite
    /// A connection without an answer for this time is closed: others wait for its slot.
    private let idleNanoseconds: UInt64
    private let report: (Event) -> Void
    private var connections: [Connection] = []
    /// The maximum number of simultaneously open connections.
    private(set) var mostOpen = 0
    /// The interval for checking the state of silent connections: the end of a connection does not raise IRQ.
    private static let checkNanoseconds: UInt64 = 100_000_000

    init(
        _ wifi: WiFi, port: UInt16, site: DemoSite, idle: Duration, report: @escaping (Event) -> Void
    ) throws {
        idleNanoseconds = UInt64(max(0, idle.components.seconds)) * 1_000_000_000
        self.wifi = wifi
        self.site = site
        self.report = report
        server = WiFiServer(wifi, port: port)
        try listen()
    }

    /// Listens, if the module has ended that.
    func listen() throws(WiFiError) { try server.begin() }

    /// The module has lost its connections.
    func forgetConnections() { connections = [] }

    /// Accepts new clients and serves each one frame; waits for activity when there is nothing to do.
    func turn() throws(WiFiError) {
        var isBusy = false
        while let client = try server.accept() {
            let now = wifi.now
            guard let port = try Self.unlessLost({ () throws(WiFiError) in try client.remotePort() }) else { continue }
            connections.append(Connection(client: client, port: port, checkedAt: now, activeAt: now))
            mostOpen = max(mostOpen, connections.count)
            report(.opened(port: connections[connections.count - 1].port, open: connections.count))
            isBusy = true
        }
        var index = 0
        while index < connections.count {
            switch try serve(index) {
            case .idle: index += 1
            case .active:
                isBusy = true
                index += 1
            case .ended:
                let port = connections.remove(at: index).port
                report(.closed(port: port, open: connections.count))
            }
        }
        if !isBusy { try wifi.waitForActivity(.milliseconds(20)) }
    }

    private enum Progress { case idle, active, ended }

    private func serve(_ index: Int) throws(WiFiError) -> Progress {
        let progress = try Self.unlessLost { () throws(WiFiError) in
            let hadOutput = !connections[index].output.isEmpty
            let progress = hadOutput ? try send(index) : try receive(index)
            // A request that is complete by now is answered first, however long others have kept the server.
            guard hadOutput || connections[index].output.isEmpty, progress != .ended,
                wifi.now.nanoseconds(since: connections[index].activeAt) >= idleNanoseconds
            else { return progress }
            try connections[index].client.stop()
            return .ended
        }
        return progress ?? .ended
    }

    /// The result of calls to one client; nil when its connection is closed or has lost bytes, which concerns no other client.
    private static func unlessLost<Result>(
        _ body: () throws(WiFiError) -> Result
    ) throws(WiFiError) -> Result? {
        do throws(WiFiError) {
            return try body()
        } catch {
            switch error {
            case .connectionClosed, .staleHandle, .bytesLost: return nil
            default: throw error
            }
        }
    }

    private func receive(_ index: Int) throws(WiFiError) -> Progress {
        let bytes = try connections[index].client.read(4096)
        guard !bytes.isEmpty else { return try isGone(index) ? .ended : .idle }
        connections[index].checkedAt = wifi.now
        connections[index].input.append(contentsOf: bytes)
        try answer(index)
        return .active
    }

    private func isGone(_ index: Int) throws(WiFiError) -> Bool {
        let now = wifi.now
        guard now.nanoseconds(since: connections[index].checkedAt) >= Self.checkNanoseconds else { return false }
        connections[index].checkedAt = now
        return try !connections[index].client.connected()
    }

    private func send(_ index: Int) throws(WiFiError) -> Progress {
        let frame = connections[index].output.prefix(Frame.longestSend)
        let count = try connections[index].client.write(frame)
        connections[index].output = connections[index].output.dropFirst(count)
        if count > 0 { connections[index].activeAt = wifi.now }
        guard connections[index].output.isEmpty else { return .active }
        if connections[index].closesAfterOutput {
            try connections[index].client.stop()
            return .ended
        }
        try answer(index)
        return .active
    }

    /// Appends the response to the next complete request to the output.
    private func answer(_ index: Int) throws(WiFiError) {
        guard connections[index].output.isEmpty else { return }
        do throws(HTTPRequest.Failure) {
            guard let request = try HTTPRequest.take(from: &connections[index].input) else { return }
            queue(answerTo: request, index)
        } catch {
            let status = error == .tooLong ? "431 Request Header Fields Too Large" : "400 Bad Request"
            queue(status, "text/plain", [], isHead: false, keepsAlive: false, index)
            report(.served(path: "-", status: status, bytes: 0))
        }
    }

    private func queue(answerTo request: HTTPRequest, _ index: Int) {
        var status = "200 OK"
        var type = "text/plain; charset=utf-8"
        var body: [UInt8] = []
        if request.method != "GET" && request.method != "HEAD" {
            status = "405 Method Not Allowed"
        } else if let resource = site.resource(at: request.path) {
            type = resource.contentType
            body = resource.body
        } else {
            status = "404 Not Found"
            body = Array("There is no such page here.\n".utf8)
        }
        let isHead = request.method == "HEAD"
        queue(status, type, body, isHead: isHead, keepsAlive: request.keepsAlive, index)
        report(.served(path: request.path, status: status, bytes: isHead ? 0 : body.count))
    }

    private func queue(
        _ status: String, _ type: String, _ body: [UInt8], isHead: Bool, keepsAlive: Bool, _ index: Int
    ) {
        var output = HTTPRequest.answerHead(status: status, type: type, length: body.count, keepsAlive: keepsAlive)
        if !isHead { output.append(contentsOf: body) }
        connections[index].output = output[...]
        connections[index].closesAfterOutput = !keepsAlive
    }

    /// Closes every connection and stops listening.
    func end() throws(WiFiError) {
        for connection in connections { try connection.client.stop() }
        connections = []
        try server.end()
    }
}
