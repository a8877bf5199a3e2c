import NINALink
import NINAWire

/// A TCP server: WiFiNINA's `WiFiServer`.
///
/// `accept()` hands out each connection once, as soon as it is established: several can be served at the same time.
/// `available()` returns a client that has unread bytes, the same one until it is drained.
public final class WiFiServer {
    /// A client that was not used for this long has its state checked. Not sooner: one that has ended its stream may wait
    /// for an answer that the program is preparing.
    static let idleNanoseconds: UInt64 = 1_000_000_000

    let driver: Driver
    /// The commands of the server and its clients.
    public let socketFamily: SocketFamily
    /// The port, which may change with ``begin(_:)``.
    public private(set) var port: UInt16
    /// The socket it listens on, or listened on last.
    private(set) var socket: SocketID?
    private var generation: UInt32 = 0
    /// Marks the sockets that `available` returned for this server.
    let id: ServerID
    /// Clients that `available` has looked at and not returned yet, in the order of arrival (BSD sockets).
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
        id = driver.newServer()
    }

    /// Whether the server was begun and its socket is still its own.
    public var isListening: Bool { driver.isCurrent(socket, generation) }

    /// Starts to listen. A server that listens already goes on.
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

    /// Starts to listen on another port.
    public func begin(_ port: UInt16) throws(WiFiError) {
        try end()
        self.port = port
        try begin()
    }

    /// Stops listening; clients that ``available()`` returned are closed, accepted ones stay.
    ///
    /// Firmware without STOP_SERVER (Arduino's before 3.0, Adafruit's) only forgets the slot's number: its port stays
    /// taken until a ``WiFi/reset()``, and ``begin()`` on it may throw `.serverFailed`. BSD sockets have no such trouble.
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

    /// Whether the coprocessor says that the server listens.
    public func status() throws(WiFiError) -> Bool {
        guard isListening, let socket else { return false }
        return try commands.isListening(socket, on: driver)
    }

    /// A connection that was not accepted yet, nil when there is none now. Firmware before 2.0 reports a connection only
    /// when it has sent something.
    public func accept() throws(WiFiError) -> WiFiClient? {
        guard isListening else { throw .serverNotListening }
        return try commands.accept(for: self)
    }

    /// A client that has unread bytes, nil when there is none now.
    ///
    /// It is the same client until it is drained, bytes in the library's buffer included; after 16 KiB it gives way when
    /// another has bytes too.
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
        // One round for the clients whose bytes are in the buffers and those whose bytes are on the chip: neither keep the
        // others out, and no client has a second turn before all have had one. A client that is named and is not next is
        // named again.
        guard let buffered = nextBuffered(from: start) else { return named.map { startTurn($0) } }
        guard let named, steps(from: start, to: named) < steps(from: start, to: buffered) else {
            return startTurn(buffered)
        }
        return startTurn(named)
    }

    /// How many numbers come before a client's in the round that begins at a number.
    private func steps(from start: UInt8, to client: WiFiClient) -> UInt8 {
        (client.socket.rawValue + SocketID.limit - start) % SocketID.limit
    }

    /// Checks one of the clients that the program has not used for a while: the end of a connection raises no IRQ, and a
    /// program that knows its clients by ``available()`` alone would never free their sockets.
    private func freeDeadClient() throws(WiFiError) {
        let now = driver.now
        guard now.nanoseconds(since: checkedAt) >= driver.pollNanoseconds else { return }
        checkedAt = now
        for _ in 0..<SocketID.limit {
            checked = (checked + 1) % SocketID.limit
            let client = SocketID(checked, socketFamily)
            let state = driver.sockets[client]
            guard state.isOpen, state.server == id, state.ahead.isEmpty,
                now.nanoseconds(since: state.usedAt) >= Self.idleNanoseconds
            else { continue }
            _ = try driver.clientState(client)
            return
        }
    }

    private func startTurn(_ client: WiFiClient) -> WiFiClient {
        guard let id = client.id else { return client }
        let state = driver.sockets[id]
        if client != lastClient || state.quantum.isOver {
            driver.sockets[id].quantum = Quantum(read: commands.bytesReadByLook(buffered: state.ahead.count))
        }
        lastClient = client
        waiting.removeAll { $0 == client }
        return client
    }

    /// The first client of this server with bytes in the library's buffer in the round that begins at a number.
    private func nextBuffered(from start: UInt8) -> WiFiClient? {
        for offset in 0..<SocketID.limit {
            let client = SocketID((start + offset) % SocketID.limit, socketFamily)
            let state = driver.sockets[client]
            if state.isOpen, state.server == id, !state.ahead.isEmpty { return WiFiClient(driver, client) }
        }
        return nil
    }

    /// Sends bytes to all clients of this server.
    /// - Returns: the sum of the bytes taken for each.
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
