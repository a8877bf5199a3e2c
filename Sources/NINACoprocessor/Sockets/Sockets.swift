import NINALink
import NINAWire

/// The sockets of WiFiNINA: slots with servers, clients and UDP sockets.
struct Sockets {
    var slots: SlotTable
    /// The datagrams that earlier sockets of the slots have not read completely (a quirk).
    var unreadDatagrams: [Datagram.Incoming?]
    /// Servers that do not listen any more, because a second start of their slots failed: their clients come back with the
    /// next start (a quirk), by slot.
    var failedServers: [Server?]
    /// Connections of servers that were replaced, which no command reaches any more (a quirk): they keep their numbers until
    /// the network or the device goes.
    var lostConnections: [Connection] = []
    var certificates = Certificates()
    var blockedSend = BlockedSend()
    /// The UDP slot whose datagram the current command has read completely.
    var drainedDatagram: Int?

    init(_ context: Context) {
        slots = SlotTable(count: context.configuration.slotCount)
        unreadDatagrams = Array(repeating: nil, count: slots.count)
        failedServers = Array(repeating: nil, count: slots.count)
    }

    /// Frees the slot of a UDP socket.
    mutating func releaseDatagram(_ index: Int, _ context: Context) {
        if context.has(.datagramsOutliveSockets), case .datagram(let datagram) = slots[index] {
            unreadDatagrams[index] = Datagram.Incoming(bytes: datagram.incoming.bytes, head: datagram.incoming.head)
        }
        slots[index] = .free
    }

    /// A slot for another socket. In firmware slots and lwip's sockets are two tables: a client that the server has accepted
    /// has its number already.
    func available(_ context: Context) -> Int? {
        let bsdSockets = context.has(.fullPoolClosesClients) ? 0 : context.numbers.bsdSocketCount
        return slots.available(at: context.now, bsdSockets: bsdSockets)
    }

    /// Whether another client can be taken from a server's queue and handed out.
    func hasRoom(_ context: Context) -> Bool {
        context.has(.fullPoolClosesClients)
            ? available(context) != nil && context.numbers.hasRoom
            : slots.hasRoom(at: context.now, bsdSockets: context.numbers.bsdSocketCount)
    }

    func hasSocketLeft(_ context: Context) -> Bool {
        context.has(.fullPoolClosesClients)
            ? context.numbers.hasRoom : slots.hasSocketLeft(bsdSockets: context.numbers.bsdSocketCount)
    }

    /// Whether a server listens on a port.
    func listens(on port: UInt16) -> Bool { slots.indices.contains { slots[$0].server?.port == port } }

    // MARK: IRQ

    /// IRQ, derived from the state of the slots: unread bytes, or a client that can be handed out.
    mutating func interrupt(_ rule: InterruptRule, at now: MonotonicInstant, bsdSockets: Int) -> Bool {
        if slots.tally.unread > 0 { return true }
        guard slots.tally.clientsWithoutSlot > 0 else { return false }
        func canHandOut(_ server: Server) -> Bool {
            let hasNext =
                rule == .anyClient
                ? server.held != nil
                : server.hasPending && server.stalledUntil == nil && slots.hasRoom(at: now, bsdSockets: bsdSockets)
            return hasNext || server.waiting.contains { $0.hasUnread }
        }
        return slots.indices.contains { slots.server($0).map(canHandOut) ?? false }
            && (rule == .anyClient || slots.available(at: now, bsdSockets: bsdSockets) != nil)
    }

    // MARK: Events

    func waitingClient(_ socket: NetworkSocket) -> (server: Int, index: Int)? {
        for index in slots.indices {
            guard let server = slots.listener(index) else { continue }
            if let client = server.waiting.firstIndex(where: { $0.socket == socket }) { return (index, client) }
        }
        return nil
    }

    mutating func bytesArrived(_ socket: NetworkSocket, _ context: inout Context) {
        if let index = slots.index(of: socket) {
            if case .datagram = slots[index] {
                fetchDatagram(index, &context)
            } else {
                slots.updateClient(index) { $0.connection.refreshUnread(context.streams) }
                // The connection may have failed.
                if context.dialect.sendRule != .wholeFrames { sendBlocked(index, &context) }
            }
        } else if let (server, index) = waitingClient(socket) {
            slots.updateServer(server) { $0.waiting[index].refreshUnread(context.streams) }
        }
    }

    mutating func becameWritable(_ socket: NetworkSocket, _ context: inout Context) {
        if let index = slots.index(of: socket) {
            guard slots.updateClient(index, { $0.connection.flush(context.streams) }) == true else { return }
            sendBlocked(index, &context)
        } else if let (server, index) = waitingClient(socket) {
            _ = slots.updateServer(server) { $0.waiting[index].flush(context.streams) }
        }
    }

    /// Without a network, connections end; listeners stay.
    mutating func closeConnections(_ context: inout Context) {
        for index in slots.indices { closeClient(index, &context) }
        for index in slots.indices {
            dropWaiting(ofServer: index, &context)
            Self.dropWaiting(of: &failedServers[index], &context)
        }
        for connection in lostConnections { connection.finish(&context) }
        lostConnections = []
    }

    /// Called after a command: updates waiting clients and datagrams that it may affect.
    mutating func endOfCommand(_ context: inout Context) {
        serveListeners(&context)
        fetchDatagrams(&context)
    }
}
