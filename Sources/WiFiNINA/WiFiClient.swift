import NINALink
import NINAWire

/// A TCP connection: WiFiNINA's `WiFiClient`.
///
/// It is a handle: a socket and the number of the connection on it. Copies are the same connection. A handle whose
/// connection has ended throws `.staleHandle`; it never touches the connection that came after on the same socket.
public struct WiFiClient: Equatable {
    let driver: Driver
    var socketNumber = SocketNumber.unavailable
    private var generation: UInt32 = 0
    /// How long a connection may take to be made, 65.535 seconds at most (WiFiNINA's `setConnectionTimeout`); nil for 10
    /// seconds, 30 when there is a TLS handshake.
    public var connectionTimeout: Duration?
    /// Whether ``write(_:)-([UInt8])`` goes on for half a second when the coprocessor takes nothing more (WiFiNINA's
    /// `setRetry`). ``writeAll(_:timeout:)-([UInt8],_)`` does so for as long as it is told, whatever stands here.
    public var retriesWrites = false

    /// A client that is not connected yet.
    public init(_ wifi: WiFi) { driver = wifi.driver }

    init(_ driver: Driver, socket: SocketNumber, generation: UInt32) {
        self.driver = driver
        self.socketNumber = socket
        self.generation = generation
    }

    /// The same connection.
    public static func == (left: WiFiClient, right: WiFiClient) -> Bool {
        left.driver === right.driver && left.socketNumber == right.socketNumber && left.generation == right.generation
    }

    /// The coprocessor's socket, 255 for none (WiFiNINA's `operator bool` is this not being 255).
    public var socket: SocketNumber { isCurrent ? socketNumber : .unavailable }

    var isCurrent: Bool {
        let index = Int(socketNumber.rawValue)
        return index < driver.sockets.count && driver.sockets[index].isOpen
            && driver.sockets[index].generation == generation
    }

    func index() throws(WiFiError) -> Int {
        guard socketNumber != .unavailable else { throw .notConnected }
        guard isCurrent else { throw .staleHandle(socketNumber) }
        let index = Int(socketNumber.rawValue)
        driver.sockets[index].usedAt = driver.now
        return index
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
        command.socket = try driver.freeSocket()
        let time = timeout ?? connectionTimeout ?? .seconds(command.type == .tcp ? 10 : 30)
        let milliseconds = min(max(time.wholeNanoseconds / 1_000_000, 1), UInt64(UInt16.max))
        command.timeoutMilliseconds = UInt16(milliseconds)
        // The coprocessor keeps the time; the link waits a little longer for its answer.
        let patience = milliseconds * 1_000_000 + driver.commandNanoseconds
        guard try driver.runTaking(command.socket, command, nanoseconds: patience).isConnected else {
            throw .connectFailed
        }
        socketNumber = command.socket
        generation = driver.opened(command.socket)
    }

    /// Closes the connection; what was written is still delivered. Nothing happens when it is closed already.
    public func stop() throws(WiFiError) {
        guard isCurrent else { return }
        try driver.stopClient(Int(socketNumber.rawValue))
    }

    /// Whether the connection stands or has unread bytes. A connection found dead is closed here, so no socket leaks.
    public func connected() throws(WiFiError) -> Bool {
        guard isCurrent else { return false }
        return try status() == .established
    }

    /// Established while the connection stands or has unread bytes; when it is closed this handle is stale from then on.
    public func status() throws(WiFiError) -> ClientState {
        guard isCurrent else { return .closed }
        let index = Int(socketNumber.rawValue)
        // The chip would free the socket, and these bytes would be lost with the next connection on it.
        if driver.sockets[index].bufferedCount > 0 { return .established }
        return try driver.clientState(index)
    }

    /// The address of the other end.
    public func remoteIP() throws(WiFiError) -> IPv4Address { try remote().address }
    /// The port of the other end.
    public func remotePort() throws(WiFiError) -> UInt16 { try remote().port }

    private func remote() throws(WiFiError) -> GetRemoteData.Reply {
        guard try !driver.sockets[index()].isGone else { throw .staleHandle(socketNumber) }
        return try driver.run(GetRemoteData(socket: socketNumber))
    }
}

#if !hasFeature(Embedded)
extension WiFiClient: CustomStringConvertible {
    /// The socket, for logs.
    public var description: String { "WiFiClient on socket \(socket)" }
}
#endif
