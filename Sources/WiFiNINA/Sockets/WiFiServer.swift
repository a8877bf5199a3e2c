import NINALink
import NINAWire

/// A TCP server: WiFiNINA's `WiFiServer`.
///
/// `accept()` returns each connection once, as soon as it is established: use it to serve several clients at the same
/// time. `available()` returns a client that has unread bytes, the same one until it is drained.
public final class WiFiServer {
    /// A client unused for this long has its state checked. Not sooner: a client that has ended its stream may be
    /// waiting for a reply that the program is preparing.
    static let idleNanoseconds: UInt64 = 1_000_000_000

    let driver: Driver
    /// The socket commands of the server and its clients.
    public let socketFamily: SocketFamily
    /// The port; ``begin(_:)`` may change it.
    public private(set) var port: UInt16
    /// The socket it listens on, or last listened on.
    private(set) var socket: SocketID?
    private var generation: UInt32 = 0
    /// Identifies the sockets that `available` returned for this server.
    let id: ServerID
    /// Clients that `available` has found and not returned yet, in order of arrival (BSD sockets).
    var waiting: [WiFiClient] = []
    private var lastClient: WiFiClient?
    var askedAt = MonotonicInstant(nanoseconds: 0)
    private var checkedAt = MonotonicInstant(nanoseconds: 0)
    private var checked: UInt8 = 0

    /// A server that does not listen yet.
    /// - Parameters:
    ///   - wifi: the module.
    ///   - port: the port it listens on.
    ///   - family: the commands of the server and its clients; nil for ``WiFi/socketFamily``.
    public init(_ wifi: WiFi, port: UInt16 = 80, family: SocketFamily? = nil) {
        driver = wifi.driver
        socketFamily = family ?? wifi.socketFamily
        self.port = port
        id = driver.sockets.newServer()
    }

    /// Whether the server was started and still owns its socket.
    public var isListening: Bool { driver.isCurrent(socket, generation) }

    /// Starts listening. Does nothing if the server already listens.
    /// - Throws: `.serverFailed` when the port is taken, `.noSocketAvailable`.
    public func begin() throws(WiFiError) {
        guard !isListening else { return }
        let socket = try commands.listen(port: port, on: driver)
        self.socket = socket
        generation = driver.sockets[socket].generation
        lastClient = nil
        waiting = []
    }

    private var commands: any SocketCommands { driver.commands(socketFamily) }

    /// Starts listening on another port.
    public func begin(_ port: UInt16) throws(WiFiError) {
        try end()
        self.port = port
        try begin()
    }

    /// Stops listening; closes clients that ``available()`` returned, but not accepted ones.
    ///
    /// Firmware without STOP_SERVER (Arduino before 3.0, Adafruit) only forgets the slot's number: the port stays in
    /// use until ``WiFi/reset()``, and ``begin()`` on it may throw `.serverFailed`. BSD sockets do not have this
    /// problem.
    public func end() throws(WiFiError) {
        guard isListening, let socket else { return }
        let hasClosedClients = try commands.stopListener(socket, on: driver)
        for number in 0..<SocketID.limit {
            let client = SocketID(number, socketFamily)
            guard driver.sockets[client].isOpen, driver.sockets[client].server == id else { continue }
            if hasClosedClients { driver.markClosed(client) } else { try driver.stopClient(client) }
        }
        driver.markClosed(socket)
        self.socket = nil
        lastClient = nil
        waiting = []
    }

    /// Whether the coprocessor reports that the server listens.
    public func status() throws(WiFiError) -> Bool {
        guard isListening, let socket else { return false }
        return try commands.isListening(socket, on: driver)
    }

    /// Accepts a connection; nil when there is none. Firmware before 2.0 reports a connection only after it has sent
    /// something.
    public func accept() throws(WiFiError) -> WiFiClient? {
        guard isListening else { throw .serverNotListening }
        return try commands.accept(for: self)
    }

    /// A client that has unread bytes; nil when there is none.
    ///
    /// It is the same client until it is drained, including bytes in the library's buffer; after 16 KiB it yields if
    /// another client has bytes too.
    public func available() throws(WiFiError) -> WiFiClient? {
        guard isListening else { throw .serverNotListening }
        let last = lastClient.flatMap { $0.isCurrent ? $0.id : nil }
        let start = last.map { $0.number.rawValue + 1 } ?? 0
        let isTurnOver = last.map { driver.sockets[$0].quantum.isOver } ?? true
        if let last, !isTurnOver, !driver.sockets[last].ahead.isEmpty { return lastClient }
        try freeDeadClient()
        let current = isTurnOver ? nil : lastClient
        let named = try commands.clientWithBytes(of: self, from: start, current: current)
        if let current, named == current { return current }
        // One round-robin over clients with buffered bytes and clients with bytes on the chip: neither group starves
        // the other, and every client gets a turn before any gets a second. A client that the module names out of order
        // is named again later.
        guard let buffered = nextBuffered(from: start) else { return named.map { startTurn($0) } }
        guard let named, steps(from: start, to: named) < steps(from: start, to: buffered) else {
            return startTurn(buffered)
        }
        return startTurn(named)
    }

    /// The distance from a number to a client's in round-robin order.
    private func steps(from start: UInt8, to client: WiFiClient) -> UInt8 {
        (client.socket.rawValue + SocketID.limit - start) % SocketID.limit
    }

    /// Checks one client that the program has not used for a while: the end of a connection does not raise IRQ, and a
    /// program that uses only ``available()`` would never free its socket.
    private func freeDeadClient() throws(WiFiError) {
        let now = driver.now
        guard now.nanoseconds(since: checkedAt) >= driver.pollNanoseconds else { return }
        checkedAt = now
        for _ in 0..<SocketID.limit {
            checked = (checked + 1) % SocketID.limit
            let client = SocketID(checked, socketFamily)
            let state = driver.sockets[client]
            guard state.isOpen, state.server == id, state.ahead.isEmpty,
                now.nanoseconds(since: state.pace.usedAt) >= Self.idleNanoseconds
            else { continue }
            _ = try driver.clientState(client)
            return
        }
    }

    private func startTurn(_ client: WiFiClient) -> WiFiClient {
        guard let id = client.id else { return client }
        let state = driver.sockets[id]
        if client != lastClient || state.quantum.isOver {
            driver.sockets[id].beginTurn(read: commands.bytesReadByLook(buffered: state.ahead.count))
        }
        lastClient = client
        waiting.removeAll { $0 == client }
        return client
    }

    /// The first client of this server with buffered bytes in the round that starts at a number.
    private func nextBuffered(from start: UInt8) -> WiFiClient? {
        for offset in 0..<SocketID.limit {
            let client = SocketID((start + offset) % SocketID.limit, socketFamily)
            let state = driver.sockets[client]
            if state.isOpen, state.server == id, !state.ahead.isEmpty { return WiFiClient(driver, client) }
        }
        return nil
    }

    /// Sends bytes to all clients of this server.
    /// - Returns: the total number of bytes taken.
    @discardableResult
    public func write(_ bytes: ArraySlice<UInt8>) throws(WiFiError) -> Int {
        guard isListening else { throw .serverNotListening }
        return try commands.write(bytes, toClientsOf: self)
    }

    /// Sends bytes to all clients of this server.
    @discardableResult
    public func write(_ bytes: [UInt8]) throws(WiFiError) -> Int { try write(bytes[...]) }

    /// Sends text to all clients of this server.
    @discardableResult
    public func print(_ text: String) throws(WiFiError) -> Int { try write(ArraySlice(text.utf8)) }
}
