import NINALink
import NINAWire

// BSD sockets: creating, closing, listening, connecting.

extension BSDSockets {
    /// The default time-out of a command whose socket has none set.
    static let waitTime = Duration.seconds(30)

    /// The index of an open socket; for any other number sets errno 9 and returns nil.
    mutating func index(_ number: SocketNumber, _ context: Context) -> Int? {
        let index = Int(number.rawValue) - context.numbers.base
        if isOpen(index) { return index }
        errno = .badNumber
        return nil
    }

    private func number(_ index: Int, _ context: Context) -> SocketNumber {
        SocketNumber(rawValue: UInt8(context.numbers.base + index))
    }

    /// Records why a command failed, and answers 0.
    mutating func failed(_ reason: BSDError) -> Answer<Acknowledgement> {
        errno = reason
        return .reply(Acknowledgement(false))
    }

    private mutating func open(_ kind: BSDEntry.Kind, _ context: inout Context) -> Int? {
        guard let index = context.numbers.take(.bsd) else {
            errno = .noSocketLeft
            return nil
        }
        open(index, kind, at: context.now)
        return index
    }

    mutating func bsdSocket(_ command: BSDSocket, _ context: inout Context) -> Answer<BSDSocket.Reply> {
        guard let kind = BSDEntry.Kind(rawValue: command.type) else {
            errno = .invalid
            return .reply(BSDSocket.Reply(socket: .unavailable))
        }
        return .reply(BSDSocket.Reply(socket: open(kind, &context).map { number($0, context) } ?? .unavailable))
    }

    mutating func bsdClose(_ command: BSDClose, _ context: inout Context) -> Answer<Acknowledgement> {
        guard let index = index(command.socket, context) else { return .reply(Acknowledgement(false)) }
        if let entry = self[index] { closeSocket(entry, context) }
        close(index)
        context.numbers.release(at: index)
        return .reply(Acknowledgement(true))
    }

    /// Closes the network's socket; gracefully for a connection.
    private func closeSocket(_ entry: BSDEntry, _ context: Context) {
        switch entry.transport {
        case .datagram(let datagram):
            if let socket = datagram.socket { context.network.closeDatagram(socket) }
        case .stream(let stream):
            switch stream.state {
            case .idle, .broken: break
            case .listening(let socket), .connecting(let socket, _): context.streams.abort(socket)
            case .connected(let peer): context.streams.finish(peer.socket, sending: [])
            }
        }
    }

    /// Ends a lost connection: the next command that uses it reports the reason.
    mutating func failConnection(_ index: Int, _ errno: BSDError, _ context: Context) {
        if let entry = self[index] { closeSocket(entry, context) }
        updateStream(index) { $0.state = .broken(errno) }
    }

    /// Why a connection is broken, reported once; after that it is merely not connected.
    mutating func takeFailure(_ index: Int) -> BSDError {
        guard case .broken(let failure?)? = stream(index)?.state else { return .notConnected }
        updateStream(index) { $0.state = .broken(nil) }
        return failure
    }

    /// Breaks all connections because the network is gone. Listeners and UDP sockets stay open.
    mutating func closeConnections(_ context: inout Context) {
        guard context.numbers.bsdSocketCount > 0 else { return }
        for index in entries.indices {
            switch stream(index)?.state {
            case .connecting, .connected: failConnection(index, .aborted, context)
            case .idle, .listening, .broken, nil: break
            }
        }
    }

    func bsdErrno(_: BSDErrno, _ context: Context) -> Answer<BSDErrno.Reply> {
        .reply(BSDErrno.Reply(errno: errno.number(context.dialect.errnoNumbering)))
    }

    mutating func bsdBind(
        _ command: BSDBind, isTaken: Bool, _ context: inout Context
    ) -> Answer<Acknowledgement> {
        guard let index = index(command.socket, context) else { return .reply(Acknowledgement(false)) }
        switch self[index]?.transport {
        case .datagram(let datagram):
            guard datagram.socket == nil else { return failed(.invalid) }
            guard openDatagram(index, port: command.port, context) else { return .reply(Acknowledgement(false)) }
        case .stream(let stream):
            guard case .idle = stream.state, stream.port == nil else { return failed(.invalid) }
            // The network learns the port when the socket listens.
            guard command.port == 0 || !isTaken && !isStreamPortTaken(command.port) else {
                return failed(.addressInUse)
            }
            updateStream(index) { $0.port = command.port }
        case nil: break
        }
        return .reply(Acknowledgement(true))
    }

    private func isStreamPortTaken(_ port: UInt16) -> Bool {
        entries.indices.contains { stream($0)?.port == port }
    }

    /// Opens a datagram socket on a port, 0 for any. Returns false and sets errno when that fails.
    mutating func openDatagram(_ index: Int, port: UInt16, _ context: Context) -> Bool {
        switch context.network.openDatagram(port: port, group: nil) {
        case .success(let socket):
            updateDatagram(index) { $0.socket = socket }
            return true
        case .failure(let failure):
            errno = failure.bsdError
            return false
        }
    }

    mutating func bsdListen(_ command: BSDListen, _ context: inout Context) -> Answer<Acknowledgement> {
        guard let index = index(command.socket, context) else { return .reply(Acknowledgement(false)) }
        guard let stream = stream(index) else { return failed(.wrongKind) }
        if case .listening = stream.state { return .reply(Acknowledgement(true)) }
        guard case .idle = stream.state, let port = stream.port, port != 0 else { return failed(.invalid) }
        switch context.streams.listen(port: port, backlog: Int(command.backlog)) {
        case .failure(let failure):
            context.log(.warning, "BSD server on port \(port) failed: \(failure)")
            return failed(failure.bsdError)
        case .success(let socket):
            updateStream(index) { $0.state = .listening(socket) }
            return .reply(Acknowledgement(true))
        }
    }

    // MARK: Accept

    mutating func bsdAccept(_ command: BSDAccept, _ context: inout Context) -> Answer<BSDAccept.Reply> {
        let failed = BSDAccept.Reply(socket: .unavailable, address: .any, port: 0)
        guard let index = index(command.socket, context) else { return .reply(failed) }
        guard case .listening(let socket)? = stream(index)?.state else {
            errno = stream(index) == nil ? .wrongKind : .invalid
            return .reply(failed)
        }
        if let reply = accept(socket, &context) { return .reply(reply) }
        return wait(.accept, index, &context).map { .later($0) } ?? .reply(failed)
    }

    /// Accepts a connection; nil when none is waiting. A connection for which no number is free keeps waiting.
    mutating func accept(_ listener: NetworkSocket, _ context: inout Context) -> BSDAccept.Reply? {
        let failed = BSDAccept.Reply(socket: .unavailable, address: .any, port: 0)
        guard context.numbers.hasRoom else {
            errno = .noSocketLeft
            return failed
        }
        switch context.streams.accept(listener) {
        case .failure(let failure):
            errno = failure.bsdError
            return failed
        case .success(nil): return nil
        case .success(let (socket, remote)?):
            guard let client = open(.stream, &context) else {
                context.streams.abort(socket)
                return failed
            }
            updateStream(client) { $0.state = .connected(BSDEntry.Peer(socket: socket, remote: remote)) }
            return BSDAccept.Reply(socket: number(client, context), address: remote.address, port: remote.port)
        }
    }

    // MARK: Connect

    mutating func bsdConnect(
        _ command: BSDConnect, isOnline: Bool, _ context: inout Context
    ) -> Answer<Acknowledgement> {
        guard let index = index(command.socket, context) else { return .reply(Acknowledgement(false)) }
        let remote = Endpoint(address: command.address, port: command.port)
        switch self[index]?.transport {
        case .stream(let stream):
            switch stream.state {
            case .connecting: return failed(.already)
            case .listening, .connected: return failed(.isConnected)
            case .idle, .broken: break
            }
            guard isOnline else { return failed(.unreachable) }
            return connect(index, to: remote, &context)
        case .datagram(let datagram):
            guard isOnline else { return failed(.unreachable) }
            guard datagram.socket != nil || openDatagram(index, port: 0, context) else {
                return .reply(Acknowledgement(false))
            }
            updateDatagram(index) { $0.destination = remote }
            return .reply(Acknowledgement(true))
        case nil: return .reply(Acknowledgement(false))
        }
    }

    private mutating func connect(
        _ index: Int, to remote: Endpoint, _ context: inout Context
    ) -> Answer<Acknowledgement> {
        switch context.streams.connect(to: remote) {
        case .failure(let failure):
            failConnection(index, failure.bsdError, context)
            return failed(takeFailure(index))
        case .success(let socket):
            updateStream(index) { $0.state = .connecting(socket, to: remote) }
            return wait(.connect, index, &context).map { .later($0) } ?? failed(.inProgress)
        }
    }

    mutating func bsdGetpeername(_ command: BSDGetpeername, _ context: inout Context) -> Answer<BSDGetpeername.Reply> {
        guard let index = index(command.socket, context) else { return .reply(BSDGetpeername.Reply()) }
        let remote: Endpoint? =
            switch self[index]?.transport {
            case .stream(let stream): if case .connected(let peer) = stream.state { peer.remote } else { nil }
            case .datagram(let datagram): datagram.destination
            case nil: nil
            }
        guard let remote else {
            errno = .notConnected
            return .reply(BSDGetpeername.Reply())
        }
        return .reply(BSDGetpeername.Reply(result: 1, address: remote.address, port: remote.port))
    }
}
