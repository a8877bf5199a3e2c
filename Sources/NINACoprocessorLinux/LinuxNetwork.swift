import LinuxIO
import NINACoprocessor
import NINALink
import NINAWire

/// The network of one coprocessor with real, nonblocking sockets.
final class LinuxNetwork: Network, ReactorHandler, ReactorTimerHandler, NameResolverHandler {
    enum Role {
        case listener(Endpoint)
        case connecting(LinuxStream)
        case connection(LinuxStream)
        /// The port of this machine; nil when any port was requested.
        case datagram(port: UInt16?)
        case ping(PingRequest)
    }

    final class Entry {
        private var owned: FileDescriptor?
        /// The descriptor number, valid until the entry is closed.
        let number: Int32
        var role: Role
        let registration: Registration
        /// The reactor's round in which a connection was last accepted.
        var acceptedInRound: UInt64?
        /// The other sockets of a datagram socket.
        var extras: [ExtraDatagramSocket] = []

        /// An echo request, which owns its descriptor.
        init(_ request: PingRequest, _ registration: Registration) {
            number = request.socket.descriptor.rawValue
            owned = nil
            role = .ping(request)
            self.registration = registration
        }

        init(_ descriptor: consuming FileDescriptor, _ role: Role, _ registration: Registration) {
            number = descriptor.rawValue
            owned = consume descriptor
            self.role = role
            self.registration = registration
        }

        func take() -> FileDescriptor? { owned.take() }

        /// Closes the socket now: the event that is being handled may hold the entry a little longer.
        func close() { owned = nil }

        /// A connection's stream; nil for a socket of another kind.
        var stream: LinuxStream? {
            switch role {
            case .connecting(let stream), .connection(let stream): stream
            case .listener, .datagram, .ping: nil
            }
        }
    }

    weak var observer: (any NetworkObserver)?
    var now: MonotonicInstant { MonotonicInstant(nanoseconds: MonotonicClock.nanoseconds()) }
    let ownAddress: IPv4Address
    /// The address of the sockets: the own one, or 0.0.0.0 for all of this machine.
    let bindAddress: IPv4Address
    /// Whose look-ups these are, also after the host has connected anew.
    private let resolverOwner: UInt64
    let environment: NetworkEnvironment
    let log: (LogLevel, String) -> Void
    var entries: [NetworkSocket: Entry] = [:]
    /// Looks for room in send buffers that are full by ``LinuxStream/sendBuffer``.
    var roomTimer: TimerID?
    /// The connections whose batches have a deadline.
    var batched: [NetworkSocket] = []
    private var lastSocket: UInt32 = 0
    private var waitingPing: NetworkSocket?
    private var lookups: [UInt32: NameRequest] = [:]
    /// Cache for the dictionary: consecutive commands mostly concern the same socket.
    private var recent: (socket: NetworkSocket, entry: Entry)?

    init(
        ownAddress: IPv4Address, bindAddress: IPv4Address, resolverOwner: UInt64, environment: NetworkEnvironment,
        log: @escaping (LogLevel, String) -> Void
    ) {
        self.ownAddress = ownAddress
        self.bindAddress = bindAddress
        self.resolverOwner = resolverOwner
        self.environment = environment
        self.log = log
    }

    var reactor: Reactor { environment.reactor }

    func entry(_ socket: NetworkSocket) -> Entry? {
        if let recent, recent.socket == socket { return recent.entry }
        guard let entry = entries[socket] else { return nil }
        recent = (socket, entry)
        return entry
    }

    func insert(
        _ descriptor: consuming FileDescriptor, _ role: Role, _ interest: Interest
    ) throws(LinuxError) -> NetworkSocket {
        lastSocket += 1
        let socket = NetworkSocket(rawValue: lastSocket)
        let registration = try reactor.add(
            descriptor.rawValue, interest, handler: self, token: UInt64(socket.rawValue))
        entries[socket] = Entry(descriptor, role, registration)
        return socket
    }

    /// Watches an echo request; cancels the previous one if still pending.
    func insert(_ request: PingRequest) throws(LinuxError) {
        if let waitingPing { _ = remove(waitingPing) }
        lastSocket += 1
        let socket = NetworkSocket(rawValue: lastSocket)
        let registration = try reactor.add(
            request.socket.descriptor.rawValue, .readable, handler: self, token: UInt64(socket.rawValue))
        entries[socket] = Entry(request, registration)
        waitingPing = socket
    }

    func remove(_ socket: NetworkSocket) -> Entry? {
        if recent?.socket == socket { recent = nil }
        guard let entry = entries.removeValue(forKey: socket) else { return nil }
        reactor.remove(entry.registration)
        for extra in entry.extras { reactor.remove(extra.registration) }
        switch entry.role {
        case .listener(let endpoint): environment.removeServer(endpoint)
        case .datagram(let port?):
            environment.releaseDatagramPort(Endpoint(address: ownAddress, port: port))
        case .datagram, .connecting, .connection, .ping: break
        }
        return entry
    }

    func failure(_ error: LinuxError) -> NetworkFailure { failure(error.errno) }

    func failure(_ errno: Errno) -> NetworkFailure {
        switch errno {
        case .addressInUse: .addressInUse
        case .accessDenied, .notPermitted: .notPermitted
        case .connectionRefused: .refused
        case .networkUnreachable, .hostUnreachable, .addressNotAvailable: .unreachable
        case .timedOut: .timedOut
        case .connectionReset, .brokenPipe, .notConnected, .connectionAborted: .closed
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory: .noResources
        default: .system(errno.rawValue)
        }
    }

    // MARK: Events

    func ready(_ events: ReadyEvents, token: UInt64) {
        let socket = NetworkSocket(rawValue: UInt32(truncatingIfNeeded: token))
        guard let entry = entry(socket) else { return }
        switch entry.role {
        case .listener:
            // A command in this round may already have accepted the announced connection.
            guard entry.acceptedInRound != reactor.round || hasPendingConnection(socket) else { return }
            observer?.networkEvent(.pending(socket))
        case .connecting(let stream): connectEnded(socket, entry, stream)
        case .datagram: observer?.networkEvent(.readable(socket))
        case .ping(let request): echoCame(socket, request)
        case .connection(let stream):
            if events.contains(.writable), stream.needsRoom { roomCame(socket, entry, stream) }
            if !events.isDisjoint(with: [.readable, .peerClosed, .hangUp, .error]) {
                stream.noteReadable(urgent: events.contains(.urgent))
                observer?.networkEvent(.readable(socket))
            }
        }
    }

    private func connectEnded(_ socket: NetworkSocket, _ entry: Entry, _ stream: LinuxStream) {
        let errno = TCPSocket.connectResult(entry.number)
        guard errno != .inProgress else { return }
        if errno == nil {
            entry.role = .connection(stream)
            watch(entry, stream, rearming: true)
        }
        observer?.networkEvent(.connected(socket, errno.map { failure($0) }))
    }

    func resolved(_ result: NameResolution, token: UInt64) {
        let token = UInt32(truncatingIfNeeded: token)
        guard lookups.removeValue(forKey: token) != nil else { return }
        var address: IPv4Address?
        switch result {
        case .addresses(let addresses): address = addresses.first.map { IPv4Address(rawValue: $0) }
        case .failed(let error): log(.info, "the look-up failed: \(error)")
        }
        observer?.networkEvent(.resolved(token: token, address))
    }

    // MARK: Connections

    func connect(to endpoint: Endpoint) -> Result<NetworkSocket, NetworkFailure> {
        guard !environment.isSimulated(endpoint.address) else { return .failure(.unreachable) }
        let isLoopback = endpoint.address.rawValue >> 24 == 127
        do throws(LinuxError) {
            let descriptor = try TCPSocket.connect(
                to: environment.place(endpoint), from: isLoopback && bindAddress != .any ? bindAddress.rawValue : nil)
            let stream = LinuxStream(descriptor.rawValue, environment.receiveBuffers)
            return .success(try insert(descriptor, .connecting(stream), .writable))
        } catch {
            return .failure(failure(error))
        }
    }

    func receive(_ socket: NetworkSocket, into buffer: inout [UInt8], limit: Int, peek: Bool) -> ReceiveOutcome {
        guard let entry = entry(socket), let stream = entry.stream else { return .closed }
        defer { watch(entry, stream) }
        return stream.receive(into: &buffer, limit: limit, peek: peek)
    }

    func readableBytes(_ socket: NetworkSocket) -> Int { entry(socket)?.stream?.readableBytes ?? 0 }

    func hasReadableBytes(_ socket: NetworkSocket) -> Bool { entry(socket)?.stream?.hasReadableBytes ?? false }

    func isOpen(_ socket: NetworkSocket) -> Bool {
        guard let entry = entry(socket), let stream = entry.stream else { return false }
        defer { watch(entry, stream) }
        return stream.isOpen
    }

    func finish(_ socket: NetworkSocket, sending rest: ArraySlice<UInt8>) {
        guard let entry = remove(socket), let descriptor = entry.take() else { return }
        let held = entry.stream?.takeUnsent() ?? []
        environment.lingering.add(descriptor, rest: held.isEmpty ? rest : held + rest)
    }

    func abort(_ socket: NetworkSocket) {
        guard let entry = remove(socket) else { return }
        defer { entry.close() }
        guard case .connection(let stream) = entry.role else { return }
        stream.flush()
        try? TCPSocket.resetOnClose(entry.number)
    }

    /// Closes a socket of any kind: the device stops. What a connection has accepted is sent, which a close with unread bytes
    /// would prevent.
    private func cut(_ socket: NetworkSocket) {
        guard let entry = remove(socket) else { return }
        defer { entry.close() }
        guard case .connection(let stream) = entry.role else { return }
        stream.flush()
        if stream.hasUnsent, let descriptor = entry.take() {
            environment.lingering.add(descriptor, rest: stream.takeUnsent()[...])
        } else if stream.hasReceivedAhead {
            // As the kernel does with bytes that are unread.
            try? TCPSocket.resetOnClose(entry.number)
        }
    }

    func resolve(_ name: ArraySlice<UInt8>, token: UInt32) {
        let name = String(decoding: name, as: UTF8.self)
        if let address = environment.host(name) {
            lookups[token] = environment.resolver.resolve(
                IPv4Endpoint.text(of: address.rawValue), handler: self, token: UInt64(token))
        } else {
            lookups[token] = environment.resolver.resolve(
                name, handler: self, token: UInt64(token), owner: resolverOwner)
        }
    }

    func closeAll() {
        for socket in Array(entries.keys) { cut(socket) }
        for request in lookups.values { environment.resolver.cancel(request) }
        lookups = [:]
        waitingPing = nil
        if let timer = roomTimer.take() { reactor.cancel(timer) }
    }
}
