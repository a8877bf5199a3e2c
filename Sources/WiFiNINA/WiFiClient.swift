import NINALink
import NINAWire

/// A TCP connection: WiFiNINA's `WiFiClient`.
///
/// It is a handle: a socket and the number of the connection on it. Copies are the same connection. A handle whose
/// connection has ended throws `.staleHandle`; it never touches the connection that came after on the same socket.
public struct WiFiClient: Equatable {
    let driver: Driver
    /// Which of the driver's sockets it has.
    private(set) var place = Driver.nowhere
    private var generation: UInt32 = 0
    /// The commands of its plain connections.
    public let socketFamily: SocketFamily
    /// How long a connection may take to be made, 65.535 seconds at most (WiFiNINA's `setConnectionTimeout`); nil for 10
    /// seconds, 30 when there is a TLS handshake.
    public var connectionTimeout: Duration?
    /// Whether ``write(_:)-([UInt8])`` goes on for half a second when the coprocessor takes nothing more (WiFiNINA's
    /// `setRetry`). ``writeAll(_:timeout:)-([UInt8],_)`` does so for as long as it is told, whatever stands here.
    public var retriesWrites = false

    /// A client that is not connected yet.
    /// - Parameters:
    ///   - wifi: the module.
    ///   - family: the commands of its connections; nil for ``WiFi/socketFamily``.
    public init(_ wifi: WiFi, family: SocketFamily? = nil) {
        driver = wifi.driver
        socketFamily = family ?? wifi.socketFamily
    }

    /// The connection at a place.
    init(_ driver: Driver, at place: Int) {
        self.driver = driver
        self.place = place
        generation = driver.sockets[place].generation
        socketFamily = driver.isBSD(place) ? .bsd : .classic
    }

    /// The same connection.
    public static func == (left: WiFiClient, right: WiFiClient) -> Bool {
        left.driver === right.driver && left.place == right.place && left.generation == right.generation
    }

    /// The coprocessor's socket, 255 for none (WiFiNINA's `operator bool` is this not being 255).
    ///
    /// The numbers of BSD sockets are other ones: 54 to 63 on a module.
    public var socket: SocketNumber { isCurrent ? driver.number(place) : .unavailable }

    var isCurrent: Bool { driver.isCurrent(place, generation) }

    func index() throws(WiFiError) -> Int {
        guard place != Driver.nowhere else { throw .notConnected }
        guard isCurrent else { throw .staleHandle(driver.number(place)) }
        driver.sockets[place].usedAt = driver.now
        driver.sockets[place].hasNews = false
        return place
    }

    // MARK: Connecting

    /// Connects to an address; a connection that stood before is stopped.
    /// - Parameters:
    ///   - address: whom to connect to.
    ///   - port: the port there.
    ///   - timeout: instead of ``connectionTimeout``.
    /// - Throws: `.connectFailed` when it is refused or nobody answered in time, `.noSocketAvailable`.
    public mutating func connect(
        _ address: IPv4Address, port: UInt16, timeout: Duration? = nil
    ) throws(WiFiError) {
        try connect(address, port: port, over: .tcp, timeout: timeout)
    }

    /// Connects to a host, whose name the coprocessor looks up.
    ///
    /// Over BSD sockets the look-up is a command of its own, which takes as long as the module lets it.
    /// - Parameters:
    ///   - host: its name.
    ///   - port: the port there.
    ///   - timeout: instead of ``connectionTimeout``.
    /// - Throws: `.connectFailed` also when the name is not known.
    public mutating func connect(
        _ host: String, port: UInt16, timeout: Duration? = nil
    ) throws(WiFiError) {
        try connect(host, port: port, over: .tcp, timeout: timeout)
    }

    mutating func connect(
        _ address: IPv4Address, port: UInt16, over type: SocketType, timeout: Duration?
    ) throws(WiFiError) {
        var command = StartClient(form: .hostAndTimeout)
        command.address = address
        command.type = type
        try connect(command, port: port, timeout: timeout)
    }

    mutating func connect(
        _ host: String, port: UInt16, over type: SocketType, timeout: Duration?
    ) throws(WiFiError) {
        // Without a name the coprocessor would take the address, which is 0.0.0.0: on many systems the machine itself.
        guard !host.isEmpty else { throw .connectFailed }
        var command = StartClient(form: .hostAndTimeout)
        command.host = bytes(host)
        command.type = type
        try connect(command, port: port, timeout: timeout)
    }

    private mutating func connect(_ command: StartClient, port: UInt16, timeout: Duration?) throws(WiFiError) {
        if isCurrent { try stop() }
        var command = command
        command.port = port
        let time = timeout ?? connectionTimeout ?? .seconds(command.type == .tcp ? 10 : 30)
        let milliseconds = min(max(time.wholeNanoseconds / 1_000_000, 1), UInt64(UInt16.max))
        if socketFamily == .bsd, command.type == .tcp {
            place = try driver.connectBSD(command, until: driver.now.advanced(byNanoseconds: milliseconds * 1_000_000))
            generation = driver.sockets[place].generation
            return
        }
        command.socket = try driver.freeSocket()
        command.timeoutMilliseconds = UInt16(milliseconds)
        // The coprocessor keeps the time; the link waits a little longer for its answer.
        let patience = milliseconds * 1_000_000 + driver.commandNanoseconds
        guard try driver.runTaking(command.socket, command, nanoseconds: patience).isConnected else {
            throw .connectFailed
        }
        place = Int(command.socket.rawValue)
        generation = driver.opened(place)
    }

    /// Closes the connection; what was written is still delivered. Nothing happens when it is closed already.
    public func stop() throws(WiFiError) {
        guard isCurrent else { return }
        try driver.stopClient(place)
    }

    /// Whether the connection stands or has unread bytes. A connection found dead is closed here, so no socket leaks.
    public func connected() throws(WiFiError) -> Bool {
        guard isCurrent else { return false }
        return try status() == .established
    }

    /// Established while the connection stands or has unread bytes; when it is closed this handle is stale from then on.
    public func status() throws(WiFiError) -> ClientState {
        guard isCurrent else { return .closed }
        // The chip would free the socket, and these bytes would be lost with the next connection on it.
        if driver.sockets[place].bufferedCount > 0 { return .established }
        return try driver.clientState(place)
    }

    /// The address of the other end.
    public func remoteIP() throws(WiFiError) -> IPv4Address { try remote().address }
    /// The port of the other end.
    public func remotePort() throws(WiFiError) -> UInt16 { try remote().port }

    private func remote() throws(WiFiError) -> GetRemoteData.Reply {
        guard try !driver.sockets[index()].isGone else { throw .staleHandle(driver.number(place)) }
        return driver.isBSD(place)
            ? driver.sockets[place].remote : try driver.run(GetRemoteData(socket: driver.number(place)))
    }
}

#if !hasFeature(Embedded)
extension WiFiClient: CustomStringConvertible {
    /// The socket, for logs.
    public var description: String { "WiFiClient on socket \(socket)" }
}
#endif
