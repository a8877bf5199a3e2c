import LinuxIO

/// Serves the page of `nina watch --web` on this machine: the page, its events, and what its buttons ask for.
///
/// Whoever knows the address may look at payloads and make faults, so it has a random word, and other web pages, which do not know
/// it, are refused even if they reach the port under a name of their own.
final class WatchServer: ReactorHandler {
    private let reactor: Reactor
    private let listener: FileDescriptor
    private let endpoint: IPv4Endpoint
    private let token = WatchPage.randomWord()
    let feed: WatchFeed
    private var registration: Registration?
    private var connections: [ObjectIdentifier: WatchConnection] = [:]

    /// Browsers open six connections for each page; more than this is no use.
    private static let longest = 64

    /// - Throws: EADDRINUSE, EACCES, EADDRNOTAVAIL.
    init(_ endpoint: IPv4Endpoint, _ feed: WatchFeed, _ reactor: Reactor) throws {
        self.reactor = reactor
        self.feed = feed
        listener = try TCPSocket.listen(on: endpoint, backlog: 64)
        self.endpoint = try TCPSocket.localEndpoint(listener.rawValue)
        registration = try reactor.add(listener.rawValue, .readable, handler: self)
    }

    /// Where the page is.
    var address: String { "http://\(endpoint)/\(token)/" }

    func ready(_ events: ReadyEvents, token: UInt64) {
        // Without a descriptor left it stays in the queue until the next connection ends.
        while let accepted = try? TCPSocket.accept(listener.rawValue) {
            guard connections.count < Self.longest else { continue }
            guard let connection = try? WatchConnection(accepted.takeDescriptor(), self, reactor) else { continue }
            connections[ObjectIdentifier(connection)] = connection
        }
    }

    func ended(_ connection: WatchConnection) {
        feed.remove(connection)
        connections[ObjectIdentifier(connection)] = nil
    }

    /// Ends everything.
    func stop() {
        if let registration { reactor.remove(registration) }
        registration = nil
        for connection in connections.values { connection.close() }
    }

    /// What is to be done with a request.
    enum Route: Equatable {
        case page, events
        case order(length: Int)
        case refused(status: String, why: String)
    }

    /// The largest order of a button.
    private static let longestOrder = 4096

    func route(_ request: HTTPRequest) -> Route {
        // A page of another site that has pointed its own name at this machine asks for that name.
        let hosts = ["\(endpoint)", "localhost:\(endpoint.port)"]
        guard let host = request["host"], hosts.contains(host) else {
            return .refused(status: "403 Forbidden", why: "The host is not this machine.")
        }
        guard request["origin"].map({ $0 == "http://\(host)" }) ?? true else {
            return .refused(status: "403 Forbidden", why: "The request is from another page.")
        }
        let path = request.path.prefix { $0 != "?" }.split(separator: "/", omittingEmptySubsequences: false)
        guard path.count == 3, path[0].isEmpty, isToken(path[1]) else {
            return .refused(status: "403 Forbidden", why: "The address has not the word that nina watch has printed.")
        }
        switch (request.method, path[2]) {
        case ("GET", ""): return .page
        case ("GET", "events"): return .events
        case ("POST", "do"):
            guard let length = request["content-length"].flatMap({ Int($0) }), 0...Self.longestOrder ~= length,
                request["content-type"] == "application/json"
            else { return .refused(status: "400 Bad Request", why: "Expected a short object of JSON.") }
            return .order(length: length)
        default: return .refused(status: "404 Not Found", why: "There is no such page.")
        }
    }

    /// In a time that does not tell how much of it is right.
    private func isToken(_ word: Substring) -> Bool {
        let given = Array(word.utf8)
        let expected = Array(token.utf8)
        guard given.count == expected.count else { return false }
        return zip(given, expected).reduce(into: UInt8(0)) { $0 |= $1.0 ^ $1.1 } == 0
    }
}
