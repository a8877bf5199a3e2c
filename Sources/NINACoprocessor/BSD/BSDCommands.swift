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
        open(index, kind)
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
        drop(index, context)
        close(index)
        context.numbers.release(at: index)
        return .reply(Acknowledgement(true))
    }

    /// Closes the network's socket; gracefully for a connection.
    private mutating func drop(_ index: Int, _ context: Context) {
        let entry = self[index]
        guard entry.socket != .invalid else { return }
        update(index) { $0.socket = .invalid }
        switch (entry.kind, entry.state) {
        case (.datagram, _): context.network.closeDatagram(entry.socket)
        case (.stream, .connected): context.streams.finish(entry.socket, sending: [])
        case (.stream, _): context.streams.abort(entry.socket)
        }
    }

    /// Ends a lost connection: the next command that uses it reports the reason.
    mutating func breakOff(_ index: Int, _ errno: BSDError, _ context: Context) {
        drop(index, context)
        update(index) {
            $0.state = .broken
            $0.isFull = false
            $0.failure = errno
        }
    }

    /// The reason why a connection is broken, reported once; later only "not connected".
    mutating func takeFailure(_ index: Int) -> BSDError {
        let failure = self[index].failure
        update(index) { $0.failure = .none }
        return failure == .none ? .notConnected : failure
    }

    /// Breaks all connections: the network is lost. Listeners and datagram sockets stay.
    mutating func closeConnections(_ context: inout Context) {
        guard context.numbers.bsdSocketCount > 0 else { return }
        for index in entries.indices where isOpen(index) && self[index].kind == .stream {
            switch self[index].state {
            case .connecting, .connected: breakOff(index, .aborted, context)
            case .idle, .listening, .broken: break
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
        let entry = self[index]
        guard entry.state == .idle, entry.port == nil, entry.socket == .invalid else {
            return failed(.invalid)
        }
        if entry.kind == .datagram {
            guard openDatagram(index, port: command.port, context) else { return .reply(Acknowledgement(false)) }
        } else {
            // The network opens the port when the socket listens.
            guard command.port == 0 || !isTaken && !isStreamPortTaken(command.port) else {
                return failed(.addressInUse)
            }
        }
        update(index) { $0.port = command.port }
        return .reply(Acknowledgement(true))
    }

    private func isStreamPortTaken(_ port: UInt16) -> Bool {
        entries.contains { $0?.kind == .stream && $0?.port == port }
    }

    /// Opens a datagram socket on a port, 0 for any. Returns false and sets errno when that fails.
    mutating func openDatagram(_ index: Int, port: UInt16, _ context: Context) -> Bool {
        switch context.network.openDatagram(port: port, group: nil) {
        case .success(let socket):
            update(index) { $0.socket = socket }
            return true
        case .failure(let failure):
            errno = failure.bsdError
            return false
        }
    }

    mutating func bsdListen(_ command: BSDListen, _ context: inout Context) -> Answer<Acknowledgement> {
        guard let index = index(command.socket, context) else { return .reply(Acknowledgement(false)) }
        let entry = self[index]
        guard entry.kind == .stream else { return failed(.wrongKind) }
        if entry.state == .listening { return .reply(Acknowledgement(true)) }
        guard entry.state == .idle, let port = entry.port, port != 0 else { return failed(.invalid) }
        switch context.streams.listen(port: port, backlog: Int(command.backlog)) {
        case .failure(let failure):
            context.log(.warning, "BSD server on port \(port) failed: \(failure)")
            return failed(failure.bsdError)
        case .success(let socket):
            update(index) {
                $0.socket = socket
                $0.state = .listening
            }
            return .reply(Acknowledgement(true))
        }
    }

    // MARK: Accept

    mutating func bsdAccept(_ command: BSDAccept, _ context: inout Context) -> Answer<BSDAccept.Reply> {
        let failed = BSDAccept.Reply(socket: .unavailable, address: .any, port: 0)
        guard let index = index(command.socket, context) else { return .reply(failed) }
        guard self[index].state == .listening else {
            errno = self[index].kind == .stream ? .invalid : .wrongKind
            return .reply(failed)
        }
        if let reply = accept(index, &context) { return .reply(reply) }
        guard wait(.accept, index, self[index].options.receiveTime, &context) else { return .reply(failed) }
        return .later
    }

    /// Accepts a connection; nil when none is waiting. A connection for which no number is free keeps waiting.
    mutating func accept(_ index: Int, _ context: inout Context) -> BSDAccept.Reply? {
        let failed = BSDAccept.Reply(socket: .unavailable, address: .any, port: 0)
        guard context.numbers.hasRoom else {
            errno = .noSocketLeft
            return failed
        }
        switch context.streams.accept(self[index].socket) {
        case .failure(let failure):
            errno = failure.bsdError
            return failed
        case .success(nil): return nil
        case .success(let (socket, remote)?):
            guard let client = open(.stream, &context) else {
                context.streams.abort(socket)
                return failed
            }
            update(client) {
                $0.socket = socket
                $0.remote = remote
                $0.state = .connected
            }
            return BSDAccept.Reply(socket: number(client, context), address: remote.address, port: remote.port)
        }
    }

    // MARK: Connect

    mutating func bsdConnect(
        _ command: BSDConnect, isOnline: Bool, _ context: inout Context
    ) -> Answer<Acknowledgement> {
        guard let index = index(command.socket, context) else { return .reply(Acknowledgement(false)) }
        let remote = Endpoint(address: command.address, port: command.port)
        switch self[index].state {
        case .connecting: return failed(.already)
        case .listening: return failed(.isConnected)
        case .connected where self[index].kind == .stream: return failed(.isConnected)
        case .idle, .connected, .broken: break
        }
        guard isOnline else { return failed(.unreachable) }
        if self[index].kind == .datagram {
            guard self[index].socket != .invalid || openDatagram(index, port: 0, context) else {
                return .reply(Acknowledgement(false))
            }
            update(index) {
                $0.remote = remote
                $0.state = .connected
            }
            return .reply(Acknowledgement(true))
        }
        switch context.streams.connect(to: remote) {
        case .failure(let failure):
            breakOff(index, failure.bsdError, context)
            return failed(takeFailure(index))
        case .success(let socket):
            update(index) {
                $0.socket = socket
                $0.remote = remote
                $0.state = .connecting
            }
            guard !self[index].isNonblocking else { return failed(.inProgress) }
            let isBlocking = context.has(.connectIgnoresTimeout)
            let time = isBlocking ? Context.blockingConnectTime : self[index].options.sendTime
            _ = wait(.connect, index, time, &context)
            return .later
        }
    }

    mutating func bsdGetpeername(_ command: BSDGetpeername, _ context: inout Context) -> Answer<BSDGetpeername.Reply> {
        guard let index = index(command.socket, context) else { return .reply(BSDGetpeername.Reply()) }
        guard self[index].state == .connected else {
            errno = .notConnected
            return .reply(BSDGetpeername.Reply())
        }
        let remote = self[index].remote
        return .reply(BSDGetpeername.Reply(result: 1, address: remote.address, port: remote.port))
    }
}
