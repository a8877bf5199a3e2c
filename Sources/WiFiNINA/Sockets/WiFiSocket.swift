import NINALink
import NINAWire

/// A BSD socket of the module, for what ``WiFiClient``, ``WiFiServer`` and ``WiFiUDP`` do not offer.
///
/// It is a handle: copies refer to the same socket, and a closed one throws `.staleHandle`. No call blocks in the
/// module, which would stop it from serving other sockets: the library polls. Errors are `.socketFailed` with the name
/// of the errno.
///
/// Requires Arduino firmware 1.5.0 or Adafruit firmware 2.0.0; with older firmware every call throws `.unsupported`.
/// These sockets share the module's pool with the other classes, and are not covered by ``WiFi/waitForActivity(_:)``.
/// To use BSD sockets in those classes see ``SocketFamily``.
public struct WiFiSocket: Equatable {
    /// The type of a socket.
    public enum Kind: UInt8, Sendable {
        /// TCP.
        case stream = 1
        /// UDP.
        case datagram = 2
        /// IP.
        case raw = 3
    }

    /// The events that a socket is ready for.
    public struct Events: OptionSet, Sendable {
        /// The bits of POLL's reply.
        public var rawValue: UInt8
        /// Makes events from the bits of POLL's reply.
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// Bytes, a datagram or a connection are waiting, or the other end has closed.
        public static let readable = Events(rawValue: 1)
        /// It can take bytes.
        public static let writable = Events(rawValue: 2)
        /// It has failed; read ``SocketOption/error`` for the errno.
        public static let error = Events(rawValue: 4)
    }

    let driver: Driver
    /// The module's number of the socket, 54 to 63; the other classes number theirs separately.
    public let number: SocketNumber
    private let generation: UInt32

    /// Makes a socket.
    /// - Throws: `.socketFailed` with `.noSocketLeft`, for example.
    public init(_ wifi: WiFi, _ kind: Kind) throws(WiFiError) {
        let driver = wifi.driver
        let number = try driver.bsd.make(BSDSocket(type: kind.rawValue, protocolNumber: 0), on: driver).socket
        try self.init(driver, number, .bsdSocket)
    }

    /// A handle for a socket that the module has just created.
    private init(_ driver: Driver, _ number: SocketNumber, _ opcode: Opcode) throws(WiFiError) {
        guard let id = SocketID(number, .bsd) else { throw driver.socketError(opcode) }
        try driver.bsd.keeping(number, on: driver) { () throws(WiFiError) in
            try driver.bsd.makeNonblocking(number, on: driver)
        }
        self.driver = driver
        self.number = number
        driver.open(id, as: .raw)
        generation = driver.sockets[id].generation
    }

    private var id: SocketID { .bsd(number.rawValue) }

    /// Whether both are the same socket.
    public static func == (left: WiFiSocket, right: WiFiSocket) -> Bool {
        left.driver === right.driver && left.number == right.number && left.generation == right.generation
    }

    /// Whether this side has not closed it yet.
    public var isOpen: Bool { driver.isCurrent(id, generation) }

    func checked() throws(WiFiError) -> SocketNumber {
        guard isOpen else { throw .staleHandle(number) }
        return number
    }

    /// Runs a command that answers 1 for success.
    func succeed<C: Command>(_ command: C) throws(WiFiError) where C.Reply == Acknowledgement {
        guard try driver.acknowledge(command) else { throw driver.socketError(C.opcode) }
    }

    /// Closes the socket. Does nothing if it is already closed.
    public func close() throws(WiFiError) {
        guard isOpen else { return }
        _ = try driver.run(BSDClose(socket: number))
        driver.markClosed(id)
    }

    // MARK: Connections

    /// Binds the socket to a port of the module.
    /// - Throws: `.socketFailed` with `.addressInUse`, for example.
    public func bind(_ port: UInt16) throws(WiFiError) { try succeed(BSDBind(socket: try checked(), port: port)) }

    /// Starts listening for connections.
    /// - Parameter backlog: the number of connections that may wait for ``accept()``.
    public func listen(backlog: UInt8 = 4) throws(WiFiError) {
        try succeed(BSDListen(socket: try checked(), backlog: backlog))
    }

    /// Accepts a connection and returns its address and port; nil when none is waiting.
    public func accept() throws(WiFiError) -> (socket: WiFiSocket, address: IPv4Address, port: UInt16)? {
        let number = try checked()
        let reply = try driver.bsd.make(BSDAccept(socket: number), on: driver)
        if reply.socket == .unavailable, try driver.wouldBlock(.bsdAccept) { return nil }
        return (try WiFiSocket(driver, reply.socket, .bsdAccept), reply.address, reply.port)
    }

    /// Connects a stream, or sets the destination of a datagram socket.
    /// - Throws: `.socketFailed` with `.reset` when the connection is refused, `.timedOut(.connect)`.
    public func connect(
        _ address: IPv4Address, port: UInt16, timeout: Duration = .seconds(10)
    ) throws(WiFiError) {
        let number = try checked()
        let deadline = driver.now.advanced(by: timeout)
        if try driver.acknowledge(BSDConnect(socket: number, address: address, port: port)) { return }
        let error = try driver.socketErrno(.bsdConnect)
        guard error == .inProgress else { throw .socketFailed(.bsdConnect, error) }
        guard try wait(for: [.writable, .error], until: deadline) else { throw .timedOut(.connect) }
        let code = try option(.error)
        guard code == 0 else { throw driver.socketError(.bsdConnect, UInt8(truncatingIfNeeded: code)) }
    }

    /// The remote address and port.
    public func remote() throws(WiFiError) -> (address: IPv4Address, port: UInt16) {
        let reply = try driver.run(BSDGetpeername(socket: try checked()))
        guard reply.result != 0 else { throw driver.socketError(.bsdGetpeername) }
        return (reply.address, reply.port)
    }

    // MARK: Waiting

    /// The events that the socket is ready for.
    public func poll() throws(WiFiError) -> Events {
        try driver.bsd.poll(try checked(), on: driver)
    }

    /// Waits until the socket is ready for one of the events, or has failed.
    /// - Returns: false on time-out.
    public func wait(for events: Events, _ time: Duration) throws(WiFiError) -> Bool {
        try wait(for: events.union(.error), until: driver.now.advanced(by: time))
    }

    func wait(for events: Events, until deadline: MonotonicInstant) throws(WiFiError) -> Bool {
        try !driver.bsd.wait(try checked(), for: events, until: deadline, on: driver).isEmpty
    }
}

#if !hasFeature(Embedded)
extension WiFiSocket: Hashable {
    /// Hashes the socket.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(driver))
        hasher.combine(number)
        hasher.combine(generation)
    }
}
#endif

extension Driver {
    /// Reads the errno of the last BSD command (ERRNO).
    /// - Throws: `.failed` for an errno without a ``BSDError``.
    func socketErrno(_ opcode: Opcode) throws(WiFiError) -> BSDError {
        let number = try run(BSDErrno()).errno
        guard let error = BSDError(number: number, .newlib) else { throw .failed(opcode, code: Int(number)) }
        return error
    }

    /// The last BSD command's errno as an error, or the error of reading it.
    func socketError(_ opcode: Opcode) -> WiFiError {
        do throws(WiFiError) { return .socketFailed(opcode, try socketErrno(opcode)) } catch { return error }
    }

    /// The error for an errno.
    func socketError(_ opcode: Opcode, _ number: UInt8) -> WiFiError {
        BSDError(number: number, .newlib).map { .socketFailed(opcode, $0) } ?? .failed(opcode, code: Int(number))
    }

    /// Whether the last BSD command would have blocked.
    /// - Throws: `.socketFailed` when it failed for another reason.
    func wouldBlock(_ opcode: Opcode) throws(WiFiError) -> Bool {
        let error = try socketErrno(opcode)
        guard error == .wouldBlock else { throw .socketFailed(opcode, error) }
        return true
    }
}
