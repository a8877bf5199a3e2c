import NINALink
import NINAWire

// The queues of listeners: connections that the network has established and no command has taken yet.

extension Sockets {
    /// The pause of a listener after accepting failed for lack of resources.
    private static let stallTime = Duration.milliseconds(100)

    /// Whether a client waits for a slot.
    var hasClientWithoutSlot: Bool {
        slots.indices.contains {
            guard case .server(let server) = slots[$0] else { return false }
            return server.hasPending || !server.waiting.isEmpty
        }
    }

    /// The next time at which a waiting client may get a slot without a command: a reservation ends, or a paused
    /// listener retries.
    func nextRetry(after now: MonotonicInstant) -> MonotonicInstant? {
        var next = slots.nextExpiry(after: now)
        for index in slots.indices {
            guard case .server(let server) = slots[index], let end = server.stalledUntil else { continue }
            next = min(next ?? end, end)
        }
        return next
    }

    /// A connection was queued on a listener.
    mutating func connectionPending(_ socket: NetworkSocket, _ context: inout Context) {
        guard let index = slots.index(of: socket),
            let hadPending = slots.updateServer(index, { $0.markPending() })
        else { return }
        // Firmware that accepts clients by itself raises IRQ only for bytes.
        if context.dialect.interruptRule == .clientWithBytes {
            takePending(ofServer: index, limit: SlotTable.waitingLimit, &context)
        }
        serveListeners(&context)
        // Logged only for the first waiting client.
        if !hadPending, let server = slots[index].server, server.hasPending, !hasRoom(context) {
            let used = slots.indices.count { !slots[$0].isFree }
            context.log(
                .info,
                "no slot for a client of port \(server.port): it waits (\(used) of \(slots.count) in use)")
        }
    }

    /// Takes connections from a listener's queue while slots are available for them.
    mutating func takePending(ofServer server: Int, limit: Int, _ context: inout Context) {
        for _ in 0..<limit {
            // The edge stays recorded in `hasPending`.
            guard hasRoomForPending(context) else { return }
            guard let (socket, remote) = acceptNext(server, &context) else { return }
            var connection = Connection(socket: socket, remote: remote, arrival: slots.nextArrival())
            connection.refreshUnread(context.streams)
            let number = context.numbers.take(.waiting(socket))
            if let number, let index = staleSlot(number) {
                fill(index, with: connection, ofServer: server, &context)
            } else {
                slots.updateServer(server) { $0.waiting.append(connection) }
            }
        }
        // The limit ended the loop, and IRQ depends on whether another connection is queued.
        guard slots[server].server?.hasPending == true else { return }
        let hasPending = context.streams.hasPendingConnection(slots[server].socket)
        slots.updateServer(server) { $0.hasPending = hasPending }
    }

    /// Whether a connection may be taken from a queue. Firmware with the quirk takes it into its list without a slot.
    private func hasRoomForPending(_ context: Context) -> Bool {
        context.dialect.interruptRule == .anyClient
            ? slots.waitingCount < SlotTable.waitingLimit : hasRoom(context)
    }

    /// Takes the next connection of a listener's queue. Always checks the queue: a command may arrive before the event
    /// of an older connection. If the system lacks resources, the listener pauses.
    private mutating func acceptNext(_ index: Int, _ context: inout Context) -> (NetworkSocket, Endpoint)? {
        guard case .server(let server) = slots[index], server.stalledUntil == nil else { return nil }
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
            // The slot keeps its position in the order of arrival.
            let arrival = client.connection.arrival
            client.connection = connection
            client.connection.arrival = arrival
        }
    }

    // MARK: Clients without a slot

    /// Called after any change in which clients can be handed out: retries a paused listener, and applies the overflow
    /// policy to clients without a slot.
    mutating func serveListeners(_ context: inout Context) {
        for index in slots.indices {
            if case .server = slots[index] { serveListener(index, &context) }
        }
    }

    private mutating func serveListener(_ index: Int, _ context: inout Context) {
        if let end = slots[index].server?.stalledUntil {
            guard end <= context.now else { return }
            slots.updateServer(index) { $0.stalledUntil = nil }
        }
        guard context.configuration.overflow != .queue else { return }
        let hasRoom = hasRoom(context)
        if !hasRoom, context.configuration.overflow == .reset { resetPending(index, &context) }
        let drops = !hasRoom && context.configuration.overflow == .drop
        guard case .server(let server) = slots[index], drops != server.dropsRequests else { return }
        slots.updateServer(index) { $0.dropsRequests = drops }
        context.streams.setDropsRequests(server.socket, drops)
        if drops { context.log(.info, "no slot is free: requests to port \(server.port) get no answer") }
    }

    private mutating func resetPending(_ index: Int, _ context: inout Context) {
        while slots[index].server?.hasPending == true, let (client, remote) = acceptNext(index, &context) {
            let port = slots[index].server?.port ?? 0
            context.log(.info, "no slot for a client of port \(port): port \(remote.port) is reset")
            context.streams.abort(client)
        }
    }
}
