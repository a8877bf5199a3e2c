import LinuxIO
import NINACoprocessor
import NINALink
import NINAWire

/// Set by a signal: a reference type, because signals are caught before the emulator is initialized.
private final class EndRequest {
    weak var reactor: Reactor?
    func end() { reactor?.stop() }
}

/// The emulator: a socket on which each connection is one coprocessor, and devices with one coprocessor each, all in
/// one thread that never blocks.
public final class Emulator: ReactorHandler, ReactorTimerHandler {
    /// Back-off after the process runs out of descriptors.
    private static let retryNanoseconds: UInt64 = 100_000_000
    /// The number of hosts accepted per event.
    private static let acceptsInQuantum = 16
    private static let graceNanoseconds: UInt64 = LingeringSockets.nanoseconds

    private let options: EmulatorOptions
    private let log: Log
    private let reactor: Reactor
    private let environment: NetworkEnvironment
    private let storages: StorageEnvironment
    private let endRequest: EndRequest
    /// Nil without a socket.
    private var listener: FileDescriptor?
    private var registration: Registration?
    private var failure: LinuxError?
    /// The socket's file, which goes with it.
    private var file: SocketFile?
    /// The process whose end ends the emulator.
    private var companion: Companion?
    private var isClosing = false
    private var addresses = AddressPool()
    private var connections: [UInt64: CoprocessorConnection] = [:]
    private var claims: [UInt64: AddressPool.Claim] = [:]
    private var lastID: UInt64 = 0

    /// Opens the socket and the devices: hosts can connect, and are served by ``run()``.
    /// - Throws: EADDRINUSE when another emulator listens there, EBUSY when another program has a device open, EAGAIN
    ///   when another emulator uses the storage, ESRCH when the process to end with has ended, or another error of the
    ///   paths.
    public init(_ options: EmulatorOptions) throws(LinuxError) {
        self.options = options
        let log = Log(level: options.logLevel)
        self.log = log
        reactor = try Reactor()
        environment = NetworkEnvironment(reactor: reactor, options: options) { log.write($0, $1) }
        storages = try StorageEnvironment(reactor: reactor, path: options.storagePath)
        if let address = options.address {
            // Report a foreign address now, not at the first server.
            _ = try TCPSocket.listen(on: IPv4Endpoint(address: address.rawValue, port: 0), backlog: 1)
        }
        if let authorities = options.authorities { try FileAccess.checkReadable(path: authorities) }
        let files = Limits.raiseOpenFiles()
        // Signals from here on are handled in run(), so that the socket file is always removed.
        let request = EndRequest()
        try reactor.onSignals([Signals.interrupt, Signals.terminate, Signals.hangUp]) { _ in request.end() }
        endRequest = request
        if let pid = options.companion { try watch(pid) }
        listener = nil
        for path in options.devicePaths { try attach(path) }
        if let path = options.socketPath { try listen(path) }
        log.write(.debug, "at most \(files) files can be open")
    }

    /// The number of coprocessors that are powered on.
    public var coprocessorCount: Int { connections.count }

    /// Serves hosts until a signal ends it, or until the first host has gone if the options say so.
    public func run() throws(LinuxError) {
        endRequest.reactor = reactor
        defer { close() }
        try reactor.run()
        if let failure { throw failure }
    }

    private func attach(_ path: String) throws(LinuxError) {
        let before = connections.count
        do throws(LinuxError) {
            try powerOn(CharacterDevice.open(path: path), .device(path: path))
        } catch {
            throw LinuxError(error.call, error.errno, path)
        }
        guard connections.count > before else { throw LinuxError("bind", .addressNotAvailable, path) }
    }

    private func listen(_ path: String) throws(LinuxError) {
    private func watch(_ pid: Int32) throws(LinuxError) {
        do throws(LinuxError) {
            companion = try Companion(pid, reactor) { [unowned self] in reactor.stop() }
        } catch {
            guard error.errno != .noProcess else { throw error }
            log.write(.warning, "the end of process \(pid) will not be noticed: \(error)")
        }
    }

        let socket = try UnixSocket.listen(path: path, mode: options.socketMode)
        file = SocketFile(path: path)
        registration = try reactor.add(socket.rawValue, .readable, handler: self)
        listener = consume socket
    }

    private func close() {
        // Another emulator may have the path by now: only the file of the socket that is still open is removed.
        file?.remove()
        companion?.stop()
        if let registration { reactor.remove(registration) }
        isClosing = true
        for connection in Array(connections.values) { connection.close() }
        storages.close()
    }

    /// Accepts waiting hosts.
    public func ready(_ events: ReadyEvents, token: UInt64) {
        do throws(LinuxError) {
            for _ in 0..<Self.acceptsInQuantum {
                guard let descriptor = try acceptHost() else { return }
                try powerOn(descriptor, .socket)
            }
        } catch {
            log.write(.error, "a host cannot be served: \(error)")
            guard let registration else { return }
            try? reactor.modify(registration, interest: [])
            reactor.schedule(at: MonotonicClock.nanoseconds() + Self.retryNanoseconds, handler: self, token: 0)
        }
    }

    private func acceptHost() throws(LinuxError) -> FileDescriptor? {
        switch listener {
        case .some(let listener): try UnixSocket.accept(listener.rawValue)
        case .none: nil
        }
    }

    /// Accepts again; with the token 1, stops waiting for connections to end.
    public func timerFired(token: UInt64) {
        if token == 1 {
            reactor.stop()
        } else if let registration {
            try? reactor.modify(registration, interest: .readable)
        }
    }

    private func powerOn(_ descriptor: consuming FileDescriptor, _ channel: HostChannel) throws(LinuxError) {
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
            id: id, channel: channel, descriptor: descriptor, configuration: configuration, address: address,
            environment: environment, storage: DirectoryStorage(environment: storages), logLevel: options.logLevel,
            log: { level, text in log.write(level, "\(address): \(text)") },
            whenClosed: { [unowned self] id in powerOff(id) })
        connections[id] = connection
        log.write(.info, "\(address): \(channel.greeting), coprocessor \(id) is on")
        do throws(LinuxError) {
            try connection.start()
        } catch {
            connection.close()
            throw error
        }
    }

    /// Coprocessors that share an address still have different hardware addresses.
    private var lowestFreeIndex: Int {
        let used = Set(connections.values.map(\.hardwareAddress))
        return (0...connections.count).first { !used.contains(hardwareAddress($0)) } ?? 0
    }

    /// Hardware addresses in steps of two: the second is the access point's.
    private func hardwareAddress(_ index: Int) -> MACAddress {
        MACAddress(rawValue: options.coprocessor.hardwareAddress.rawValue + UInt64(2 * index))
    }

    private func powerOff(_ id: UInt64) {
        guard let connection = connections.removeValue(forKey: id) else { return }
        if let claim = claims.removeValue(forKey: id) { addresses.release(claim.index) }
        log.write(.info, "\(connection.address): \(connection.channel.farewell), coprocessor \(id) is off")
        guard !isClosing else { return }
        if case .device(let path) = connection.channel {
            // Its kernel module exists as long as it is open: only an error ends this.
            log.write(.error, "\(path) cannot be served any more")
            guard options.socketPath == nil, connections.isEmpty else { return }
            failure = LinuxError("read", .inputOutput, path)
            reactor.stop()
            return
        }
        // A connection that never sends a greeting (for example a port check) does not count as a host.
        guard options.endsAfterFirstHost, connection.isGreeted,
            !connections.values.contains(where: { $0.isGreeted && $0.channel == .socket && $0.id < id })
        else { return }
        guard !environment.lingering.isEmpty else {
            reactor.stop()
            return
        }
        environment.lingering.whenEmpty = { [unowned self] in reactor.stop() }
        reactor.schedule(at: MonotonicClock.nanoseconds() + Self.graceNanoseconds, handler: self, token: 1)
    }
}
