import LinuxIO
import NINACoprocessor
import NINAWire

/// Told when a network has told its coprocessor something: replies and IRQ may be due.
protocol NetworkOwner: AnyObject {
    func networkChanged()
}

/// The network of one coprocessor on real sockets, none of which ever blocks.
final class LinuxNetwork: Network, ReactorHandler, NameResolverHandler {
    private enum Role {
        case listener(Endpoint)
        case connecting
        case connection
    }

    private final class Entry {
        private var owned: FileDescriptor?
        /// The number, which stays valid as long as the entry has not been emptied.
        let number: Int32
        var role: Role
        let registration: Registration
        var awaitsRoom = false

        init(_ descriptor: consuming FileDescriptor, _ role: Role, _ registration: Registration) {
            number = descriptor.rawValue
            owned = consume descriptor
            self.role = role
            self.registration = registration
        }

        func take() -> FileDescriptor? { owned.take() }
    }

    weak var observer: (any NetworkObserver)?
    weak var owner: (any NetworkOwner)?
    let ownAddress: IPv4Address
    private let environment: NetworkEnvironment
    private let log: (LogLevel, String) -> Void
    private var entries: [NetworkSocket: Entry] = [:]
    private var lastSocket: UInt32 = 0
    private var lookups: [UInt32: NameRequest] = [:]
    /// Cached from the dictionary: most commands in a row concern one socket.
    private var recent: (socket: NetworkSocket, entry: Entry)?

    init(
        ownAddress: IPv4Address, environment: NetworkEnvironment, log: @escaping (LogLevel, String) -> Void
    ) {
        self.ownAddress = ownAddress
        self.environment = environment
        self.log = log
    }

    private var reactor: Reactor { environment.reactor }

    private func entry(_ socket: NetworkSocket) -> Entry? {
        if let recent, recent.socket == socket { return recent.entry }
        guard let entry = entries[socket] else { return nil }
        recent = (socket, entry)
        return entry
    }

    private func insert(
        _ descriptor: consuming FileDescriptor, _ role: Role, _ interest: Interest
    ) throws(LinuxError) -> NetworkSocket {
        lastSocket += 1
        let socket = NetworkSocket(rawValue: lastSocket)
        let registration = try reactor.add(
            descriptor.rawValue, interest, handler: self, token: UInt64(socket.rawValue))
        entries[socket] = Entry(descriptor, role, registration)
        return socket
    }

    private func remove(_ socket: NetworkSocket) -> Entry? {
        if recent?.socket == socket { recent = nil }
        guard let entry = entries.removeValue(forKey: socket) else { return nil }
        reactor.remove(entry.registration)
        if case .listener(let endpoint) = entry.role { environment.removeServer(endpoint) }
        return entry
    }

    private func failure(_ error: LinuxError) -> NetworkFailure { failure(error.errno) }

    private func failure(_ errno: Errno) -> NetworkFailure {
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
            // Told once: the coprocessor arms it again when it wants to know of the next one.
            setArmed(socket, false)
            observer?.networkEvent(.pending(socket))
        case .connecting: connectEnded(socket, entry)
        case .connection:
            if events.contains(.writable), entry.awaitsRoom {
                entry.awaitsRoom = false
                try? reactor.modify(entry.registration, interest: [.readable, .edgeTriggered])
                observer?.networkEvent(.writable(socket))
            }
            if !events.isDisjoint(with: [.readable, .peerClosed, .hangUp, .error]) {
                observer?.networkEvent(.readable(socket))
            }
        }
        owner?.networkChanged()
    }

    private func connectEnded(_ socket: NetworkSocket, _ entry: Entry) {
        let errno = TCPSocket.connectResult(entry.number)
        guard errno != .inProgress else { return }
        if errno == nil {
            entry.role = .connection
            try? reactor.modify(entry.registration, interest: [.readable, .edgeTriggered])
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
        owner?.networkChanged()
    }

    // MARK: Listening

    func listen(port: UInt16, backlog: Int) -> Result<NetworkSocket, NetworkFailure> {
        guard let hostPort = environment.ports.hostPort(port) else {
            log(.warning, "port \(port) with its offset exceeds 65535")
            return .failure(.notPermitted)
        }
        do throws(LinuxError) {
            return .success(try listen(port: port, hostPort: hostPort, backlog: backlog))
        } catch {
            guard failure(error) == .notPermitted, let fallback = environment.ports.fallbackPort(port) else {
                log(.warning, "server on port \(port): \(error)")
                return .failure(failure(error))
            }
            log(.info, "port \(hostPort) may not be bound by this user; port \(fallback) is taken instead")
            do throws(LinuxError) {
                return .success(try listen(port: port, hostPort: fallback, backlog: backlog))
            } catch {
                log(.warning, "server on port \(port): \(error)")
                return .failure(failure(error))
            }
        }
    }

    private func listen(port: UInt16, hostPort: UInt16, backlog: Int) throws(LinuxError) -> NetworkSocket {
        let place = IPv4Endpoint(address: ownAddress.rawValue, port: hostPort)
        let descriptor = try TCPSocket.listen(on: place, backlog: Int32(clamping: backlog))
        let bound = try TCPSocket.localEndpoint(descriptor.rawValue)
        let endpoint = Endpoint(address: ownAddress, port: port)
        let socket = try insert(descriptor, .listener(endpoint), .readable)
        environment.registerServer(endpoint, hostPort: bound.port)
        log(.info, "server on port \(port) is reachable at \(bound)")
        return socket
    }

    func hasPendingConnection(_ listener: NetworkSocket) -> Bool {
        entry(listener).map { TCPSocket.hasPendingConnection($0.number) } ?? false
    }

    func accept(_ listener: NetworkSocket) -> Result<(NetworkSocket, Endpoint)?, NetworkFailure> {
        guard let entry = entry(listener) else { return .success(nil) }
        do throws(LinuxError) {
            guard let connection = try TCPSocket.accept(entry.number) else { return .success(nil) }
            let remote = connection.remoteEndpoint
            let socket = try insert(connection.takeDescriptor(), .connection, [.readable, .edgeTriggered])
            return .success((socket, Endpoint(address: IPv4Address(rawValue: remote.address), port: remote.port)))
        } catch {
            return .failure(failure(error))
        }
    }

    func setArmed(_ listener: NetworkSocket, _ isArmed: Bool) {
        guard let entry = entry(listener) else { return }
        do throws(LinuxError) {
            try reactor.modify(entry.registration, interest: isArmed ? .readable : [])
        } catch {
            log(.error, "a listener cannot be watched: \(error)")
        }
    }

    func setDropsRequests(_ listener: NetworkSocket, _ drops: Bool) {
        guard let entry = entry(listener) else { return }
        do throws(LinuxError) {
            try TCPSocket.dropNewConnections(entry.number, drops)
        } catch {
            log(.error, "the drop filter: \(error)")
        }
    }

    // MARK: Connections

    func connect(to endpoint: Endpoint) -> Result<NetworkSocket, NetworkFailure> {
        guard !environment.isSimulated(endpoint.address) else { return .failure(.unreachable) }
        let isLoopback = endpoint.address.rawValue >> 24 == 127
        do throws(LinuxError) {
            let descriptor = try TCPSocket.connect(
                to: environment.place(endpoint), from: isLoopback ? ownAddress.rawValue : nil)
            return .success(try insert(descriptor, .connecting, .writable))
        } catch {
            return .failure(failure(error))
        }
    }

    func send(_ socket: NetworkSocket, _ bytes: ArraySlice<UInt8>) -> Int? {
        guard let entry = entry(socket) else { return nil }
        switch bytes.withUnsafeBytes({ TCPSocket.send(entry.number, $0) }) {
        case .sent(let count): return count
        case .wouldBlock: return 0
        case .failed: return nil
        }
    }

    func tellWhenWritable(_ socket: NetworkSocket) {
        guard let entry = entry(socket), !entry.awaitsRoom else { return }
        entry.awaitsRoom = true
        do throws(LinuxError) {
            try reactor.modify(entry.registration, interest: [.readable, .writable, .edgeTriggered])
        } catch {
            log(.error, "a connection cannot be watched: \(error)")
        }
    }

    func receive(_ socket: NetworkSocket, into buffer: inout [UInt8], limit: Int, peek: Bool) -> ReceiveOutcome {
        guard let entry = entry(socket) else { return .closed }
        let result = buffer.withUnsafeMutableBytes { bytes in
            TCPSocket.receive(
                entry.number, into: UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(limit)),
                peek: peek)
        }
        switch result {
        case .received(let count): return .received(count)
        case .wouldBlock: return .nothing
        case .endOfFile, .failed: return .closed
        }
    }

    func readableBytes(_ socket: NetworkSocket) -> Int {
        entry(socket).map { TCPSocket.readableBytes($0.number) } ?? 0
    }

    func isOpen(_ socket: NetworkSocket) -> Bool {
        guard let entry = entry(socket) else { return false }
        let result = withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) {
            TCPSocket.receive(entry.number, into: $0, peek: true)
        }
        return result == .received(1) || result == .wouldBlock
    }

    func finish(_ socket: NetworkSocket, sending rest: ArraySlice<UInt8>) {
        guard let entry = remove(socket), let descriptor = entry.take() else { return }
        environment.lingering.add(descriptor, rest: rest)
    }

    func abort(_ socket: NetworkSocket) {
        guard let entry = remove(socket) else { return }
        if case .connection = entry.role { try? TCPSocket.resetOnClose(entry.number) }
    }

    func resolve(_ name: ArraySlice<UInt8>, token: UInt32) {
        let name = String(decoding: name, as: UTF8.self)
        if let address = environment.host(name) {
            lookups[token] = environment.resolver.resolve(
                IPv4Endpoint.text(of: address.rawValue), handler: self, token: UInt64(token))
        } else {
            lookups[token] = environment.resolver.resolve(name, handler: self, token: UInt64(token))
        }
    }

    func closeAll() {
        for socket in Array(entries.keys) { _ = remove(socket) }
        for request in lookups.values { environment.resolver.cancel(request) }
        lookups = [:]
    }
}
