import NINALink
import NINAWire

/// The sockets of WiFiNINA: slots with servers, clients and UDP sockets.
struct Sockets {
    /// Leftovers of an earlier use of a slot (quirks).
    struct Remains {
        /// The listener of a server that lost its slot but keeps listening.
        var listener: NetworkSocket?
        /// The datagram that was not read completely.
        var datagram: Datagram.Incoming?
    }

    var slots: SlotTable
    var remains: [Remains]
    var certificates = Certificates()
    /// Bytes of a SEND_DATA that waits for room.
    var blockedSend: [UInt8] = []
    /// The UDP slot whose datagram the current command has read completely.
    var drainedDatagram: Int?

    init(_ context: Context) {
        slots = SlotTable(count: context.configuration.slotCount)
        remains = Array(repeating: Remains(), count: slots.count)
    }

    /// Frees the slot of a UDP socket.
    mutating func releaseDatagram(_ index: Int, _ context: Context) {
        if context.has(.datagramsOutliveSockets), case .datagram(let datagram) = slots[index] {
            remains[index].datagram = Datagram.Incoming(bytes: datagram.incoming.bytes, head: datagram.incoming.head)
        }
        slots[index] = .free
    }

    func available(_ context: Context) -> Int? {
        slots.available(at: context.now, bsdSockets: context.numbers.bsdSocketCount)
    }

    func hasRoom(_ context: Context) -> Bool {
        slots.hasRoom(at: context.now, bsdSockets: context.numbers.bsdSocketCount)
    }

    func hasSocketLeft(_ context: Context) -> Bool {
        slots.hasSocketLeft(bsdSockets: context.numbers.bsdSocketCount)
    }

    /// Whether a server listens on a port.
    func listens(on port: UInt16) -> Bool {
        slots.indices.contains { if case .server(let server) = slots[$0] { server.port == port } else { false } }
    }

    // MARK: IRQ

    /// IRQ, derived from the state of the slots: unread bytes, or a client that can be handed out.
    func interrupt(_ rule: InterruptRule, at now: MonotonicInstant, bsdSockets: Int) -> Bool {
        func canHandOut(_ server: Server) -> Bool {
            server.hasPending && server.stalledUntil == nil
                && (rule == .anyClient || slots.hasRoom(at: now, bsdSockets: bsdSockets))
                || server.waiting.contains { $0.hasUnread }
        }
        var hasWaiting = false
        for index in slots.indices {
            switch slots[index] {
            case .client(let client): if client.connection.hasUnread { return true }
            case .datagram(let datagram): if datagram.hasUnread { return true }
            case .server(let server): hasWaiting = hasWaiting || canHandOut(server)
            case .free, .reserved, .connecting: break
            }
        }
        return hasWaiting && (rule == .anyClient || slots.available(at: now, bsdSockets: bsdSockets) != nil)
    }

    // MARK: Events

    func waitingClient(_ socket: NetworkSocket) -> (server: Int, index: Int)? {
        for index in slots.indices {
            guard case .server(let server) = slots[index] else { continue }
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
            }
        } else if let (server, index) = waitingClient(socket) {
            slots.updateServer(server) { $0.waiting[index].refreshUnread(context.streams) }
        }
    }

    mutating func becameWritable(_ socket: NetworkSocket, _ context: inout Context) {
        if let index = slots.index(of: socket) {
            guard slots.updateClient(index, { $0.connection.flush(context.streams) }) == true else { return }
            if case .send(index)? = context.pending?.wait { sendBlocked(index, &context) }
        } else if let (server, index) = waitingClient(socket) {
            _ = slots.updateServer(server) { $0.waiting[index].flush(context.streams) }
        }
    }

    /// Without a network, connections end; listeners stay.
    mutating func closeConnections(_ context: inout Context) {
        for index in slots.indices { closeClient(index, &context) }
        for index in slots.indices { dropWaiting(ofServer: index, &context) }
    }

    /// Called after a command: updates waiting clients and datagrams that it may affect.
    mutating func endOfCommand(_ context: inout Context) {
        serveListeners(&context)
        fetchDatagrams(&context)
    }
}
