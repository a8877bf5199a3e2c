import NINALink
import NINAWire

/// A TCP connection: WiFiNINA's `WiFiClient`.
///
/// It is a handle: a socket and the number of the connection on it. Copies refer to the same connection. A handle whose
/// connection has ended throws `.staleHandle`; it never affects a later connection on the same socket.
public struct WiFiClient: Equatable {
    let driver: Driver
    /// The socket of its last connection.
    private(set) var id: SocketID?
    private var generation: UInt32 = 0
    /// The socket commands of its plain connections.
    public let socketFamily: SocketFamily
    /// The time-out of connecting, at most 65.535 seconds (WiFiNINA's `setConnectionTimeout`); nil for 10 seconds, or
    /// 30 with TLS.
    public var connectionTimeout: Duration?
    /// Whether ``write(_:)-([UInt8])`` retries for half a second when the coprocessor takes nothing more (WiFiNINA's
    /// `setRetry`). ``writeAll(_:timeout:)-([UInt8],_)`` always retries until its time-out.
    public var retriesWrites = false

    /// A client that is not connected yet.
    /// - Parameters:
    ///   - wifi: the module.
    ///   - family: the commands of its connections; nil for ``WiFi/socketFamily``.
    public init(_ wifi: WiFi, family: SocketFamily? = nil) {
        driver = wifi.driver
        socketFamily = family ?? wifi.socketFamily
    }

    /// A client for the current connection on a socket.
    init(_ driver: Driver, _ id: SocketID) {
        self.driver = driver
        self.id = id
        generation = driver.sockets[id].generation
        socketFamily = id.family
    }

    /// Whether both are the same connection.
    public static func == (left: WiFiClient, right: WiFiClient) -> Bool {
        left.driver === right.driver && left.id == right.id && left.generation == right.generation
    }

    /// The coprocessor's socket, 255 when there is none (WiFiNINA's `operator bool` tests for that).
    ///
    /// BSD sockets have other numbers: 54 to 63 on a module.
    public var socket: SocketNumber { isCurrent ? id?.number ?? .unavailable : .unavailable }

    var isCurrent: Bool { driver.isCurrent(id, generation) }

    /// The socket; marks it as used now.
    func current() throws(WiFiError) -> SocketID {
        guard let id else { throw .notConnected }
        guard isCurrent else { throw .staleHandle(id.number) }
        driver.sockets[id].recordUse(at: driver.now)
        return id
    }

    // MARK: Connecting

    /// Connects to a host; first stops an open connection of this client.
    ///
    /// The coprocessor resolves names. Over BSD sockets that is a separate command, without a time-out of its own.
    /// - Parameters:
    ///   - host: its name or address.
    ///   - port: the port there.
    ///   - timeout: overrides ``connectionTimeout``.
    /// - Throws: `.connectFailed` when the name is unknown, the connection is refused or times out;
    ///   `.noSocketAvailable`.
    public mutating func connect(_ host: Host, port: UInt16, timeout: Duration? = nil) throws(WiFiError) {
        try connect(host, port: port, over: .tcp, timeout: timeout)
    }

    mutating func connect(
        _ host: Host, port: UInt16, over type: SocketType, timeout: Duration?
    ) throws(WiFiError) {
        // For an empty name the coprocessor would use the address 0.0.0.0, which on many systems is the machine itself.
        if case .name(let name) = host, try bytes(name, .startClient).isEmpty {
            throw .connectFailed(cause: ConnectFailure(.hostNotFound))
        }
        if isCurrent { try stop() }
        let time = timeout ?? connectionTimeout ?? Self.usualTimeout(type)
        let milliseconds = min(max(time.wholeNanoseconds / 1_000_000, 1), UInt64(UInt16.max))
        // TLS is available with slots only.
        let commands = driver.commands(type == .tcp ? socketFamily : .classic)
        let id = try commands.connect(to: host, port: port, over: type, milliseconds: milliseconds, on: driver)
        self.id = id
        generation = driver.sockets[id].generation
    }

    /// The time-out of connecting: a TLS handshake takes a module seconds.
    static func usualTimeout(_ type: SocketType) -> Duration { .seconds(type == .tcp ? 10 : 30) }

    /// Closes the connection; bytes already written are still delivered. Does nothing if it is already closed.
    public func stop() throws(WiFiError) {
        guard isCurrent, let id else { return }
        try driver.stopClient(id)
    }

    /// Whether the connection is established or has unread bytes. Closes a dead connection, so that no socket leaks.
    public func connected() throws(WiFiError) -> Bool {
        guard isCurrent else { return false }
        return try status() == .established
    }

    /// `.established` while the connection is open or has unread bytes; once it is closed, this handle is stale.
    public func status() throws(WiFiError) -> ClientState {
        guard isCurrent, let id else { return .closed }
        // A query could make the chip free the socket, and the next connection on it would discard these bytes.
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
extension WiFiClient: Hashable {
    /// Hashes the connection.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(driver))
        hasher.combine(id)
        hasher.combine(generation)
    }
}

extension WiFiClient: CustomStringConvertible {
    /// The socket, for logs.
    public var description: String { "WiFiClient on socket \(socket)" }
}
#endif
