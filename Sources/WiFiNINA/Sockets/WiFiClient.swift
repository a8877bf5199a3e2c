import NINALink
import NINAWire

/// A TCP connection: WiFiNINA's `WiFiClient`.
///
/// It is a handle: a socket and the number of the connection on it. Copies are the same connection. A handle whose
/// connection has ended throws `.staleHandle`; it never touches the connection that came after on the same socket.
public struct WiFiClient: Equatable {
    let driver: Driver
    /// The socket it was connected on last.
    private(set) var id: SocketID?
    private var generation: UInt32 = 0
    /// The commands of its plain connections.
    public let socketFamily: SocketFamily
    /// How long a connection may take to be made, 65.535 seconds at most (WiFiNINA's `setConnectionTimeout`); nil for 10
    /// seconds, 30 when there is a TLS handshake.
    public var connectionTimeout: Duration?
    /// Whether ``write(_:)-([UInt8])`` goes on for half a second when the coprocessor takes nothing more (WiFiNINA's
    /// `setRetry`). ``writeAll(_:timeout:)-([UInt8],_)`` does so until its time-out, whatever this value is.
    public var retriesWrites = false

    /// A client that is not connected yet.
    /// - Parameters:
    ///   - wifi: the module.
    ///   - family: the commands of its connections; nil for ``WiFi/socketFamily``.
    public init(_ wifi: WiFi, family: SocketFamily? = nil) {
        driver = wifi.driver
        socketFamily = family ?? wifi.socketFamily
    }

    /// The connection that is on a socket now.
    init(_ driver: Driver, _ id: SocketID) {
        self.driver = driver
        self.id = id
        generation = driver.sockets[id].generation
        socketFamily = id.family
    }

    /// The same connection.
    public static func == (left: WiFiClient, right: WiFiClient) -> Bool {
        left.driver === right.driver && left.id == right.id && left.generation == right.generation
    }

    /// The coprocessor's socket, 255 for none (WiFiNINA's `operator bool` is this not being 255).
    ///
    /// The numbers of BSD sockets are other ones: 54 to 63 on a module.
    public var socket: SocketNumber { isCurrent ? id?.number ?? .unavailable : .unavailable }

    var isCurrent: Bool { driver.isCurrent(id, generation) }

    /// The socket, which the program uses now.
    func current() throws(WiFiError) -> SocketID {
        guard let id else { throw .notConnected }
        guard isCurrent else { throw .staleHandle(id.number) }
        driver.sockets[id].usedAt = driver.now
        driver.sockets[id].hasNews = false
        return id
    }

    // MARK: Connecting

    /// Connects to a host; an open connection of this client is stopped before.
    ///
    /// The coprocessor looks names up. Over BSD sockets that is a command of its own, which takes as long as the module lets it.
    /// - Parameters:
    ///   - host: its name or address.
    ///   - port: the port there.
    ///   - timeout: instead of ``connectionTimeout``.
    /// - Throws: `.connectFailed` when the name is not known, the connection is refused or not answered in time;
    ///   `.noSocketAvailable`.
    public mutating func connect(_ host: Host, port: UInt16, timeout: Duration? = nil) throws(WiFiError) {
        try connect(host, port: port, over: .tcp, timeout: timeout)
    }

    mutating func connect(
        _ host: Host, port: UInt16, over type: SocketType, timeout: Duration?
    ) throws(WiFiError) {
        // Without a name the coprocessor would take the address, which is 0.0.0.0: on many systems the machine itself.
        if case .name(let name) = host, name.isEmpty { throw .connectFailed }
        if isCurrent { try stop() }
        let time = timeout ?? connectionTimeout ?? .seconds(type == .tcp ? 10 : 30)
        let milliseconds = min(max(time.wholeNanoseconds / 1_000_000, 1), UInt64(UInt16.max))
        // TLS has slots only.
        let commands = driver.commands(type == .tcp ? socketFamily : .classic)
        let id = try commands.connect(to: host, port: port, over: type, milliseconds: milliseconds, on: driver)
        self.id = id
        generation = driver.sockets[id].generation
    }

    /// Closes the connection; what was written is still delivered. Nothing happens when it is closed already.
    public func stop() throws(WiFiError) {
        guard isCurrent, let id else { return }
        try driver.stopClient(id)
    }

    /// Whether the connection is established or has unread bytes. A connection found dead is closed here, so no socket leaks.
    public func connected() throws(WiFiError) -> Bool {
        guard isCurrent else { return false }
        return try status() == .established
    }

    /// `.established` while the connection is open or has unread bytes; when it is closed this handle is stale from then on.
    public func status() throws(WiFiError) -> ClientState {
        guard isCurrent, let id else { return .closed }
        // The chip would free the socket, and these bytes would be lost with the next connection on it.
        if !driver.sockets[id].ahead.isEmpty { return .established }
        return try driver.clientState(id)
    }

    /// The address of the other end.
    public func remoteIP() throws(WiFiError) -> IPv4Address { try remote().address }
    /// The port of the other end.
    public func remotePort() throws(WiFiError) -> UInt16 { try remote().port }

    private func remote() throws(WiFiError) -> GetRemoteData.Reply {
        let id = try current()
        guard driver.sockets[id].stream != .gone else { throw .staleHandle(id.number) }
        return try driver.commands(id).remote(id, on: driver)
    }
}

#if !hasFeature(Embedded)
extension WiFiClient: CustomStringConvertible {
    /// The socket, for logs.
    public var description: String { "WiFiClient on socket \(socket)" }
}
#endif
