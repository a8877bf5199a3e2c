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
        guard let count = send(command.socket, command.data, to: nil, .send(done: 0), isOnline: isOnline, &context)
        else { return .later }
        return .reply(BSDSend.Reply(count: UInt16(clamping: count)))
    }

    mutating func bsdSendto(
        _ command: BSDSendto, isOnline: Bool, _ context: inout Context
    ) -> Answer<BSDSendto.Reply> {
        let remote = Endpoint(address: command.address, port: command.port)
        guard
            let count = send(command.socket, command.data, to: remote, .sendTo(done: 0), isOnline: isOnline, &context)
        else { return .later }
        return .reply(BSDSendto.Reply(count: UInt16(clamping: count)))
    }

    /// Sends; nil when the command waits. Streams ignore the address.
    private mutating func send(
        _ number: SocketNumber, _ data: ArraySlice<UInt8>, to remote: Endpoint?, _ wait: BSDWait, isOnline: Bool,
        _ context: inout Context
    ) -> Int? {
        guard let index = index(number, context) else { return 0 }
        if self[index].kind == .datagram { return sendDatagram(index, data, to: remote, isOnline: isOnline, context) }
        switch self[index].state {
        case .connected: break
        case .connecting:
            errno = .inProgress
            return 0
        case .broken:
            errno = takeFailure(index)
            return 0
        case .idle, .listening:
            errno = .notConnected
            return 0
        }
        guard !data.isEmpty, let count = offer(index, data, context) else { return 0 }
        if count == data.count { return count }
        if self[index].isNonblocking {
            if count == 0 { errno = .wouldBlock }
            return count
        }
        blockedSend.removeAll(keepingCapacity: true)
        blockedSend.append(contentsOf: data.dropFirst(count))
        let until = context.now.advanced(by: self[index].options.sendTime ?? Self.waitTime)
        context.keepWaiting(.bsd(wait.withBytesSent(count), socket: index), until: until)
        return nil
    }

    /// Passes bytes to the network. Returns nil and sets errno when the connection is gone; bytes already received can
    /// still be read.
    mutating func offer(_ index: Int, _ data: ArraySlice<UInt8>, _ context: Context) -> Int? {
        guard !self[index].isFull else { return 0 }
        let socket = self[index].socket
        guard socket != .invalid else {
            errno = takeFailure(index)
            return nil
        }
        guard let count = context.streams.send(socket, data) else {
            errno = .reset
            return nil
        }
        if count < data.count {
            update(index) { $0.isFull = true }
            context.streams.notifyWhenWritable(socket)
        }
        return count
    }

    private mutating func sendDatagram(
        _ index: Int, _ data: ArraySlice<UInt8>, to given: Endpoint?, isOnline: Bool, _ context: Context
    ) -> Int {
        guard let remote = given ?? (self[index].state == .connected ? self[index].remote : nil) else {
            errno = .notConnected
            return 0
        }
        guard isOnline else {
            errno = .unreachable
            return 0
        }
        guard self[index].socket != .invalid || openDatagram(index, port: 0, context) else { return 0 }
        guard context.network.sendDatagram(self[index].socket, data, to: remote) else {
            errno = .unreachable
            return 0
        }
        return data.count
    }

    // MARK: Receiving

    mutating func bsdRecv(_ command: BSDRecv, _ context: inout Context) -> Answer<BSDRecv.Reply> {
        guard let index = index(command.socket, context) else { return .reply(BSDRecv.Reply()) }
        let limit = min(Int(command.size), Self.receiveLimit)
        if let data = receive(index, limit: limit, &context) { return .reply(BSDRecv.Reply(data: data.bytes)) }
        guard wait(.receive(limit: limit), index, self[index].options.receiveTime, &context) else {
            return .reply(BSDRecv.Reply())
        }
        return .later
    }

    mutating func bsdRecvfrom(_ command: BSDRecvfrom, _ context: inout Context) -> Answer<BSDRecvfrom.Reply> {
        guard let index = index(command.socket, context) else { return .reply(BSDRecvfrom.Reply()) }
        let limit = min(Int(command.size), Self.receiveLimit)
        if let data = receive(index, limit: limit, &context) {
            return .reply(
                BSDRecvfrom.Reply(address: data.sender.address, port: data.sender.port, data: data.bytes))
        }
        guard wait(.receiveFrom(limit: limit), index, self[index].options.receiveTime, &context) else {
            return .reply(BSDRecvfrom.Reply())
        }
        return .later
    }

    /// Returns received bytes; nil when none are available yet. An empty result sets errno, unless no bytes were
    /// requested.
    mutating func receive(_ index: Int, limit: Int, _ context: inout Context) -> BSDReceived? {
        if self[index].kind == .datagram {
            fetchDatagram(index, &context)
            guard let datagram = self[index].datagram else { return nil }
            update(index) { $0.datagram = nil }
            // The rest of the datagram is lost.
            return BSDReceived(bytes: datagram.bytes.prefix(limit), sender: datagram.sender)
        }
        switch self[index].state {
        case .connected: break
        case .connecting: return nil
        case .idle, .listening:
            errno = .notConnected
            return BSDReceived()
        case .broken:
            errno = takeFailure(index)
            return BSDReceived()
        }
        guard limit > 0 else { return BSDReceived() }
        switch context.streams.receive(self[index].socket, into: &context.scratch, limit: limit, peek: false) {
        case .received(let count): return BSDReceived(bytes: context.scratch[..<count], sender: self[index].remote)
        case .nothing: return nil
        case .closed: errno = .notConnected
        case .reset:
            breakOff(index, .reset, context)
            errno = takeFailure(index)
        }
        return BSDReceived()
    }

    /// Takes the next datagram from the network; a connected socket accepts only those from its destination.
    mutating func fetchDatagram(_ index: Int, _ context: inout Context) {
        let entry = self[index]
        guard entry.datagram == nil, entry.socket != .invalid else { return }
        while let (count, sender) = context.network.receiveDatagram(entry.socket, into: &context.scratch) {
            guard entry.state != .connected || sender == entry.remote else { continue }
            update(index) { $0.datagram = BSDEntry.Datagram(bytes: Array(context.scratch[..<count]), sender: sender) }
            return
        }
    }
}
