import NINALink
import NINAWire

// Server commands: listening, and handing out clients.

extension Coprocessor {
    func startServer(_ command: StartServer) -> Answer<Acknowledgement> {
        guard let index = table.index(command.socket) else { return .refused("no such slot") }
        switch table.slots[index].use {
        case .server where has(.secondStartLosesServer):
            // The old socket is lost: it listens on, and nobody can ask it any more.
            table.release(index)
        case .server where table.slots[index].port == command.port && command.type == .tcp:
            return .reply(Acknowledgement(true))
        case .server: closeServer(index)
        case .free, .reserved: table.release(index)
        case .datagram where command.type == .udp: return reopenDatagram(index, port: command.port, group: nil)
        case .datagram where command.type == .udpMulticast:
            return reopenDatagram(index, port: command.port, group: command.address ?? .any)
        case .connecting, .client, .datagram: return .reply(Acknowledgement(false))
        }
        guard table.hasSocketLeft else { return .reply(Acknowledgement(false)) }
        switch command.type {
        case .tcp: break
        case .udp: return openDatagram(index, port: command.port, group: nil)
        case .udpMulticast: return openDatagram(index, port: command.port, group: command.address ?? .any)
        default: return .reply(Acknowledgement(false))
        }
        switch streams.listen(port: command.port, backlog: configuration.backlog ?? firmware.backlog) {
        case .failure(let failure):
            say(.info, "server on port \(command.port) failed: \(failure)")
            table.slots[index].orphan = nil
            if has(.startAlwaysSucceeds) { return .reply(Acknowledgement(true)) }
            return .reply(Acknowledgement(false))
        case .success(let socket):
            table.take(index, as: .server)
            give(socket, to: index)
            table.slots[index].port = command.port
            return .reply(Acknowledgement(true))
        }
    }

    func getStateTCP(_ command: GetStateTCP) -> Answer<Acknowledgement> {
        guard let index = table.index(command.socket) else { return .refused("no such slot") }
        return .reply(Acknowledgement(table.slots[index].use == .server || table.slots[index].orphan != nil))
    }

    func stopServer(_ command: StopServer) -> Answer<Acknowledgement> {
        guard let index = table.index(command.socket) else { return .refused("no such slot") }
        switch table.slots[index].use {
        case .server: closeServer(index)
        case .reserved: table.release(index)
        case .free, .connecting, .client, .datagram: break
        }
        return .reply(Acknowledgement(true))
    }

    /// Frees a server's slot but not its socket, which listens on.
    func orphanServer(_ index: Int) {
        let socket = table.slots[index].socket
        dropWaiting(ofServer: index)
        table.release(index)
        table.slots[index].orphan = socket
    }

    /// Closes a listener and the clients in its list; accepted clients stay open.
    func closeServer(_ server: Int) {
        dropWaiting(ofServer: server)
        for index in table.slots.indices where table.slots[index].server == server {
            if table.slots[index].origin == .available { closeClient(index) } else { table.slots[index].server = nil }
        }
        abort(table.slots[server].socket)
        table.release(server)
    }

    func dropWaiting(ofServer server: Int) {
        for client in table.slots[server].waiting { finish(client.socket, sending: client.held) }
        table.slots[server].waiting = []
    }

    func availData(_ command: AvailData) -> Answer<AvailData.Reply> {
        guard let index = table.index(command.socket) else { return .refused("no such slot") }
        switch table.slots[index].use {
        case .free, .reserved, .connecting: return .reply(AvailData.Reply())
        case .datagram: return .reply(AvailData.Reply(value: UInt16(clamping: datagramBytes(index))))
        case .client:
            let count = streams.readableBytes(table.slots[index].socket)
            table.slots[index].hasUnread = count > 0
            return .reply(AvailData.Reply(value: UInt16(clamping: count)))
        case .server:
            let isAccept = has(.acceptsInBothModes) || command.accept ?? 0 != 0 && !has(.availableOnly)
            let client = isAccept ? accept(ofServer: index) : available(ofServer: index)
            return .reply(AvailData.Reply(value: UInt16(client ?? 255)))
        }
    }

    /// Each client once: first those that `available` has taken but never returned, then from the queue.
    private func accept(ofServer server: Int) -> Int? {
        guard table.available(at: now) != nil else { return nil }
        // Firmware that has taken a client into its list for `available` accepts it no more.
        if has(.serverWriteSkipsAccepted) {
            let listed = table.slots[server].waiting
            table.slots[server].waiting = []
            takePending(ofServer: server, limit: 1)
            let isNew = !table.slots[server].waiting.isEmpty
            table.slots[server].waiting += listed
            return isNew ? handOut(waiting: 0, ofServer: server, as: .accepted) : nil
        }
        if table.slots[server].waiting.isEmpty { takePending(ofServer: server, limit: 1) }
        guard !table.slots[server].waiting.isEmpty else { return nil }
        return handOut(waiting: 0, ofServer: server, as: .accepted)
    }

    /// A client that has unread bytes, the same one until it is drained.
    private func available(ofServer server: Int) -> Int? {
        takePending(ofServer: server, limit: SocketTable.waitingLimit)
        refreshClients(ofServer: server)
        let canHandOut = table.available(at: now) != nil
        let next =
            has(.firstClientStarvesOthers)
            ? table.first(ofServer: server, canHandOut: canHandOut)
            : table.next(ofServer: server, canHandOut: canHandOut)
        let client: Int?
        switch next {
        case .slot(let index)?: client = index
        case .waiting(let index)?:
            client = handOut(waiting: index, ofServer: server, as: .available)
            // It may get the slot of the client whose turn it was: what that one read does not count.
            table.slots[server].turn = nil
        case nil: client = nil
        }
        if let client, client != table.slots[server].turn || table.slots[server].readInTurn >= SocketTable.turnLength {
            table.slots[server].turn = client
            table.slots[server].readInTurn = 0
        }
        return client
    }

    /// Takes connections from a listener's queue while slots are left for them.
    func takePending(ofServer server: Int, limit: Int) {
        let socket = table.slots[server].socket
        var count = 0
        while count < limit, hasRoomForPending, let (client, remote) = acceptNext(server) {
            let hasUnread = streams.readableBytes(client) > 0
            var waiting = WaitingClient(socket: client, remote: remote, hasUnread: hasUnread)
            waiting.arrival = table.nextArrival()
            table.slots[server].waiting.append(waiting)
            if let number = numbers.take(.waiting(client)) { fillStaleSlot(number, ofServer: server) }
            count += 1
        }
        // The edge has announced all that are queued: what is left is known only by asking.
        if count > 0, table.slots[server].hasPending {
            table.slots[server].hasPending = streams.hasPendingConnection(socket)
        }
    }

    /// Whether a connection may be taken from a queue. Firmware with that quirk takes it into its list without a slot.
    private var hasRoomForPending: Bool {
        has(.clientsWithoutSlotRaiseInterrupt)
            ? table.waitingCount < SocketTable.waitingLimit : table.hasRoom(at: now)
    }

    /// The next connection of a listener's queue. When the system has no resources for it the listener rests a while.
    func acceptNext(_ server: Int) -> (NetworkSocket, Endpoint)? {
        guard table.slots[server].stalledUntil == nil else { return nil }
        switch streams.accept(table.slots[server].socket) {
        case .success(let connection):
            if connection == nil { table.slots[server].hasPending = false }
            return connection
        case .failure(let failure):
            say(.error, "a client of port \(table.slots[server].port) cannot be accepted now: \(failure)")
            // It stays queued, and no new edge announces it.
            table.slots[server].hasPending = true
            table.slots[server].stalledUntil = now.advanced(by: Self.stallTime)
            return nil
        }
    }

    /// How long a listener rests when nothing can be accepted.
    static let stallTime = Duration.milliseconds(100)

    /// Looks at the clients of a server; those that are closed and drained leave its list.
    private func refreshClients(ofServer server: Int) {
        for index in table.slots.indices
        where table.slots[index].use == .client && table.slots[index].server == server {
            refreshUnread(index)
            if has(.closedClientsKeepNumbers) { closeEnded(index) }
        }
        var index = 0
        while index < table.slots[server].waiting.count {
            let socket = table.slots[server].waiting[index].socket
            table.slots[server].waiting[index].hasUnread = streams.readableBytes(socket) > 0
            if streams.isOpen(socket) {
                index += 1
            } else {
                finish(socket, sending: table.slots[server].waiting[index].held)
                table.slots[server].waiting.remove(at: index)
            }
        }
    }

    /// Closes a connection of `available` that has ended. Its slot goes on to name the number of its socket (a quirk).
    private func closeEnded(_ index: Int) {
        let socket = table.slots[index].socket
        guard socket != .invalid, table.slots[index].origin == .available, !streams.isOpen(socket) else { return }
        table.slots[index].staleNumber = numbers.index(of: socket)
        finish(socket, sending: table.slots[index].held)
        table.slots[index].held = []
        table.slots[index].socket = .invalid
    }

    /// Puts the client taken last into the slot that still names its number (a quirk).
    private func fillStaleSlot(_ number: Int, ofServer server: Int) {
        guard let index = table.slots.firstIndex(where: { $0.use == .client && $0.staleNumber == number }) else {
            return
        }
        let client = table.slots[server].waiting.removeLast()
        table.slots[index].staleNumber = nil
        put(client, into: index, ofServer: server)
    }

    /// Makes a client of a server's list the one of a slot.
    private func put(_ client: WaitingClient, into index: Int, ofServer server: Int) {
        give(client.socket, to: index)
        table.slots[index].remote = client.remote
        table.slots[index].server = server
        table.slots[index].hasUnread = client.hasUnread
        table.slots[index].held = client.held
    }

    private func handOut(waiting: Int, ofServer server: Int, as origin: Slot.Origin) -> Int? {
        guard let index = table.available(at: now) else { return nil }
        let client = table.slots[server].waiting.remove(at: waiting)
        table.take(index, as: .client)
        table.slots[index].origin = origin
        table.slots[index].arrival = client.arrival
        put(client, into: index, ofServer: server)
        sendHeld(index)
        return index
    }
}
