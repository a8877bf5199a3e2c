import NINALink
import NINAWire

// Data transfer on connections.

extension Sockets {
    /// How long SEND_DATA waits for the network to take the previous frame.
    private static let sendTime = Duration.milliseconds(100)

    func dataSent(_ command: DataSent) -> Answer<Acknowledgement> {
        slots.index(command.socket) == nil ? .refused("no such slot") : .reply(Acknowledgement(true))
    }

    // MARK: Receiving

    mutating func getData(_ command: GetData, _ context: inout Context) -> Answer<GetData.Reply> {
        guard let index = slots.index(command.socket) else { return .refused("no such slot") }
        switch slots[index] {
        case .client(let client) where context.has(.tlsPeekTakesByte) && client.type == .tls:
            let byte =
                client.peeked ?? (receive(index, limit: 1, peek: false, &context) == 1 ? context.scratch[0] : nil)
            slots.updateClient(index) { $0.peeked = command.peek != 0 ? byte : nil }
            return .reply(GetData.Reply(byte: byte ?? 0xFF))
        case .client, .datagram:
            let count = receive(index, limit: 1, peek: command.peek != 0, &context)
            return .reply(GetData.Reply(byte: count == 1 ? context.scratch[0] : 0xFF))
        case .free, .reserved, .connecting, .server: return .reply(GetData.Reply(byte: 0))
        }
    }

    mutating func getDatabuf(_ command: GetDatabuf, _ context: inout Context) -> Answer<GetDatabuf.Reply> {
        guard let index = slots.index(command.socket) else { return .refused("no such slot") }
        switch slots[index] {
        case .client(let client):
            if context.has(.oversizedReplyStalls), Int(command.size) > Frame.longestReceive,
                context.streams.readableBytes(client.connection.socket) > Frame.longestReceive
            {
                return .stalls
            }
        case .datagram: break
        case .free, .reserved, .connecting, .server: return .reply(GetDatabuf.Reply())
        }
        let count = receive(index, limit: min(Int(command.size), Frame.longestReceive), peek: false, &context)
        return .reply(GetDatabuf.Reply(data: context.scratch[..<count]))
    }

    /// Reads into the scratch buffer and records whether more bytes are available.
    private mutating func receive(_ index: Int, limit: Int, peek: Bool, _ context: inout Context) -> Int {
        if case .datagram = slots[index] { return readDatagram(index, limit: limit, peek: peek, &context) }
        guard let count = slots.updateClient(index, { $0.connection.receive(limit: limit, peek: peek, &context) })
        else { return 0 }
        guard !peek, count > 0, let server = slots[index].client?.server else { return count }
        if slots[server].server?.current == index {
            slots.updateServer(server) { $0.bytesInQuantum += count }
        }
        return count
    }

    // MARK: Sending

    mutating func sendData(_ command: SendData, _ context: inout Context) -> Answer<SendData.Reply> {
        guard let index = slots.index(command.socket) else { return .refused("no such slot") }
        switch slots[index] {
        case .client:
            guard slots.updateClient(index, { $0.connection.flush(context.streams) }) == true else {
                blockedSend.removeAll(keepingCapacity: true)
                blockedSend.append(contentsOf: command.data)
                return context.wait(.send(slot: index), for: Self.sendTime)
            }
            let count = slots.updateClient(index) { $0.connection.send(command.data, context.streams) } ?? 0
            return .reply(SendData.Reply(count: UInt16(clamping: count)))
        case .server:
            return .reply(SendData.Reply(count: UInt16(clamping: sendToAll(command.data, server: index, context))))
        case .free, .reserved, .connecting, .datagram: return .reply(SendData.Reply(count: 0))
        }
    }

    /// The previous frame has been sent: continues the SEND_DATA that waits for it.
    mutating func sendBlocked(_ index: Int, _ context: inout Context) {
        let count = slots.updateClient(index) { $0.connection.send(blockedSend[...], context.streams) } ?? 0
        context.complete(SendData.self, with: SendData.Reply(count: UInt16(clamping: count)))
    }

    /// SEND_DATA has timed out: none of its frame was taken.
    func sendTimedOut(_ index: Int, _ context: inout Context) {
        context.complete(SendData.self, with: SendData.Reply(count: 0))
    }

    /// Sends to every client of a server: those in its list and those it has handed out. A client that still has an
    /// unsent frame takes nothing.
    private mutating func sendToAll(_ data: ArraySlice<UInt8>, server: Int, _ context: Context) -> Int {
        var sum = 0
        for index in slots.indices {
            guard case .client(let client) = slots[index], client.server == server,
                !(context.has(.serverWriteSkipsAccepted) && client.origin == .accepted),
                slots.updateClient(index, { $0.connection.flush(context.streams) }) == true
            else { continue }
            sum += slots.updateClient(index) { $0.connection.send(data, context.streams) } ?? 0
        }
        for index in slots[server].server?.waiting.indices ?? 0..<0
        where slots.updateServer(server, { $0.waiting[index].flush(context.streams) }) == true {
            sum += slots.updateServer(server) { $0.waiting[index].send(data, context.streams) } ?? 0
        }
        return sum
    }
}

extension Connection {
    /// Reads into the scratch buffer and records whether more bytes are available.
    fileprivate mutating func receive(limit: Int, peek: Bool, _ context: inout Context) -> Int {
        guard limit > 0,
            case .received(let count) = context.streams.receive(
                socket, into: &context.scratch, limit: limit, peek: peek)
        else {
            refreshUnread(context.streams)
            return 0
        }
        if peek {
            hasUnread = true
        } else if count < limit {
            // A short read means that everything has been read.
            hasUnread = false
        } else {
            refreshUnread(context.streams)
        }
        return count
    }
}
