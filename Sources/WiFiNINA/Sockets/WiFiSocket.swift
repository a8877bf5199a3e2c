import NINALink
import NINAWire

/// A BSD socket of the module, for what ``WiFiClient``, ``WiFiServer`` and ``WiFiUDP`` do not offer.
///
/// It is a handle: copies are the same socket, and one that was closed throws `.staleHandle`. No call blocks in the module,
/// which would serve no other socket meanwhile: the library polls. Errors are `.socketFailed` with the name of the errno.
///
/// Firmware from Arduino's 1.5.0 and Adafruit's 2.0.0 on has them; with older one every call throws `.unsupported`. They
/// share the module's sockets with the other classes, and do not show in ``WiFi/waitForActivity(_:)``. ``SocketFamily`` has
/// those classes use BSD sockets themselves.
public struct WiFiSocket: Equatable {
    /// What a socket carries.
    public enum Kind: UInt8, Sendable {
        /// TCP.
        case stream = 1
        /// UDP.
        case datagram = 2
        /// IP.
        case raw = 3
    }

    /// What a socket is ready for.
    public struct Events: OptionSet, Sendable {
        /// The bits of POLL's reply.
        public var rawValue: UInt8
        /// From the bits of POLL's reply.
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// Bytes, a datagram or a connection wait, or the other end has closed.
        public static let readable = Events(rawValue: 1)
        /// Bytes are taken.
        public static let writable = Events(rawValue: 2)
        /// It has failed; ``WiFiSocket/option(_:)`` of ``SocketOption/error`` says how.
        public static let error = Events(rawValue: 4)
    }

    let driver: Driver
    /// The module's number of the socket, 54 to 63: those of the other classes count otherwise.
    public let number: SocketNumber
    private let generation: UInt32

    /// Makes a socket.
    /// - Throws: `.socketFailed` with `.noSocketLeft`, for example.
    public init(_ wifi: WiFi, _ kind: Kind) throws(WiFiError) {
        let driver = wifi.driver
        let number = try driver.bsd.make(BSDSocket(type: kind.rawValue, protocolNumber: 0), on: driver).socket
        try self.init(driver, number, .bsdSocket)
    }

    /// A socket that the module has just made.
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

    /// The same socket.
    public static func == (left: WiFiSocket, right: WiFiSocket) -> Bool {
        left.driver === right.driver && left.number == right.number && left.generation == right.generation
    }

    /// Whether it was not closed yet, by this side.
    public var isOpen: Bool { driver.isCurrent(id, generation) }

    func checked() throws(WiFiError) -> SocketNumber {
        guard isOpen else { throw .staleHandle(number) }
        return number
    }

    /// Runs a command that answers 1 for success.
    func succeed<C: Command>(_ command: C) throws(WiFiError) where C.Reply == Acknowledgement {
        guard try driver.acknowledge(command) else { throw driver.socketError(C.opcode) }
    }

    /// Closes the socket. Nothing happens when it is closed already.
    public func close() throws(WiFiError) {
        guard isOpen else { return }
        _ = try driver.run(BSDClose(socket: number))
        driver.markClosed(id)
    }

    // MARK: Connections

    /// Takes a port of the module.
    /// - Throws: `.socketFailed` with `.addressInUse`, for example.
    public func bind(_ port: UInt16) throws(WiFiError) { try succeed(BSDBind(socket: try checked(), port: port)) }

    /// Waits for connections from now on.
    /// - Parameter backlog: how many may wait for ``accept()``.
    public func listen(backlog: UInt8 = 4) throws(WiFiError) {
        try succeed(BSDListen(socket: try checked(), backlog: backlog))
    }

    /// A connection that waits, and where it comes from; nil when there is none now.
    public func accept() throws(WiFiError) -> (socket: WiFiSocket, address: IPv4Address, port: UInt16)? {
        let number = try checked()
        let reply = try driver.bsd.make(BSDAccept(socket: number), on: driver)
        if reply.socket == .unavailable, try driver.wouldBlock(.bsdAccept) { return nil }
        return (try WiFiSocket(driver, reply.socket, .bsdAccept), reply.address, reply.port)
    }

    /// Connects a stream, or sets where a datagram socket sends to.
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

    /// The other end.
    public func remote() throws(WiFiError) -> (address: IPv4Address, port: UInt16) {
        let reply = try driver.run(BSDGetpeername(socket: try checked()))
        guard reply.result != 0 else { throw driver.socketError(.bsdGetpeername) }
        return (reply.address, reply.port)
    }

    // MARK: Waiting

    /// What the socket is ready for now.
    public func poll() throws(WiFiError) -> Events {
        try driver.bsd.poll(try checked(), on: driver)
    }

    /// Waits until the socket is ready for one of these, or has failed.
    /// - Returns: false when the time was up first.
    public func wait(for events: Events, _ time: Duration) throws(WiFiError) -> Bool {
        try wait(for: events.union(.error), until: driver.now.advanced(by: time))
    }

    func wait(for events: Events, until deadline: MonotonicInstant) throws(WiFiError) -> Bool {
        try !driver.bsd.wait(try checked(), for: events, until: deadline, on: driver).isEmpty
    }
}

extension Driver {
    /// ERRNO: why the last BSD command failed.
    /// - Throws: `.failed` for a number without a name here.
    func socketErrno(_ opcode: Opcode) throws(WiFiError) -> BSDError {
        let number = try run(BSDErrno()).errno
        guard let error = BSDError(number: number, .newlib) else { throw .failed(opcode, code: Int(number)) }
        return error
    }

    /// Why the last BSD command failed, as an error; what keeps it from being known is one too.
    func socketError(_ opcode: Opcode) -> WiFiError {
        do throws(WiFiError) { return .socketFailed(opcode, try socketErrno(opcode)) } catch { return error }
    }

    /// The error of an errno.
    func socketError(_ opcode: Opcode, _ number: UInt8) -> WiFiError {
        BSDError(number: number, .newlib).map { .socketFailed(opcode, $0) } ?? .failed(opcode, code: Int(number))
    }

    /// Whether the last BSD command had nothing to do now.
    /// - Throws: `.socketFailed` when it failed for another reason.
    func wouldBlock(_ opcode: Opcode) throws(WiFiError) -> Bool {
        let error = try socketErrno(opcode)
        guard error == .wouldBlock else { throw .socketFailed(opcode, error) }
        return true
    }
}
