import NINALink
import NINAWire

/// Received bytes and their sender.
struct BSDReceived {
    var bytes: ArraySlice<UInt8> = []
    var sender = Endpoint.unspecified
}

// BSD sockets: sending and receiving.

extension BSDSockets {
    /// The maximum number of bytes returned by one command.
    static let receiveLimit = 4076

    mutating func bsdSend(
        _ command: BSDSend, isOnline: Bool, _ context: inout Context
    ) -> Answer<BSDSend.Reply> {
        send(command.socket, command.data, to: nil, .send(done: 0), isOnline: isOnline, &context) {
            BSDSend.Reply(count: $0)
        }
    }

    mutating func bsdSendto(
        _ command: BSDSendto, isOnline: Bool, _ context: inout Context
    ) -> Answer<BSDSendto.Reply> {
        let remote = Endpoint(address: command.address, port: command.port)
        return send(command.socket, command.data, to: remote, .sendTo(done: 0), isOnline: isOnline, &context) {
            BSDSendto.Reply(count: $0)
        }
    }

    /// Sends bytes. A stream ignores the address.
    /// - Parameter reply: makes the reply from the number of bytes accepted; 0 sets errno.
    private mutating func send<Reply>(
        _ number: SocketNumber, _ data: ArraySlice<UInt8>, to remote: Endpoint?, _ wait: BSDWait, isOnline: Bool,
        _ context: inout Context, _ reply: (UInt16) -> Reply
    ) -> Answer<Reply> {
        guard let index = index(number, context), let entry = self[index] else { return .reply(reply(0)) }
        switch entry.transport {
        case .datagram(let datagram):
            return .reply(reply(sendDatagram(index, datagram, data, to: remote, isOnline: isOnline, context)))
        case .stream(let stream):
            switch stream.state {
            case .connected:
                if context.goesOff(.connectionStalls) {
                    errno = .wouldBlock
                    return .reply(reply(0))
                }
            case .connecting: errno = .inProgress
            case .broken: errno = takeFailure(index)
            case .idle, .listening: errno = .notConnected
            }
            guard case .connected = stream.state, !data.isEmpty, let count = offer(index, data, context) else {
                return .reply(reply(0))
            }
            if count == data.count { return .reply(reply(UInt16(clamping: count))) }
            if entry.isNonblocking, count > 0 { return .reply(reply(UInt16(clamping: count))) }
            guard let waiting = self.wait(wait.withBytesSent(count), index, &context) else { return .reply(reply(0)) }
            blockedSend.removeAll(keepingCapacity: true)
            blockedSend.append(contentsOf: data.dropFirst(count))
            return .later(waiting)
        }
    }

    /// Passes bytes to the network. Returns nil and sets errno when the connection is gone; bytes received before can still
    /// be read.
    mutating func offer(_ index: Int, _ data: ArraySlice<UInt8>, _ context: Context) -> Int? {
        guard case .connected(let peer)? = stream(index)?.state else {
            errno = takeFailure(index)
            return nil
        }
        guard !peer.isFull else { return 0 }
        guard let count = context.streams.send(peer.socket, data) else {
            errno = .reset
            return nil
        }
        if count < data.count {
            setFull(index, true)
            context.streams.notifyWhenWritable(peer.socket)
        }
        return count
    }

    /// Sends a datagram; 0 and errno when it was not sent.
    private mutating func sendDatagram(
        _ index: Int, _ datagram: BSDEntry.DatagramSocket, _ data: ArraySlice<UInt8>, to given: Endpoint?,
        isOnline: Bool, _ context: Context
    ) -> UInt16 {
        guard let remote = given ?? datagram.destination else {
            errno = .notConnected
            return 0
        }
        guard isOnline else {
            errno = .unreachable
            return 0
        }
        guard datagram.socket != nil || openDatagram(index, port: 0, context), let socket = self[index]?.socket else {
            return 0
        }
        guard context.network.sendDatagram(socket, data, to: remote) else {
            errno = .unreachable
            return 0
        }
        return UInt16(clamping: data.count)
    }

    // MARK: Receiving

    mutating func bsdRecv(_ command: BSDRecv, _ context: inout Context) -> Answer<BSDRecv.Reply> {
        guard let index = index(command.socket, context) else { return .reply(BSDRecv.Reply()) }
        let limit = min(Int(command.size), Self.receiveLimit)
        if let data = receive(index, limit: limit, &context) { return .reply(BSDRecv.Reply(data: data.bytes)) }
        return wait(.receive(limit: limit), index, &context).map { .later($0) } ?? .reply(BSDRecv.Reply())
    }

    mutating func bsdRecvfrom(_ command: BSDRecvfrom, _ context: inout Context) -> Answer<BSDRecvfrom.Reply> {
        guard let index = index(command.socket, context) else { return .reply(BSDRecvfrom.Reply()) }
        let limit = min(Int(command.size), Self.receiveLimit)
        if let data = receive(index, limit: limit, &context) {
            return .reply(
                BSDRecvfrom.Reply(address: data.sender.address, port: data.sender.port, data: data.bytes))
        }
        return wait(.receiveFrom(limit: limit), index, &context).map { .later($0) } ?? .reply(BSDRecvfrom.Reply())
    }

    /// Returns received bytes; nil when none are available yet. An empty result sets errno, unless no bytes were
    /// requested.
    mutating func receive(_ index: Int, limit: Int, _ context: inout Context) -> BSDReceived? {
        switch self[index]?.transport {
        case .datagram: receiveDatagram(index, limit: limit, &context)
        case .stream(let stream): receive(index, stream.state, limit: limit, &context)
        case nil: BSDReceived()
        }
    }

    private mutating func receiveDatagram(_ index: Int, limit: Int, _ context: inout Context) -> BSDReceived? {
        guard let datagram = fetchDatagram(index, &context) else { return nil }
        updateDatagram(index) { $0.received = nil }
        // The rest of the datagram is lost.
        return BSDReceived(bytes: datagram.bytes.prefix(limit), sender: datagram.sender)
    }

    private mutating func receive(
        _ index: Int, _ state: BSDEntry.Stream.State, limit: Int, _ context: inout Context
    ) -> BSDReceived? {
        let peer: BSDEntry.Peer
        switch state {
        case .connected(let connected): peer = connected
        case .connecting: return nil
        case .idle, .listening:
            errno = .notConnected
            return BSDReceived()
        case .broken:
            errno = takeFailure(index)
            return BSDReceived()
        }
        guard limit > 0 else { return BSDReceived() }
        switch context.streams.receive(peer.socket, into: &context.scratch, limit: limit, peek: false) {
        case .received(let count): return BSDReceived(bytes: context.scratch[..<count], sender: peer.remote)
        case .nothing: return nil
        case .closed: errno = .notConnected
        case .reset:
            failConnection(index, .reset, context)
            errno = takeFailure(index)
        }
        return BSDReceived()
    }

    /// The datagram to be read next, taken from the network if none is kept. A connected socket accepts only those of its
    /// destination.
    @discardableResult
    mutating func fetchDatagram(_ index: Int, _ context: inout Context) -> BSDEntry.Datagram? {
        guard case .datagram(let datagram)? = self[index]?.transport else { return nil }
        if let received = datagram.received { return received }
        guard let socket = datagram.socket else { return nil }
        while let (count, sender) = context.network.receiveDatagram(socket, into: &context.scratch) {
            guard datagram.destination == nil || sender == datagram.destination else { continue }
            let received = BSDEntry.Datagram(bytes: Array(context.scratch[..<count]), sender: sender)
            updateDatagram(index) { $0.received = received }
            return received
        }
        return nil
    }
}
