import NINALink
import NINAWire

// Server commands: stopping, and handing out clients.

extension Sockets {
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

    /// Closes a listener and the clients in its list; accepted clients stay open, as clients of no server.
    mutating func closeServer(_ server: Int, _ context: inout Context) {
        dropWaiting(ofServer: server, &context)
        for index in slots.indices {
            guard case .client(let client) = slots[index], client.server == server, client.origin == .available else {
                continue
            }
            closeClient(index, &context)
        }
        releaseClients(ofServer: server)
        context.abort(slots[server].socket)
        slots[server] = .free
        context.events?(.stoppedListening(slot: server))
    }

    /// A server has ended: none of its clients may count as one of the next server on its slot.
    mutating func releaseClients(ofServer server: Int) {
        for index in slots.indices where slots[index].client?.server == server {
            slots.updateClient(index) { $0.server = nil }
        }
    }

    /// Closes the clients of a server that the host does not know yet.
    mutating func dropWaiting(ofServer index: Int, _ context: inout Context) {
        guard let server = slots.listener(index), server.held != nil || !server.waiting.isEmpty else { return }
        var former: Server? = server
        Self.dropWaiting(of: &former, &context)
        slots.updateServer(index) {
            $0.held = nil
            $0.waiting = []
        }
    }

    /// The same for a server without a slot.
    static func dropWaiting(of server: inout Server?, _ context: inout Context) {
        server?.held?.finish(&context)
        for client in server?.waiting ?? [] { client.finish(&context) }
        server?.held = nil
        server?.waiting = []
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
        context.events?(.clientCame(slot: index, peer: connection.remote))
        _ = slots.updateClient(index) { $0.connection.flush(context.streams) }
        return index
    }
}
