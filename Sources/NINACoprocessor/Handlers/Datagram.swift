import NINALink
import NINAWire

// UDP and echo requests.

extension Coprocessor {
    /// The longest datagram, in bytes.
    static let datagramLimit = 1500
    /// How long an echo may take.
    static let echoTime = Duration.seconds(5)

    func openDatagram(_ index: Int, port: UInt16, group: IPv4Address?) -> Answer<Acknowledgement> {
        guard table.hasSocketLeft else { return .reply(Acknowledgement(false)) }
        switch network.openDatagram(port: port, group: group) {
        case .failure(let failure):
            say(.info, "UDP port \(port) failed: \(failure)")
            table.release(index)
            return .reply(Acknowledgement(false))
        case .success(let socket):
            table.take(index, as: .datagram)
            give(socket, to: index)
            table.slots[index].port = port
            table.slots[index].group = group
            return .reply(Acknowledgement(true))
        }
    }

    /// Opens a slot's socket anew on another port; what it sends goes to the same destination. On the same port it goes on:
    /// drivers start it again for each datagram they send, and what has come meanwhile must not be lost.
    func reopenDatagram(_ index: Int, port: UInt16, group: IPv4Address?) -> Answer<Acknowledgement> {
        let old = table.slots[index]
        if old.port == port, old.group == group { return .reply(Acknowledgement(true)) }
        closeDatagram(index)
        let answer = openDatagram(index, port: port, group: group)
        if !answer.isFailure {
            (table.slots[index].destination, table.slots[index].outgoing) = (old.destination, old.outgoing)
            table.slots[index].remote = old.destination
        }
        return answer
    }

    func closeDatagram(_ index: Int) {
        abort(table.slots[index].socket)
        table.release(index)
    }

    /// START_CLIENT of a UDP socket: where the next datagram goes. A slot without a socket gets one on any port.
    func startDatagramClient(_ command: StartClient, _ index: Int) -> Answer<StartClient.Reply> {
        let failed = Answer.reply(StartClient.Reply(isConnected: false))
        let host = command.host.asCString
        let needsLookup = !host.isEmpty && IPv4Address(dottedDecimal: host) == nil
        guard isOnline || !needsLookup else { return failed }
        if table.slots[index].use != .datagram {
            if openDatagram(index, port: 0, group: nil).isFailure { return failed }
            table.slots[index].awaitsName = needsLookup
        }
        guard !needsLookup else {
            let until = now.advanced(by: Self.lookupTime)
            pending = .clientLookup(token: newToken(), slot: index, port: command.port, until: until)
            network.resolve(host, token: lastToken)
            return .later
        }
        let address = IPv4Address(dottedDecimal: host) ?? command.address
        setDestination(index, Endpoint(address: address, port: command.port))
        return .reply(StartClient.Reply(isConnected: true))
    }

    /// Starts a datagram to this destination; GET_REMOTE_DATA tells it until another one has come.
    func setDestination(_ index: Int, _ endpoint: Endpoint) {
        table.slots[index].destination = endpoint
        table.slots[index].remote = endpoint
        table.slots[index].keepsRemote = false
        table.slots[index].awaitsName = false
        table.slots[index].outgoing.removeAll(keepingCapacity: true)
    }

    /// The look-up of a destination has failed: a socket that was opened for it is closed again.
    func destinationNotFound(_ index: Int) {
        if table.slots[index].awaitsName { closeDatagram(index) }
    }

    func insertDatabuf(_ command: InsertDatabuf) -> Answer<Acknowledgement> {
        guard let index = table.index(command.socket) else { return .refused("no such slot") }
        guard table.slots[index].use == .datagram, !command.data.isEmpty,
            table.slots[index].outgoing.count + command.data.count <= Self.datagramLimit
        else { return .reply(Acknowledgement(false)) }
        table.slots[index].outgoing.append(contentsOf: command.data)
        return .reply(Acknowledgement(true))
    }

    func sendUDP(_ command: SendUDP) -> Answer<Acknowledgement> {
        guard let index = table.index(command.socket) else { return .refused("no such slot") }
        guard table.slots[index].use == .datagram, isOnline else { return .reply(Acknowledgement(false)) }
        // A server that was told no destination answers whoever has sent to it.
        let answersSender = has(.datagramsRedirectReplies) || table.slots[index].destination == .unspecified
        let destination = answersSender ? table.slots[index].remote : table.slots[index].destination
        // No copy of the slot is held: emptying its buffer would allocate another.
        let isSent = network.sendDatagram(table.slots[index].socket, table.slots[index].outgoing[...], to: destination)
        if !has(.sendRepeatsDatagrams) { table.slots[index].outgoing.removeAll(keepingCapacity: true) }
        return .reply(Acknowledgement(isSent))
    }

    /// Bytes left of the datagram that is being read; the next one when there is none.
    func datagramBytes(_ index: Int) -> Int {
        fetchDatagram(index)
        noteSender(index)
        return table.slots[index].datagram.count - table.slots[index].datagramHead
    }

    /// Takes the next datagram, when the last one is read to its end: datagrams are never merged.
    func fetchDatagram(_ index: Int) {
        guard table.slots[index].datagramHead >= table.slots[index].datagram.count else { return }
        table.slots[index].datagram.removeAll(keepingCapacity: true)
        table.slots[index].datagramHead = 0
        table.slots[index].hasUnread = false
        guard !clientsStarveDatagrams else { return }
        if let (count, sender) = network.receiveDatagram(table.slots[index].socket, into: &transfer) {
            table.slots[index].isSenderKnown = false
            table.slots[index].datagram.append(contentsOf: transfer.prefix(min(count, Self.datagramLimit)))
            table.slots[index].sender = sender
            if !table.slots[index].keepsRemote { table.slots[index].remote = sender }
        }
        table.slots[index].hasUnread = !table.slots[index].datagram.isEmpty
    }

    /// The host asks for the present datagram: from now on GET_REMOTE_DATA tells its sender.
    private func noteSender(_ index: Int) {
        guard table.slots[index].hasUnread, !table.slots[index].isSenderKnown else { return }
        table.slots[index].isSenderKnown = true
        table.slots[index].remote = table.slots[index].sender
        table.slots[index].keepsRemote = true
    }

    /// Reads of the present datagram into `transfer`.
    func readDatagram(_ index: Int, limit: Int, peek: Bool) -> Int {
        noteSender(index)
        let head = table.slots[index].datagramHead
        let bytes = table.slots[index].datagram[head...].prefix(limit)
        let count = bytes.count
        transfer.replaceSubrange(0..<count, with: bytes)
        guard !peek else { return count }
        table.slots[index].datagramHead += count
        // The next one is fetched when the reply is made: `transfer` is in use until then.
        if table.slots[index].datagramHead >= table.slots[index].datagram.count { drainedDatagram = index }
        return count
    }

    /// A client waits for a server, and this firmware looks at nothing else then.
    private var clientsStarveDatagrams: Bool {
        has(.waitingClientsStarveDatagrams) && table.slots.contains { $0.use == .server && $0.hasPending }
    }

    /// Fetches the next datagram of the slot whose last one was read to its end, so that IRQ tells of it.
    func tendDatagrams() {
        if has(.waitingClientsStarveDatagrams) {
            // The client that held them up may be gone.
            for index in table.slots.indices where table.slots[index].use == .datagram { fetchDatagram(index) }
        }
        guard let index = drainedDatagram else { return }
        drainedDatagram = nil
        if table.slots[index].use == .datagram { fetchDatagram(index) }
    }

    func ping(_ command: Ping) -> Answer<Ping.Reply> {
        guard isOnline else { return .reply(Ping.Reply(milliseconds: -1)) }
        pending = .ping(token: newToken(), until: now.advanced(by: Self.echoTime))
        network.ping(command.address, timeToLive: max(1, command.ttl), token: lastToken)
        return .later
    }
}

extension Answer<Acknowledgement> {
    /// Whether the answer is anything but 1.
    fileprivate var isFailure: Bool {
        if case .reply(let reply) = self { reply.value == 0 } else { true }
    }
}
