import NINALink
import NINAWire

// Server commands: listening, and handing out clients.

extension Sockets {
    mutating func startServer(_ command: StartServer, _ context: inout Context) -> Answer<Acknowledgement> {
        guard let index = slots.index(command.socket) else { return .refused("no such slot") }
        let wasServer = slots[index].server != nil
        // Elsewhere an unknown type ends what was in the slot.
        if context.has(.stopLeavesServers), !command.type.isServed { return .reply(Acknowledgement(false)) }
        switch slots[index] {
        case .server where context.has(.secondStartChangesNothing) && command.type == .tcp:
            return .reply(Acknowledgement(true))
        case .server where context.has(.stopLeavesServers): slots.leaveServer(index)
        case .server(let server) where server.port == command.port && command.type == .tcp:
            return .reply(Acknowledgement(true))
        case .server: closeServer(index, &context)
        case .free, .reserved: slots[index] = .free
        case .client(let client) where client.isDisconnected: slots[index] = .free
        case .datagram where command.type == .udp:
            return reopenDatagram(index, port: command.port, group: nil, &context)
        case .datagram where command.type == .udpMulticast:
            return reopenDatagram(index, port: command.port, group: command.address ?? .any, &context)
        case .connecting, .client, .datagram: return .reply(Acknowledgement(false))
        }
        if command.type == .tcp, context.has(.stopLeavesServers) {
            return restart(index, wasServer: wasServer, port: command.port, &context)
        }
        guard hasSocketLeft(context) else { return .reply(Acknowledgement(false)) }
        switch command.type {
        case .tcp: return .reply(Acknowledgement(listen(index, port: command.port, &context)))
        case .udp: return openDatagram(index, port: command.port, group: nil, &context)
        case .udpMulticast:
            return openDatagram(index, port: command.port, group: command.address ?? .any, &context)
        default: return .reply(Acknowledgement(false))
        }
    }

    /// Starts a server on a free slot.
    private mutating func listen(_ index: Int, port: UInt16, _ context: inout Context) -> Bool {
        let backlog = context.configuration.backlog ?? context.firmware.backlog
        switch context.streams.listen(port: port, backlog: backlog) {
        case .failure(let failure):
            context.log(.info, "server on port \(port) failed: \(failure)")
            return false
        case .success(let socket):
            put(.server(Server(socket: socket, port: port)), into: index, &context)
            return true
        }
    }

    /// Starts the server of a slot in firmware whose servers are never stopped: the slot may have one that listens.
    private mutating func restart(
        _ index: Int, wasServer: Bool, port: UInt16, _ context: inout Context
    ) -> Answer<Acknowledgement> {
        let old = slots.takeLeftServer(index)
        if let old, context.has(.secondStartChangesNothing) {
            slots[index] = .server(old)
            return .reply(Acknowledgement(true))
        }
        // Otherwise the old socket is lost: it keeps its port and its number, and no command reaches it.
        if hasSocketLeft(context), listen(index, port: port, &context) {
            // The object keeps its clients where it is not replaced by a new one.
            if !context.has(.startAlwaysSucceeds), let old {
                slots.updateServer(index) {
                    $0.held = old.held
                    $0.waiting = old.waiting
                }
            }
            return .reply(Acknowledgement(true))
        }
        let isTaken = context.has(.startAlwaysSucceeds)
        if isTaken || wasServer { slots[index] = .client(.disconnected) }
        return .reply(Acknowledgement(isTaken))
    }

    func getStateTCP(_ command: GetStateTCP) -> Answer<Acknowledgement> {
        guard let index = slots.index(command.socket) else { return .refused("no such slot") }
        return .reply(Acknowledgement(slots.listener(index) != nil))
    }

    mutating func stopServer(_ command: StopServer, _ context: inout Context) -> Answer<Acknowledgement> {
        guard let index = slots.index(command.socket) else { return .refused("no such slot") }
        switch slots[index] {
        case .server: closeServer(index, &context)
        case .reserved: slots[index] = .free
        case .free, .connecting, .client, .datagram: break
        }
        return .reply(Acknowledgement(true))
    }

    /// Closes a listener and the clients in its list; accepted clients stay open.
    mutating func closeServer(_ server: Int, _ context: inout Context) {
        dropWaiting(ofServer: server, &context)
        for index in slots.indices {
            guard case .client(let client) = slots[index], client.server == server else { continue }
            if client.origin == .available {
                closeClient(index, &context)
            } else {
                slots.updateClient(index) { $0.server = nil }
            }
        }
        context.abort(slots[server].socket)
        slots[server] = .free
    }

    /// Closes the clients of a server that the host does not know yet.
    mutating func dropWaiting(ofServer index: Int, _ context: inout Context) {
        guard let server = slots.listener(index), server.held != nil || !server.waiting.isEmpty else { return }
        server.held?.finish(&context)
        for client in server.waiting { client.finish(&context) }
        slots.updateServer(index) {
            $0.held = nil
            $0.waiting = []
        }
    }

    // MARK: Handing out clients

    mutating func availData(_ command: AvailData, _ context: inout Context) -> Answer<AvailData.Reply> {
        guard let index = slots.index(command.socket) else { return .refused("no such slot") }
        if slots.server(index) != nil {
            let client = handOut(ofServer: index, accept: command.accept, &context)
            return .reply(AvailData.Reply(value: UInt16(client ?? 255)))
        }
        switch slots[index] {
        case .free, .reserved, .connecting, .server: return .reply(AvailData.Reply())
        case .datagram:
            return .reply(AvailData.Reply(value: UInt16(clamping: datagramBytes(index, &context))))
        case .client(let client):
            let count = context.streams.readableBytes(client.connection.socket)
            slots.updateClient(index) { $0.connection.hasUnread = count > 0 }
            return .reply(AvailData.Reply(value: UInt16(clamping: count)))
        }
    }

    /// The slot of a client that the host is to serve.
    private mutating func handOut(ofServer server: Int, accept flag: UInt8?, _ context: inout Context) -> Int? {
        let isAccept =
            switch context.dialect.acceptRule {
            case .never: false
            case .always: true
            case .flag, .paddingByte: flag ?? 0 != 0
            }
        return isAccept ? accept(ofServer: server, &context) : available(ofServer: server, &context)
    }

    /// Returns each client once: first those that `available` has taken but never returned, then from the queue.
    private mutating func accept(ofServer server: Int, _ context: inout Context) -> Int? {
        guard available(context) != nil else { return nil }
        // Firmware that has taken a client into its list for `available` no longer accepts it.
        if context.has(.serverWriteSkipsAccepted) {
            guard let client = takeNext(ofServer: server, &context) else { return nil }
            return handOut(client, ofServer: server, as: .accepted, &context)
        }
        if slots[server].server?.waiting.isEmpty == true { takePending(ofServer: server, limit: 1, &context) }
        guard slots[server].server?.waiting.isEmpty == false else { return nil }
        return handOut(waiting: 0, ofServer: server, as: .accepted, &context)
    }

    /// A client that has unread bytes, the same one until it is drained.
    private mutating func available(ofServer server: Int, _ context: inout Context) -> Int? {
        takePending(
            ofServer: server, limit: context.has(.availableTakesOneClient) ? 1 : SlotTable.waitingLimit, &context)
        refreshClients(ofServer: server, &context)
        let canHandOut = available(context) != nil
        let next =
            context.dialect.fairness == .firstCome
            ? slots.first(ofServer: server, canHandOut: canHandOut)
            : slots.next(ofServer: server, canHandOut: canHandOut)
        let client: Int?
        switch next {
        case .slot(let index)?: client = index
        case .waiting(let index)?:
            client = handOut(waiting: index, ofServer: server, as: .available, &context)
            // The new client may get the current client's slot: bytes read from the current one must not count for it.
            slots.updateServer(server) { $0.current = nil }
        case nil: client = nil
        }
        guard let client, let state = slots.server(server) else { return client }
        if client != state.current || state.bytesInQuantum >= SlotTable.quantum {
            slots.updateServer(server) {
                $0.current = client
                $0.bytesInQuantum = 0
            }
        }
        return client
    }

    /// Updates the clients of a server and removes closed, drained ones from its list.
    private mutating func refreshClients(ofServer server: Int, _ context: inout Context) {
        for index in slots.indices {
            guard case .client(let client) = slots[index], client.server == server else { continue }
            slots.updateClient(index) { $0.connection.refreshUnread(context.streams) }
            if context.has(.closedClientsKeepNumbers) { closeEnded(index, &context) }
        }
        var index = 0
        while let client = slots.server(server)?.waiting.dropFirst(index).first {
            slots.updateServer(server) { $0.waiting[index].refreshUnread(context.streams) }
            if context.has(.endsGoUnnoticed) || context.streams.isOpen(client.socket) {
                index += 1
            } else {
                client.finish(&context)
                slots.updateServer(server) { $0.waiting.remove(at: index) }
            }
        }
    }

    /// Closes a connection of `available` that has ended. Its slot keeps referring to the socket's number (a quirk).
    private mutating func closeEnded(_ index: Int, _ context: inout Context) {
        guard !context.has(.endsGoUnnoticed), case .client(let client) = slots[index], client.origin == .available,
            client.connection.socket != .invalid, !context.streams.isOpen(client.connection.socket)
        else { return }
        let number = context.numbers.index(of: client.connection.socket)
        client.connection.finish(&context)
        slots.updateClient(index) {
            $0.staleNumber = number
            $0.connection.unsentFrame = []
            $0.connection.socket = .invalid
        }
    }

    /// Gives a waiting client a slot.
    private mutating func handOut(
        waiting: Int, ofServer server: Int, as origin: Client.Origin, _ context: inout Context
    ) -> Int? {
        guard available(context) != nil,
            let connection = slots.updateServer(server, { $0.waiting.remove(at: waiting) })
        else { return nil }
        return handOut(connection, ofServer: server, as: origin, &context)
    }

    private mutating func handOut(
        _ connection: Connection, ofServer server: Int, as origin: Client.Origin, _ context: inout Context
    ) -> Int? {
        guard let index = available(context) else { return nil }
        put(.client(Client(connection: connection, origin: origin, server: server)), into: index, &context)
        _ = slots.updateClient(index) { $0.connection.flush(context.streams) }
        return index
    }
}

extension SocketType {
    /// START_SERVER knows it.
    fileprivate var isServed: Bool { self == .tcp || self == .udp || self == .udpMulticast }
}
