import NINALink
import NINAWire

// UDP.

extension Sockets {
    /// Time-out for resolving a destination: shorter than any driver's time-out for READY.
    private static let lookupTime = Duration.seconds(5)

    mutating func openDatagram(
        _ index: Int, port: UInt16, group: IPv4Address?, _ context: inout Context
    ) -> Answer<Acknowledgement> {
        .reply(Acknowledgement(open(index, port: port, group: group, &context)))
    }

    private mutating func open(_ index: Int, port: UInt16, group: IPv4Address?, _ context: inout Context) -> Bool {
        guard hasSocketLeft(context) else { return false }
        switch context.network.openDatagram(port: port, group: group) {
        case .failure(let failure):
            context.log(.info, "UDP port \(port) failed: \(failure)")
            slots[index] = .free
            return false
        case .success(let socket):
            var datagram = Datagram(socket: socket, port: port, group: group)
            datagram.incoming = unreadDatagrams[index].take() ?? Datagram.Incoming()
            put(.datagram(datagram), into: index, &context)
            return true
        }
    }

    /// Reopens a slot's socket on another port and keeps its destination. On the same port it is kept: drivers start it
    /// again for each datagram they send, and datagrams received meanwhile must not be lost.
    mutating func reopenDatagram(
        _ index: Int, port: UInt16, group: IPv4Address?, _ context: inout Context
    ) -> Answer<Acknowledgement> {
        guard let old = slots[index].datagram else { return .reply(Acknowledgement(false)) }
        if old.socket == .invalid || context.has(.secondStartLosesDatagrams) {
            return replaceSocket(index, port: port, group: group, &context)
        }
        if old.port == port, old.group == group { return .reply(Acknowledgement(true)) }
        closeDatagram(index, &context)
        guard open(index, port: port, group: group, &context) else { return .reply(Acknowledgement(false)) }
        slots.updateDatagram(index) {
            $0.destination = old.destination
            $0.outgoing = old.outgoing
            $0.lacksPiece = old.lacksPiece
            $0.remote = old.destination
        }
        return .reply(Acknowledgement(true))
    }

    /// Opens another socket for a slot, which keeps everything else. The old one is not closed (a quirk): it keeps its port and
    /// its number.
    private mutating func replaceSocket(
        _ index: Int, port: UInt16, group: IPv4Address?, _ context: inout Context
    ) -> Answer<Acknowledgement> {
        let socket = hasSocketLeft(context) ? try? context.network.openDatagram(port: port, group: group).get() : nil
        if let socket { context.numbers.take(forSlot: socket) }
        slots.updateDatagram(index) {
            $0.socket = socket ?? .invalid
            $0.port = port
            $0.group = group
        }
        return .reply(Acknowledgement(socket != nil))
    }

    mutating func closeDatagram(_ index: Int, _ context: inout Context) {
        let socket = slots[index].socket
        context.numbers.release(socket)
        context.network.closeDatagram(socket)
        releaseDatagram(index, context)
    }

    /// START_CLIENT for UDP: sets the destination of the next datagram. A slot without a socket gets one on any port, except
    /// in firmware with the quirk.
    mutating func startDatagramClient(
        _ command: StartClient, _ index: Int, isOnline: Bool, _ context: inout Context
    ) -> Answer<StartClient.Reply> {
        let failed = Answer.reply(StartClient.Reply(isConnected: false))
        let host = command.host.asCString
        let needsLookup = !host.isEmpty && IPv4Address(dottedDecimal: host) == nil
        guard isOnline || !needsLookup else { return failed }
        if slots[index].isFree {
            if context.has(.datagramClientsHaveNoSocket) {
                var datagram = Datagram(socket: .invalid, port: 0, group: nil)
                datagram.incoming = unreadDatagrams[index].take() ?? Datagram.Incoming()
                slots[index] = .datagram(datagram)
            } else {
                guard open(index, port: 0, group: nil, &context) else { return failed }
            }
            slots.updateDatagram(index) { $0.awaitsName = needsLookup }
        }
        guard !needsLookup else {
            let token = context.resolve(host)
            return context.wait(
                .clientLookup(token: token, slot: index, port: command.port), for: Self.lookupTime)
        }
        let address = IPv4Address(dottedDecimal: host) ?? command.address
        slots.updateDatagram(index) { $0.setDestination(Endpoint(address: address, port: command.port)) }
        return .reply(StartClient.Reply(isConnected: true))
    }

    /// The look-up of a destination has failed: closes a socket that was opened for it.
    mutating func destinationNotFound(_ index: Int, _ context: inout Context) {
        if slots[index].datagram?.awaitsName == true { closeDatagram(index, &context) }
    }

    // MARK: Sending

    mutating func insertDatabuf(
        _ command: InsertDatabuf, isOnline: Bool, _ context: inout Context
    ) -> Answer<Acknowledgement> {
        guard let index = slots.index(command.socket) else { return .refused("no such slot") }
        guard !command.data.isEmpty || !context.has(.emptyPiecesAreRefused) else {
            return .reply(Acknowledgement(false))
        }
        let isTaken = slots.updateDatagram(index) {
            context.has(.datagramsAreSplit)
                ? $0.appendSplitting(command.data, isOnline: isOnline, &context) : $0.append(command.data)
        }
        return .reply(Acknowledgement(isTaken ?? false))
    }

    mutating func sendUDP(
        _ command: SendUDP, isOnline: Bool, _ context: inout Context
    ) -> Answer<Acknowledgement> {
        guard let index = slots.index(command.socket) else { return .refused("no such slot") }
        guard isOnline, let isSent = slots.updateDatagram(index, { $0.send(&context) }) else {
            return .reply(Acknowledgement(false))
        }
        return .reply(Acknowledgement(isSent))
    }

    // MARK: Receiving

    /// The number of unread bytes of the current datagram, otherwise of the next one.
    mutating func datagramBytes(_ index: Int, _ context: inout Context) -> Int {
        fetchDatagram(index, &context)
        slots.updateDatagram(index) { $0.noteSender() }
        guard case .datagram(let datagram) = slots[index] else { return 0 }
        return datagram.incoming.bytes.count - datagram.incoming.head
    }

    /// Takes the next datagram, unless a client waiting at a server prevents this firmware from doing so (a quirk).
    mutating func fetchDatagram(_ index: Int, _ context: inout Context) {
        guard !clientsStarveDatagrams(context) else { return }
        slots.updateDatagram(index) { $0.fetch(&context) }
    }

    private func clientsStarveDatagrams(_ context: Context) -> Bool {
        context.has(.waitingClientsStarveDatagrams)
            && slots.indices.contains { slots.server($0)?.held != nil }
    }

    /// Reads from the current datagram into the scratch buffer.
    mutating func readDatagram(_ index: Int, limit: Int, peek: Bool, _ context: inout Context) -> Int {
        guard let count = slots.updateDatagram(index, { $0.read(limit: limit, peek: peek, into: &context.scratch) })
        else {
            return 0
        }
        // The next datagram is fetched after the reply is encoded, because the scratch buffer is in use until then.
        if !peek, slots[index].datagram?.hasUnread == false { drainedDatagram = index }
        return count
    }

    /// Fetches the next datagram of a slot whose current one was read completely, so that IRQ reports it.
    mutating func fetchDatagrams(_ context: inout Context) {
        if slots.tally.datagrams > 0, context.has(.waitingClientsStarveDatagrams) {
            // The client that blocked them may be gone.
            for index in slots.indices where slots.tally[index].contains(.datagram) { fetchDatagram(index, &context) }
        }
        guard let index = drainedDatagram else { return }
        drainedDatagram = nil
        fetchDatagram(index, &context)
    }
}

extension Datagram {
    /// Appends to the datagram being written.
    /// - Returns: whether there was room.
    fileprivate mutating func append(_ data: ArraySlice<UInt8>) -> Bool {
        guard outgoing.count + data.count <= Self.limit else {
            lacksPiece = true
            return false
        }
        outgoing.append(contentsOf: data)
        return true
    }

    /// Appends to the datagram being written. A full one leaves when more bytes follow, whether it can be sent or not (a quirk).
    /// - Returns: true.
    fileprivate mutating func appendSplitting(
        _ data: ArraySlice<UInt8>, isOnline: Bool, _ context: inout Context
    ) -> Bool {
        var rest = data
        while !rest.isEmpty {
            if outgoing.count == Self.splitLimit {
                if isOnline { _ = send(&context) }
                discard()
            }
            let piece = rest.prefix(Self.splitLimit - outgoing.count)
            outgoing.append(contentsOf: piece)
            rest = rest.dropFirst(piece.count)
        }
        return true
    }

    /// - Returns: whether the datagram was sent.
    fileprivate mutating func send(_ context: inout Context) -> Bool {
        guard !lacksPiece else {
            discard()
            return false
        }
        // Without a destination, reply to the sender of the last datagram.
        let answersSender = context.has(.datagramsRedirectReplies) || destination == .unspecified
        let isSent = context.network.sendDatagram(socket, outgoing[...], to: answersSender ? remote : destination)
        if !context.has(.sendRepeatsDatagrams) { discard() }
        return isSent
    }
}
