import NINALink
import NINAWire

/// What was received, and from whom.
struct BSDReceived {
    var bytes: ArraySlice<UInt8> = []
    var sender = Endpoint.unspecified
}

// BSD sockets: their bytes.

extension Coprocessor {
    /// The most bytes that one command returns.
    static let bsdReceiveLimit = 4076

    func bsdSend(_ command: BSDSend) -> Answer<BSDSend.Reply> {
        guard let count = sendBSD(command.socket, command.data, to: nil, .send(done: 0)) else { return .later }
        return .reply(BSDSend.Reply(count: UInt16(clamping: count)))
    }

    func bsdSendto(_ command: BSDSendto) -> Answer<BSDSendto.Reply> {
        let remote = Endpoint(address: command.address, port: command.port)
        guard let count = sendBSD(command.socket, command.data, to: remote, .sendTo(done: 0)) else { return .later }
        return .reply(BSDSendto.Reply(count: UInt16(clamping: count)))
    }

    /// Sends; nil when the command waits. A stream has no use for an address.
    private func sendBSD(
        _ number: SocketNumber, _ data: ArraySlice<UInt8>, to remote: Endpoint?, _ wait: BSDWait
    ) -> Int? {
        guard let index = bsdIndex(number) else { return 0 }
        if bsd[index].kind == .datagram { return sendBSDDatagram(index, data, to: remote) }
        switch bsd[index].state {
        case .connected: break
        case .connecting:
            bsd.errno = .inProgress
            return 0
        case .broken:
            bsd.errno = takeBSDFailure(index)
            return 0
        case .idle, .listening:
            bsd.errno = .notConnected
            return 0
        }
        guard !data.isEmpty, let count = offerBSD(index, data) else { return 0 }
        if count == data.count { return count }
        if bsd[index].isNonblocking {
            if count == 0 { bsd.errno = .wouldBlock }
            return count
        }
        unsent.removeAll(keepingCapacity: true)
        unsent.append(contentsOf: data.dropFirst(count))
        let until = now.advanced(by: bsd[index].options.sendTime ?? Self.bsdTime)
        if case .sendTo = wait {
            pending = .bsd(.sendTo(done: count), socket: index, until: until)
        } else {
            pending = .bsd(.send(done: count), socket: index, until: until)
        }
        return nil
    }

    /// Hands bytes to the network; nil and an errno when the connection is gone. What had come before can still be read.
    func offerBSD(_ index: Int, _ data: ArraySlice<UInt8>) -> Int? {
        guard !bsd[index].isFull else { return 0 }
        let socket = bsd[index].socket
        guard socket != .invalid else {
            bsd.errno = takeBSDFailure(index)
            return nil
        }
        guard let count = streams.send(socket, data) else {
            bsd.errno = .reset
            return nil
        }
        if count < data.count {
            bsd[index].isFull = true
            streams.notifyWhenWritable(socket)
        }
        return count
    }

    private func sendBSDDatagram(_ index: Int, _ data: ArraySlice<UInt8>, to given: Endpoint?) -> Int {
        guard let remote = given ?? (bsd[index].state == .connected ? bsd[index].remote : nil) else {
            bsd.errno = .notConnected
            return 0
        }
        guard isOnline else {
            bsd.errno = .unreachable
            return 0
        }
        guard bsd[index].socket != .invalid || openBSDDatagram(index, port: 0) else { return 0 }
        guard network.sendDatagram(bsd[index].socket, data, to: remote) else {
            bsd.errno = .unreachable
            return 0
        }
        return data.count
    }

    // MARK: Receiving

    func bsdRecv(_ command: BSDRecv) -> Answer<BSDRecv.Reply> {
        guard let index = bsdIndex(command.socket) else { return .reply(BSDRecv.Reply()) }
        let limit = min(Int(command.size), Self.bsdReceiveLimit)
        if let data = receiveBSD(index, limit: limit) { return .reply(BSDRecv.Reply(data: data.bytes)) }
        guard waitBSD(.receive(limit: limit), index, bsd[index].options.receiveTime) else {
            return .reply(BSDRecv.Reply())
        }
        return .later
    }

    func bsdRecvfrom(_ command: BSDRecvfrom) -> Answer<BSDRecvfrom.Reply> {
        guard let index = bsdIndex(command.socket) else { return .reply(BSDRecvfrom.Reply()) }
        let limit = min(Int(command.size), Self.bsdReceiveLimit)
        if let data = receiveBSD(index, limit: limit) {
            return .reply(
                BSDRecvfrom.Reply(address: data.sender.address, port: data.sender.port, data: data.bytes))
        }
        guard waitBSD(.receiveFrom(limit: limit), index, bsd[index].options.receiveTime) else {
            return .reply(BSDRecvfrom.Reply())
        }
        return .later
    }

    /// Takes what is there; nil when nothing is. Without bytes there is an errno, unless none were asked for.
    func receiveBSD(_ index: Int, limit: Int) -> BSDReceived? {
        if bsd[index].kind == .datagram {
            fetchBSDDatagram(index)
            guard let datagram = bsd[index].datagram else { return nil }
            bsd[index].datagram = nil
            // The rest of it is lost.
            return BSDReceived(bytes: datagram.bytes.prefix(limit), sender: datagram.sender)
        }
        switch bsd[index].state {
        case .connected: break
        case .connecting: return nil
        case .idle, .listening:
            bsd.errno = .notConnected
            return BSDReceived()
        case .broken:
            bsd.errno = takeBSDFailure(index)
            return BSDReceived()
        }
        guard limit > 0 else { return BSDReceived() }
        switch streams.receive(bsd[index].socket, into: &transfer, limit: limit, peek: false) {
        case .received(let count): return BSDReceived(bytes: transfer[..<count], sender: bsd[index].remote)
        case .nothing: return nil
        case .closed: bsd.errno = .notConnected
        case .reset:
            breakBSDSocket(index, .reset)
            bsd.errno = takeBSDFailure(index)
        }
        return BSDReceived()
    }

    /// Takes the next datagram from the network; a connected socket takes those of its destination only.
    func fetchBSDDatagram(_ index: Int) {
        let entry = bsd[index]
        guard entry.datagram == nil, entry.socket != .invalid else { return }
        while let (count, sender) = network.receiveDatagram(entry.socket, into: &transfer) {
            guard entry.state != .connected || sender == entry.remote else { continue }
            bsd[index].datagram = BSDEntry.Datagram(bytes: Array(transfer[..<count]), sender: sender)
            return
        }
    }
}
