import LinuxIO
import NINACoprocessor
import NINALink
import NINAWire

/// What a signal does: a reference, because signals are caught before the emulator is whole.
private final class EndRequest {
    weak var reactor: Reactor?
    func end() { reactor?.stop() }
}

/// The emulator: a socket on which each connection is one coprocessor, all in one thread that never blocks.
public final class Emulator: ReactorHandler, ReactorTimerHandler {
    /// How long nothing is accepted after the process has run out of descriptors.
    private static let retryNanoseconds: UInt64 = 100_000_000
    /// How many hosts are taken before others have their turn.
    private static let acceptsInTurn = 16
    private static let graceNanoseconds: UInt64 = LingeringSockets.nanoseconds

    private let options: EmulatorOptions
    private let log: Log
    private let reactor: Reactor
    private let environment: NetworkEnvironment
    private let storages: StorageEnvironment
    private let endRequest: EndRequest
    private let listener: FileDescriptor
    private var registration: Registration?
    private var addresses = AddressPool()
    private var connections: [UInt64: CoprocessorConnection] = [:]
    private var claims: [UInt64: AddressPool.Claim] = [:]
    private var lastID: UInt64 = 0

    /// Opens the socket: hosts can connect, and are served by ``run()``.
    /// - Throws: EADDRINUSE when another emulator listens there, EAGAIN when another one uses the storage, and what else is
    ///   wrong with the paths.
    public init(_ options: EmulatorOptions) throws(LinuxError) {
        self.options = options
        let log = Log(level: options.logLevel)
        self.log = log
        reactor = try Reactor()
        environment = NetworkEnvironment(reactor: reactor, options: options) { log.write($0, $1) }
        storages = try StorageEnvironment(reactor: reactor, path: options.storagePath)
        if let address = options.address {
            // An address that is not this machine's is told now, not at the first server.
            _ = try TCPSocket.listen(on: IPv4Endpoint(address: address.rawValue, port: 0), backlog: 1)
        }
        let files = Limits.raiseOpenFiles()
        // From here on signals wait for run(), so that the socket is removed however early they come.
        let request = EndRequest()
        try reactor.onSignals([Signals.interrupt, Signals.terminate]) { _ in request.end() }
        endRequest = request
        listener = try UnixSocket.listen(path: options.socketPath)
        registration = try reactor.add(listener.rawValue, .readable, handler: self)
        log.write(.debug, "at most \(files) files can be open")
    }

    /// Coprocessors that are powered on.
    public var coprocessorCount: Int { connections.count }

    /// Serves hosts until a signal ends it, or the first host has gone where that was asked for.
    public func run() throws(LinuxError) {
        endRequest.reactor = reactor
        defer { close() }
        try reactor.run()
    }

    private func close() {
        UnixSocket.removeSocketFile(path: options.socketPath)
        if let registration { reactor.remove(registration) }
        for connection in Array(connections.values) { connection.close() }
        storages.close()
    }

    /// Takes the hosts that wait.
    public func ready(_ events: ReadyEvents, token: UInt64) {
        do throws(LinuxError) {
            for _ in 0..<Self.acceptsInTurn {
                guard let descriptor = try UnixSocket.accept(listener.rawValue) else { return }
                try powerOn(descriptor)
            }
        } catch {
            log.write(.error, "a host cannot be served: \(error)")
            guard let registration else { return }
            try? reactor.modify(registration, interest: [])
            reactor.schedule(at: MonotonicClock.nanoseconds() + Self.retryNanoseconds, handler: self, token: 0)
        }
    }

    /// Accepts again; or, with the token 1, gives up waiting for connections to end.
    public func timerFired(token: UInt64) {
        if token == 1 {
            reactor.stop()
        } else if let registration {
            try? reactor.modify(registration, interest: .readable)
        }
    }

    private func powerOn(_ descriptor: consuming FileDescriptor) throws(LinuxError) {
        lastID += 1
        let id = lastID
        var configuration = options.coprocessor
        var address = options.address ?? .loopback
        if options.address == nil {
            guard let claim = try addresses.claim() else {
                log.write(.error, "no address is left for another coprocessor")
                return
            }
            claims[id] = claim
            address = claim.address
            configuration.hardwareAddress = hardwareAddress(claim.index)
        } else {
            configuration.hardwareAddress = hardwareAddress(lowestFreeIndex)
        }
        let log = self.log
        let connection = CoprocessorConnection(
            id: id, descriptor: descriptor, configuration: configuration, address: address,
            environment: environment, storage: DirectoryStorage(environment: storages), logLevel: options.logLevel,
            log: { level, text in log.write(level, "\(address): \(text)") },
            whenClosed: { [unowned self] id in powerOff(id) })
        connections[id] = connection
        log.write(.info, "\(address): a host has connected, coprocessor \(id) is on")
        do throws(LinuxError) {
            try connection.start()
        } catch {
            connection.close()
            throw error
        }
    }

    /// Coprocessors that share an address still have hardware addresses of their own.
    private var lowestFreeIndex: Int {
        let used = Set(connections.values.map(\.hardwareAddress))
        return (0...connections.count).first { !used.contains(hardwareAddress($0)) } ?? 0
    }

    /// Hardware addresses in steps of two: the second is that of the access point.
    private func hardwareAddress(_ index: Int) -> MACAddress {
        MACAddress(rawValue: options.coprocessor.hardwareAddress.rawValue + UInt64(2 * index))
    }

    private func powerOff(_ id: UInt64) {
        guard let connection = connections.removeValue(forKey: id) else { return }
        if let claim = claims.removeValue(forKey: id) { addresses.release(claim.index) }
        log.write(.info, "\(connection.address): the host has gone, coprocessor \(id) is off")
        // The first host is the first that has greeted: what only connects (to see who is there) is none.
        guard options.endsAfterFirstHost, connection.isGreeted,
            !connections.values.contains(where: { $0.isGreeted && $0.id < id })
        else { return }
        guard !environment.lingering.isEmpty else {
            reactor.stop()
            return
        }
        environment.lingering.whenEmpty = { [unowned self] in reactor.stop() }
        reactor.schedule(at: MonotonicClock.nanoseconds() + Self.graceNanoseconds, handler: self, token: 1)
    }
}
