import NINALink
import NINAWire

// The queues of listeners: connections that the network has established and no command has taken yet.

extension Sockets {
    /// The pause of a listener after accepting failed for lack of resources.
    private static let stallTime = Duration.milliseconds(100)

    /// Whether time alone may change what listeners do: a client waits for a slot, or requests are dropped until a
    /// reservation expires.
    mutating func needTime(_ context: Context) -> Bool {
        hasClientToRetry || (context.configuration.overflow == .drop && slots.tally.listeners > 0)
    }

    /// Whether a client waits for a slot. One that is held by the firmware needs none.
    private var hasClientToRetry: Bool {
        mutating get {
            guard slots.tally.clientsWithoutSlot > 0 else { return false }
            return slots.indices.contains {
                guard let server = slots.server($0) else { return false }
                return server.hasPending || !server.waiting.isEmpty
            }
        }
    }

    /// The next time at which a waiting client may get a slot without a command: a reservation ends, or a paused
    /// listener retries.
    func nextRetry(after now: MonotonicInstant) -> MonotonicInstant? {
        var next = slots.nextExpiry(after: now)
        for index in slots.indices {
            guard let end = slots.server(index)?.stalledUntil else { continue }
            next = min(next ?? end, end)
        }
        return next
    }

    /// A connection was queued on a listener.
    mutating func connectionPending(_ socket: NetworkSocket, _ context: inout Context) {
        guard let index = slots.index(ofListener: socket),
            let hadPending = slots.updateServer(index, { $0.markPending() })
        else { return }
        serveListeners(&context)
        // Logged only for the first waiting client.
        let isWithoutSlot = context.has(.fullPoolClosesClients) ? available(context) == nil : !hasRoom(context)
        if !hadPending, isWithoutSlot, let server = slots.server(index), server.hasPending {
            let used = slots.indices.count { !slots[$0].isFree }
            context.log(
                .info,
                "no slot for a client of port \(server.port): it waits (\(used) of \(slots.count) in use)")
        }
    }

    /// Takes connections from a listener's queue while slots are available for them.
    mutating func takePending(ofServer server: Int, limit: Int, _ context: inout Context) {
        for _ in 0..<limit {
            // Firmware takes it into its list without a slot. Otherwise the edge stays recorded in `hasPending`.
            guard context.has(.fullPoolClosesClients) || hasRoom(context) else { return }
            guard var connection = takeNext(ofServer: server, &context) else { return }
            connection.refreshUnread(context.streams)
            if context.dialect.fairness == .firstCome { connection.place = slots.freePlace(ofServer: server) }
            if let number = context.numbers.index(of: connection.socket), let index = staleSlot(number) {
                fill(index, with: connection, ofServer: server, &context)
            } else {
                slots.updateServer(server) { $0.waiting.append(connection) }
            }
        }
        // The limit ended the loop, and IRQ depends on whether another connection is queued.
        guard let state = slots.server(server), state.hasPending else { return }
        let hasPending = context.streams.hasPendingConnection(state.socket)
        slots.updateServer(server) { $0.hasPending = hasPending }
    }

    /// Takes the connection that the firmware holds, otherwise the next one of the queue, and one of lwip's numbers for it.
    mutating func takeNext(ofServer server: Int, _ context: inout Context) -> Connection? {
        if var held = slots.updateServer(server, { $0.held.take() }) ?? nil {
            // Its events were not processed while it was held: IRQ depends on what it has sent.
            held.refreshUnread(context.streams)
            return held
        }
        // Bounded, because others may connect as fast as they are turned away.
        for _ in 0..<SlotTable.waitingLimit {
            guard let (socket, remote) = acceptNext(server, &context) else { return nil }
            if !context.has(.fullPoolClosesClients) || context.numbers.hasRoom {
                _ = context.numbers.take(.waiting(socket))
                return Connection(socket: socket, remote: remote)
            }
            context.log(
                .info, "no socket of lwip is free: the client at port \(remote.port) is accepted and closed at once")
            context.streams.finish(socket, sending: [])
        }
        return nil
    }

    /// Takes the next connection of a listener's queue. Always checks the queue: a command may arrive before the event
    /// of an older connection. If the system lacks resources, the listener pauses.
    private mutating func acceptNext(_ index: Int, _ context: inout Context) -> (NetworkSocket, Endpoint)? {
        guard let server = slots.server(index), server.stalledUntil == nil else { return nil }
        switch context.streams.accept(server.socket) {
        case .success(let connection?): return connection
        case .success(nil): slots.updateServer(index) { $0.hasPending = false }
        case .failure(let failure):
            context.log(.error, "a client of port \(server.port) cannot be accepted now: \(failure)")
            slots.updateServer(index) {
                $0.stalledUntil = context.now.advanced(by: Self.stallTime)
                // No further event announces the connection.
                $0.hasPending = true
            }
        }
        return nil
    }

    /// The slot that still refers to this number (a quirk).
    private func staleSlot(_ number: Int) -> Int? {
        slots.indices.first {
            if case .client(let client) = slots[$0] { client.staleNumber == number } else { false }
        }
    }

    /// Assigns a new connection to a slot that refers to its number (a quirk).
    private mutating func fill(
        _ index: Int, with connection: Connection, ofServer server: Int, _ context: inout Context
    ) {
        context.numbers.take(forSlot: connection.socket)
        slots.updateClient(index) { client in
            client.staleNumber = nil
            client.server = server
            client.connection = connection
        }
    }

    // MARK: Clients without a slot

    /// Called after any change in which clients can be handed out: retries a paused listener, and applies the overflow
    /// policy to clients without a slot.
    mutating func serveListeners(_ context: inout Context) {
        // A policy that drops requests also acts on listeners whose queues are empty.
        let count =
            context.configuration.overflow == .drop ? slots.tally.listeners : slots.tally.clientsWithoutSlot
        guard count > 0 else { return }
        for index in slots.indices {
            if slots.server(index) != nil { serveListener(index, &context) }
        }
    }

    private mutating func serveListener(_ index: Int, _ context: inout Context) {
        if let end = slots.server(index)?.stalledUntil {
            guard end <= context.now else { return }
            slots.updateServer(index) { $0.stalledUntil = nil }
        }
        applyOverflow(index, &context)
        guard slots.server(index)?.hasPending == true else { return }
        switch context.dialect.interruptRule {
        case .clientWithSlot: break
        case .anyClient:
            guard slots.server(index)?.held == nil else { return }
            let next = takeNext(ofServer: index, &context)
            slots.updateServer(index) { $0.held = next }
        case .clientWithBytes: takePending(ofServer: index, limit: SlotTable.waitingLimit, &context)
        }
    }

    private mutating func applyOverflow(_ index: Int, _ context: inout Context) {
        guard context.configuration.overflow != .queue else { return }
        let hasRoom = hasRoom(context)
        if !hasRoom, context.configuration.overflow == .reset { resetPending(index, &context) }
        let drops = !hasRoom && context.configuration.overflow == .drop
        guard let server = slots.server(index), drops != server.dropsRequests else { return }
        slots.updateServer(index) { $0.dropsRequests = drops }
        context.streams.setDropsRequests(server.socket, drops)
        if drops { context.log(.info, "no slot is free: requests to port \(server.port) get no answer") }
    }

    private mutating func resetPending(_ index: Int, _ context: inout Context) {
        while slots.server(index)?.hasPending == true, let (client, remote) = acceptNext(index, &context) {
            let port = slots.server(index)?.port ?? 0
            context.log(.info, "no slot for a client of port \(port): port \(remote.port) is reset")
            context.streams.abort(client)
        }
    }
}
