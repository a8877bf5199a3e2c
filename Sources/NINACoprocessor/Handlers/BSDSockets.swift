import NINALink
import NINAWire

// BSD sockets: making, closing, listening, connecting.

extension Coprocessor {
    /// How long a command waits when the socket has no time of its own: nothing waits for ever.
    static let bsdTime = Duration.seconds(30)

    /// The place of an open socket; nil and errno 9 for any other number.
    func bsdIndex(_ number: SocketNumber) -> Int? {
        let index = Int(number.rawValue) - numbers.base
        if bsd.isOpen(index) { return index }
        bsd.errno = .badNumber
        return nil
    }

    private func bsdNumber(_ index: Int) -> SocketNumber { SocketNumber(rawValue: UInt8(numbers.base + index)) }

    /// Notes why a command failed, and says 0.
    func bsdFailed(_ errno: BSDError) -> Answer<Acknowledgement> {
        bsd.errno = errno
        return .reply(Acknowledgement(false))
    }

    private func openBSD(_ kind: BSDEntry.Kind) -> Int? {
        guard let index = numbers.take(.bsd) else {
            bsd.errno = .noSocketLeft
            return nil
        }
        bsd.open(index, kind)
        table.lent = bsd.count
        return index
    }

    func bsdSocket(_ command: BSDSocket) -> Answer<BSDSocket.Reply> {
        guard let kind = BSDEntry.Kind(rawValue: command.type) else {
            bsd.errno = .invalid
            return .reply(BSDSocket.Reply(socket: .unavailable))
        }
        return .reply(BSDSocket.Reply(socket: openBSD(kind).map { bsdNumber($0) } ?? .unavailable))
    }

    func bsdClose(_ command: BSDClose) -> Answer<Acknowledgement> {
        guard let index = bsdIndex(command.socket) else { return .reply(Acknowledgement(false)) }
        dropBSDSocket(index)
        bsd.close(index)
        numbers.release(at: index)
        table.lent = bsd.count
        return .reply(Acknowledgement(true))
    }

    /// Ends what a socket has of the network; a connection in good order.
    private func dropBSDSocket(_ index: Int) {
        let entry = bsd[index]
        guard entry.socket != .invalid else { return }
        bsd[index].socket = .invalid
        if entry.kind == .stream, entry.state == .connected {
            streams.finish(entry.socket, sending: [])
        } else {
            streams.abort(entry.socket)
        }
    }

    /// A connection is gone: the next command that uses it tells why.
    func breakBSDSocket(_ index: Int, _ errno: BSDError) {
        dropBSDSocket(index)
        bsd[index].state = .broken
        bsd[index].isFull = false
        bsd[index].failure = errno
    }

    /// Why a connection is broken, told once; later it is only not connected.
    func takeBSDFailure(_ index: Int) -> BSDError {
        let failure = bsd[index].failure
        bsd[index].failure = .none
        return failure == .none ? .notConnected : failure
    }

    /// Without a network no connection stands; listeners and datagram sockets stay.
    func closeBSDConnections() {
        guard bsd.count > 0 else { return }
        for index in bsd.entries.indices where bsd.isOpen(index) && bsd[index].kind == .stream {
            switch bsd[index].state {
            case .connecting, .connected: breakBSDSocket(index, .aborted)
            case .idle, .listening, .broken: break
            }
        }
    }

    func bsdErrno() -> Answer<BSDErrno.Reply> {
        .reply(BSDErrno.Reply(errno: bsd.errno.number(firmware.errnoNumbering)))
    }

    func bsdBind(_ command: BSDBind) -> Answer<Acknowledgement> {
        guard let index = bsdIndex(command.socket) else { return .reply(Acknowledgement(false)) }
        let entry = bsd[index]
        guard entry.state == .idle, entry.port == nil, entry.socket == .invalid else {
            return bsdFailed(.invalid)
        }
        if entry.kind == .datagram {
            guard openBSDDatagram(index, port: command.port) else { return .reply(Acknowledgement(false)) }
        } else {
            // The network learns of the port when the socket listens.
            guard command.port == 0 || !isStreamPortTaken(command.port) else {
                return bsdFailed(.addressInUse)
            }
        }
        bsd[index].port = command.port
        return .reply(Acknowledgement(true))
    }

    private func isStreamPortTaken(_ port: UInt16) -> Bool {
        bsd.entries.contains { $0?.kind == .stream && $0?.port == port }
            || table.slots.contains { $0.use == .server && $0.port == port }
    }

    /// Gives a datagram socket its port, 0 for any; false and an errno when that fails.
    func openBSDDatagram(_ index: Int, port: UInt16) -> Bool {
        switch network.openDatagram(port: port, group: nil) {
        case .success(let socket):
            bsd[index].socket = socket
            return true
        case .failure(let failure):
            bsd.errno = failure.bsdError
            return false
        }
    }

    func bsdListen(_ command: BSDListen) -> Answer<Acknowledgement> {
        guard let index = bsdIndex(command.socket) else { return .reply(Acknowledgement(false)) }
        let entry = bsd[index]
        guard entry.kind == .stream else { return bsdFailed(.wrongKind) }
        if entry.state == .listening { return .reply(Acknowledgement(true)) }
        guard entry.state == .idle, let port = entry.port, port != 0 else { return bsdFailed(.invalid) }
        switch streams.listen(port: port, backlog: Int(command.backlog)) {
        case .failure(let failure):
            say(.warning, "BSD server on port \(port) failed: \(failure)")
            return bsdFailed(failure.bsdError)
        case .success(let socket):
            bsd[index].socket = socket
            bsd[index].state = .listening
            return .reply(Acknowledgement(true))
        }
    }

    // MARK: Accept

    func bsdAccept(_ command: BSDAccept) -> Answer<BSDAccept.Reply> {
        let failed = BSDAccept.Reply(socket: .unavailable, address: .any, port: 0)
        guard let index = bsdIndex(command.socket) else { return .reply(failed) }
        guard bsd[index].state == .listening else {
            bsd.errno = bsd[index].kind == .stream ? .invalid : .wrongKind
            return .reply(failed)
        }
        if let reply = acceptBSD(index) { return .reply(reply) }
        guard waitBSD(.accept, index, bsd[index].options.receiveTime) else { return .reply(failed) }
        return .later
    }

    /// Takes a connection; nil when none waits. One for which no number is left goes on waiting.
    func acceptBSD(_ index: Int) -> BSDAccept.Reply? {
        let failed = BSDAccept.Reply(socket: .unavailable, address: .any, port: 0)
        guard numbers.hasRoom else {
            bsd.errno = .noSocketLeft
            return failed
        }
        switch streams.accept(bsd[index].socket) {
        case .failure(let failure):
            bsd.errno = failure.bsdError
            return failed
        case .success(nil): return nil
        case .success(let (socket, remote)?):
            guard let client = openBSD(.stream) else {
                streams.abort(socket)
                return failed
            }
            bsd[client].socket = socket
            bsd[client].remote = remote
            bsd[client].state = .connected
            return BSDAccept.Reply(socket: bsdNumber(client), address: remote.address, port: remote.port)
        }
    }

    // MARK: Connect

    func bsdConnect(_ command: BSDConnect) -> Answer<Acknowledgement> {
        guard let index = bsdIndex(command.socket) else { return .reply(Acknowledgement(false)) }
        let remote = Endpoint(address: command.address, port: command.port)
        switch bsd[index].state {
        case .connecting: return bsdFailed(.already)
        case .listening: return bsdFailed(.isConnected)
        case .connected where bsd[index].kind == .stream: return bsdFailed(.isConnected)
        case .idle, .connected, .broken: break
        }
        guard isOnline else { return bsdFailed(.unreachable) }
        if bsd[index].kind == .datagram {
            guard bsd[index].socket != .invalid || openBSDDatagram(index, port: 0) else {
                return .reply(Acknowledgement(false))
            }
            bsd[index].remote = remote
            bsd[index].state = .connected
            return .reply(Acknowledgement(true))
        }
        switch streams.connect(to: remote) {
        case .failure(let failure):
            breakBSDSocket(index, failure.bsdError)
            return bsdFailed(takeBSDFailure(index))
        case .success(let socket):
            bsd[index].socket = socket
            bsd[index].remote = remote
            bsd[index].state = .connecting
            guard !bsd[index].isNonblocking else { return bsdFailed(.inProgress) }
            _ = waitBSD(.connect, index, bsd[index].options.sendTime)
            return .later
        }
    }

    func bsdGetpeername(_ command: BSDGetpeername) -> Answer<BSDGetpeername.Reply> {
        guard let index = bsdIndex(command.socket) else { return .reply(BSDGetpeername.Reply()) }
        guard bsd[index].state == .connected else {
            bsd.errno = .notConnected
            return .reply(BSDGetpeername.Reply())
        }
        let remote = bsd[index].remote
        return .reply(BSDGetpeername.Reply(result: 1, address: remote.address, port: remote.port))
    }
}
