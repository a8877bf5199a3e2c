import NINALink
import NINAWire

/// A TCP server: WiFiNINA's `WiFiServer`.
///
/// `accept()` hands out each connection once, as soon as it stands: several can be served at the same time.
/// `available()` returns a client that has unread bytes, the same one until it is drained.
public final class WiFiServer {
    /// After this many bytes the client whose turn it is gives way to another that has bytes.
    static let turnLength = 16 * 1024
    /// A client that was not used for so long is looked at. Not sooner: one that has ended its stream may wait for an
    /// answer that the program is preparing.
    static let idleNanoseconds: UInt64 = 1_000_000_000

    let driver: Driver
    /// The commands of the server and its clients.
    public let socketFamily: SocketFamily
    /// The port, which may change with ``begin(_:)``.
    public private(set) var port: UInt16
    /// Which of the driver's sockets it has.
    private(set) var place = Driver.nowhere
    private var generation: UInt32 = 0
    /// Marks the sockets that `available` returned for this server.
    let identity: UInt32
    /// Clients that `available` has looked at and not returned yet, in the order of arrival (BSD sockets).
    var waiting: [WiFiClient] = []
    private var lastClient: WiFiClient?
    private var askedAt = MonotonicInstant(nanoseconds: 0)
    /// The socket of a `begin()` whose reply did not come.
    private var unansweredStart: SocketNumber?
    private var lookedAt = MonotonicInstant(nanoseconds: 0)
    private var looked = 0

    /// A server that does not listen yet.
    /// - Parameter family: the commands of the server and its clients; nil for ``WiFi/socketFamily``.
    public init(_ wifi: WiFi, port: UInt16 = 80, family: SocketFamily? = nil) {
        driver = wifi.driver
        socketFamily = family ?? wifi.socketFamily
        self.port = port
        identity = driver.newServer()
    }

    /// Whether the server was begun and its socket is still its own.
    public var isListening: Bool { driver.isCurrent(place, generation) }

    /// Starts to listen. A server that listens already goes on.
    /// - Throws: `.serverFailed` when the port is taken, `.noSocketAvailable`.
    public func begin() throws(WiFiError) {
        guard !isListening else { return }
        switch socketFamily {
        case .classic: place = try listen()
        case .bsd: place = try driver.listenBSD(port)
        }
        generation = driver.sockets[place].generation
        driver.sockets[place].outlivesNetwork = true
        lastClient = nil
        waiting = []
    }

    private func listen() throws(WiFiError) -> Int {
        if let socket = unansweredStart {
            // Its reply was lost: it may listen there, and keep the port.
            do {
                try driver.stopServer(Int(socket.rawValue))
            } catch .refused {
                // The number came in a damaged reply: there is no such socket, so nothing listens there.
            }
            unansweredStart = nil
        }
        let socket = try driver.freeSocket()
        unansweredStart = socket
        let isListening = try driver.acknowledge(StartServer(port: port, socket: socket, type: .tcp))
        unansweredStart = nil
        guard isListening else { throw .serverFailed(port: port) }
        driver.opened(Int(socket.rawValue))
        return Int(socket.rawValue)
    }

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
        guard isListening else { return }
        if try !driver.stopServer(place) {
            for index in driver.sockets.indices
            where driver.sockets[index].isOpen && driver.sockets[index].server == identity {
                try driver.stopClient(index)
            }
        }
        for index in driver.sockets.indices where driver.sockets[index].server == identity { driver.closed(index) }
        driver.closed(place)
        place = Driver.nowhere
        lastClient = nil
        waiting = []
    }

    /// Whether the coprocessor says that the server listens.
    public func status() throws(WiFiError) -> Bool {
        guard isListening else { return false }
        return socketFamily == .bsd
            ? try driver.listensBSD(place) : try driver.acknowledge(GetStateTCP(socket: driver.number(place)))
    }

    /// A connection that was not accepted yet, nil when there is none now. Firmware before 2.0 tells of a connection only
    /// when it has sent something.
    public func accept() throws(WiFiError) -> WiFiClient? {
        guard isListening else { throw .serverNotListening }
        if socketFamily == .bsd { return try acceptBSD() }
        guard try driver.isWorthAsking(&askedAt), let client = try ask(accept: true) else { return nil }
        if try isNamedAgain(client) { return nil }
        driver.opened(Int(client.rawValue))
        return WiFiClient(driver, at: Int(client.rawValue))
    }

    /// Whether a client was handed out before. Firmware before 2.0 knows no accept: it names every client that has bytes,
    /// and may give the socket of one that has ended to another, whose port is a different one.
    private func isNamedAgain(_ client: SocketNumber) throws(WiFiError) -> Bool {
        let index = Int(client.rawValue)
        guard driver.sockets[index].isOpen, !driver.sockets[index].isGone, try !driver.findFirmware().isAtLeast(2)
        else { return false }
        let port = try driver.run(GetRemoteData(socket: client)).port
        let known = driver.sockets[index].remotePort ?? port
        driver.sockets[index].remotePort = port
        return known == port
    }

    /// A client that has unread bytes, nil when there is none now.
    ///
    /// It is the same client until it is drained, bytes in the library's buffer included; after 16 KiB it gives way when
    /// another has bytes too.
    public func available() throws(WiFiError) -> WiFiClient? {
        guard isListening else { throw .serverNotListening }
        let last = lastClient.flatMap { $0.socket == .unavailable ? nil : $0 }
        let start = last.map { $0.place + 1 } ?? 0
        let isTurnOver = last.map { driver.sockets[$0.place].isTurnOver } ?? true
        if let last, !isTurnOver, bufferedCount(last) > 0 { return last }
        try freeDeadClient()
        var named: WiFiClient?
        if socketFamily == .bsd {
            named = try askBSD(from: start, isTurnOver ? nil : last)
        } else if try driver.isWorthAsking(&askedAt), let socket = try ask(accept: false) {
            named = client(at: Int(socket.rawValue))
        }
        if let last, !isTurnOver, named == last { return last }
        // One round for the clients whose bytes are in the buffers and those whose bytes are on the chip: neither keep the
        // others out, and nobody has a second turn before all have had one. Who is named and is not next is named again.
        guard let buffered = nextBuffered(from: start) else { return named.map { startTurn($0) } }
        guard let named, steps(from: start, to: named) < steps(from: start, to: buffered) else {
            return startTurn(buffered)
        }
        return startTurn(named)
    }

    /// How many sockets come before a client's in the round that begins at a socket.
    private func steps(from start: Int, to client: WiFiClient) -> Int {
        (client.place + driver.sockets.count - start) % driver.sockets.count
    }

    /// Looks at one of the clients that the program has not used for a while: nothing tells of the end of a connection,
    /// and a program that knows its clients by ``available()`` alone would never free their sockets.
    private func freeDeadClient() throws(WiFiError) {
        let now = driver.now
        guard now.nanoseconds(since: lookedAt) >= driver.pollNanoseconds else { return }
        lookedAt = now
        for _ in driver.sockets.indices {
            looked = (looked + 1) % driver.sockets.count
            let state = driver.sockets[looked]
            guard state.isOpen, state.server == identity, state.bufferedCount == 0,
                now.nanoseconds(since: state.usedAt) >= Self.idleNanoseconds
            else { continue }
            _ = try driver.clientState(looked)
            return
        }
    }

    private func bufferedCount(_ client: WiFiClient) -> Int { driver.sockets[client.place].bufferedCount }

    private func ask(accept: Bool) throws(WiFiError) -> SocketNumber? {
        try driver.resolveDoubts()
        let socket = driver.number(place)
        let command = AvailData(socket: socket, accept: accept)
        // A client of `available` whose reply is lost is returned again, an accepted one is not.
        let value = try (accept ? driver.runTaking(nil, command) : driver.run(command)).value
        // A chip that has restarted unnoticed answers 0 for a slot that is free.
        let isKnown = driver.sockets[0].isOpen && driver.sockets[0].server == identity
        if value == 0, !isKnown, try !driver.acknowledge(GetStateTCP(socket: socket)) {
            driver.closed(place)
            throw .serverNotListening
        }
        return value < Firmware.slotLimit ? SocketNumber(rawValue: UInt8(value)) : nil
    }

    /// The client on a socket that the chip named: a known one, or a new connection.
    private func client(at index: Int) -> WiFiClient {
        let state = driver.sockets[index]
        if !state.isOpen || state.isGone || state.server != identity { driver.opened(index, server: identity) }
        return WiFiClient(driver, at: index)
    }

    private func startTurn(_ client: WiFiClient) -> WiFiClient {
        let index = client.place
        if client != lastClient || driver.sockets[index].isTurnOver {
            driver.sockets[index].startTurn()
            // The look for bytes has brought the first of this turn.
            if socketFamily == .bsd {
                driver.sockets[index].readInTurn = min(bufferedCount(client), Driver.longestBSDReceive)
            }
        }
        lastClient = client
        waiting.removeAll { $0 == client }
        return client
    }

    /// The first client of this server with bytes in the library's buffer in the round that begins at a socket.
    private func nextBuffered(from start: Int) -> WiFiClient? {
        let count = driver.sockets.count
        for offset in 0..<count {
            let index = (start + offset) % count
            let state = driver.sockets[index]
            if state.isOpen, state.server == identity, state.bufferedCount > 0 {
                return WiFiClient(driver, at: index)
            }
        }
        return nil
    }

    /// Sends bytes to all clients of this server.
    /// - Returns: the sum of the bytes taken for each.
    @discardableResult
    public func write(_ bytes: ArraySlice<UInt8>) throws(WiFiError) -> Int {
        guard isListening else { throw .serverNotListening }
        if socketFamily == .bsd { return try writeToEach(bytes) }
        var sum = 0
        var rest = bytes
        while !rest.isEmpty {
            sum += try driver.send(place, rest.prefix(Frame.longestSend))
            rest = rest.dropFirst(Frame.longestSend)
        }
        return sum
    }

    /// Sends bytes to all clients of this server.
    @discardableResult
    public func write(_ bytes: [UInt8]) throws(WiFiError) -> Int { try write(bytes[...]) }

    /// Sends text to all clients of this server.
    @discardableResult
    public func print(_ text: String) throws(WiFiError) -> Int { try write(ArraySlice(text.utf8)) }
}
