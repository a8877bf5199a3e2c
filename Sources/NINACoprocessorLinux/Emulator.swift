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
    /// The number of addresses tried per event.
    private static let claimsInQuantum = 128
    private static let graceNanoseconds: UInt64 = LingeringSockets.nanoseconds

    private let options: EmulatorOptions
    let log: Log
    let reactor: Reactor
    private let environment: NetworkEnvironment
    private let storages: StorageEnvironment
    private var trace: EmulatorTrace?
    /// What looks at the coprocessors, such as a control channel.
    public let service: (any EmulatorService)?
    private let endRequest: EndRequest
    /// Nil without a socket.
    private var listener: FileDescriptor?
    /// The socket's file, which goes with it.
    private var file: SocketFile?
    /// The process whose end ends the emulator.
    private var companion: Companion?
    private var registration: Registration?
    private var failure: LinuxError?
    private var ending = Ending.done
    private var isClosing = false
    private(set) var connections: [UInt64: CoprocessorConnection] = [:]
    private var places: CoprocessorPlaces
    private var placesInUse: [UInt64: CoprocessorPlaces.Place] = [:]
    private var lastID: UInt64 = 0

    /// Opens the socket and the devices: hosts can connect, and are served by ``run()``.
    /// - Throws: EADDRINUSE when another emulator listens there, EBUSY when another program has a device open, EAGAIN
    ///   when another emulator uses the storage, ESRCH when the process to end with has ended, or another error of the
    ///   paths, or of the service.
    public init(_ options: EmulatorOptions, service: (any EmulatorService)? = nil) throws(LinuxError) {
        self.options = options
        self.service = service
        let log = Log(level: options.logLevel, format: options.logFormat)
        self.log = log
        reactor = try Reactor()
        environment = NetworkEnvironment(reactor: reactor, options: options) { log.write($0, $1) }
        storages = try StorageEnvironment(reactor: reactor, path: options.storagePath)
        places = CoprocessorPlaces(options)
        if let address = options.address { try address.checkIsOwn() }
        if let authorities = options.authorities { try FileAccess.checkReadable(path: authorities) }
        let files = Limits.raiseOpenFiles()
        // Signals from here on are handled in run(), so that the socket file is always removed.
        let request = EndRequest()
        try reactor.onSignals([Signals.interrupt, Signals.terminate, Signals.hangUp]) { _ in request.end() }
        endRequest = request
        listener = nil
        if let pid = options.companion { try watch(pid) }
        let devices = try options.devicePaths.map { path throws(LinuxError) in try OpenDevice(path) }
        if let path = options.socketPath { try listen(path) }
        do throws(LinuxError) {
            try service?.start(self)
            // After all that may be refused: a start that fails leaves the trace that is there.
            trace = try EmulatorTrace.begin(options.trace, reactor, log)
            for device in devices { try powerOn(device) }
        } catch {
            service?.close()
            file?.remove()
            throw error
        }
        log.write(.debug, "at most \(files) files can be open")
    }

    /// Holds an address for the first coprocessor from now on, and again for the next one when that has gone.
    ///
    /// - Returns: the address that this coprocessor will report; with ``EmulatorOptions/address`` that of every one.
    /// - Throws: EADDRNOTAVAIL when others hold all addresses.
    public func keepAddress() throws(LinuxError) -> IPv4Address { try places.keepOne() }

    /// The number of coprocessors that are powered on.
    public var coprocessorCount: Int { connections.count }

    /// Serves hosts until a signal ends it, or until the first host has gone or the time is over if the options say so.
    @discardableResult
    public func run() throws(LinuxError) -> Ending {
        endRequest.reactor = reactor
        if let limit = options.timeLimit {
            let deadline = MonotonicClock.deadline(after: UInt64(min(max(0, limit / .nanoseconds(1)), 1e18)))
            reactor.schedule(at: deadline, handler: self, token: TimerToken.timeLimit)
        }
        defer { close() }
        try reactor.run()
        if let failure { throw failure }
        return ending
    }

    private func watch(_ pid: Int32) throws(LinuxError) {
        do throws(LinuxError) {
            companion = try Companion(pid, reactor) { [unowned self] in reactor.stop() }
        } catch {
            guard error.errno != .noProcess else { throw error }
            log.write(.warning, "the end of process \(pid) will not be noticed: \(error)")
        }
    }

    private func powerOn(_ device: OpenDevice) throws(LinuxError) {
        do throws(LinuxError) {
            guard let descriptor = device.take(), case .found(let place) = try nextPlace(trying: AddressPool.count)
            else {
                throw LinuxError("bind", .addressNotAvailable)
            }
            try powerOn(descriptor, .device(path: device.path), at: place)
        } catch {
            throw LinuxError(error.call, error.errno, device.path)
        }
    }

    private func listen(_ path: String) throws(LinuxError) {
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
        service?.close()
        for connection in Array(connections.values) { connection.close() }
        environment.lingering.resetUnsent()
        storages.close()
        trace?.close()
    }

    /// Accepts waiting hosts.
    public func ready(_ events: ReadyEvents, token: UInt64) {
        do throws(LinuxError) {
            for _ in 0..<Self.acceptsInQuantum {
                guard hasWaitingHost else { return }
                // The host that comes after it is to have its address.
                if let holder = keptHolder, holder.hasHungUp { return acceptLater(0) }
                switch try nextPlace(trying: Self.claimsInQuantum) {
                case .found(let place):
                    guard let descriptor = try acceptHost(at: place) else { return }
                    try powerOn(descriptor, .socket, at: place)
                case .unfinished:
                    // The host waits in the queue; others are served in between.
                    return acceptLater(0)
                case .none:
                    log.write(.error, "no address is left for another coprocessor")
                    _ = try acceptHost()
                }
            }
        } catch {
            log.write(.error, "a host cannot be served: \(error)")
            acceptLater(Self.retryNanoseconds)
        }
    }

    private func acceptLater(_ nanoseconds: UInt64) {
        guard let registration else { return }
        try? reactor.modify(registration, interest: [])
        reactor.schedule(at: MonotonicClock.nanoseconds() + nanoseconds, handler: self, token: TimerToken.acceptAgain)
    }

    private var hasWaitingHost: Bool {
        switch listener {
        case .some(let listener): UnixSocket.hasPendingConnection(listener.rawValue)
        case .none: false
        }
    }

    private func acceptHost() throws(LinuxError) -> FileDescriptor? {
        switch listener {
        case .some(let listener): try UnixSocket.accept(listener.rawValue)
        case .none: nil
        }
    }

    private enum TimerToken {
        static let acceptAgain: UInt64 = 0
        static let stopLingering: UInt64 = 1
        static let timeLimit: UInt64 = 2
    }

    /// Accepts again, stops waiting for connections to end, or ends because the time is over.
    public func timerFired(token: UInt64) {
        switch token {
        case TimerToken.stopLingering: reactor.stop()
        case TimerToken.timeLimit:
            // The first host may have gone, and its connections be ending.
            guard environment.lingering.whenEmpty == nil else { return }
            ending = connections.values.contains(where: \.isGreeted) ? .hostStayed : .noHostCame
            reactor.stop()
        default:
            if let registration { try? reactor.modify(registration, interest: .readable) }
        }
    }

    /// The coprocessor that has the address of ``keepAddress()``.
    private var keptHolder: CoprocessorConnection? {
        guard places.keepsOne else { return nil }
        return placesInUse.first { places.isKept($0.value) }.flatMap { connections[$0.key] }
    }

    /// Accepts a host, or gives its place up.
    private func acceptHost(at place: CoprocessorPlaces.Place) throws(LinuxError) -> FileDescriptor? {
        do throws(LinuxError) {
            if let descriptor = try acceptHost() { return descriptor }
        } catch {
            places.release(place)
            throw error
        }
        places.release(place)
        return nil
    }

    private func nextPlace(trying limit: Int) throws(LinuxError) -> CoprocessorPlaces.Search {
        try places.next(trying: limit) { Set(connections.values.map(\.hardwareAddress)) }
    }

    private func powerOn(
        _ descriptor: consuming FileDescriptor, _ channel: HostChannel, at place: CoprocessorPlaces.Place
    ) throws(LinuxError) {
        lastID += 1
        let id = lastID
        var configuration = options.coprocessor
        configuration.hardwareAddress = place.hardwareAddress
        placesInUse[id] = place
        let address = place.address
        let log = self.log
        let source = LogSource(coprocessor: id, address: address)
        let connection = CoprocessorConnection(
            id: id, channel: channel, descriptor: descriptor, configuration: configuration, address: address,
            bindAddress: place.bindAddress, environment: environment, storage: DirectoryStorage(environment: storages),
            logLevel: log.level,
            log: { level, text in log.write(level, from: source, text) },
            whenClosed: { [unowned self] id in powerOff(id) })
        connection.observer = trace?.powerOn(id, configuration, address)
        connections[id] = connection
        log.write(.info, from: source, "\(channel.greeting), coprocessor \(id) is on")
        service?.poweredOn(EmulatedModule(connection: connection))
        do throws(LinuxError) {
            try connection.start()
        } catch {
            connection.close()
            throw error
        }
    }

    private func powerOff(_ id: UInt64) {
        guard let connection = connections.removeValue(forKey: id) else { return }
        if let place = placesInUse.removeValue(forKey: id) { places.release(place) }
        trace?.powerOff(id)
        service?.poweredOff(id)
        let source = LogSource(coprocessor: id, address: connection.address)
        log.write(.info, from: source, "\(connection.channel.farewell), coprocessor \(id) is off")
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
        reactor.schedule(
            at: MonotonicClock.nanoseconds() + Self.graceNanoseconds, handler: self, token: TimerToken.stopLingering)
    }
}
