import NINALink
import NINAWire

// Data of connections: what peers have sent.

extension Sockets {
    func dataSent(_ command: DataSent) -> Answer<Acknowledgement> {
        slots.index(command.socket) == nil ? .refused("no such slot") : .reply(Acknowledgement(true))
    }

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
            if count == 0, command.peek != 0 { noteEnd(index, &context) }
            return .reply(GetData.Reply(byte: count == 1 ? context.scratch[0] : 0xFF))
        case .free, .reserved, .connecting, .server: return .reply(GetData.Reply(byte: 0))
        }
    }

    /// Firmware that does not notice the end of a connection otherwise sees it when it peeks.
    private mutating func noteEnd(_ index: Int, _ context: inout Context) {
        guard context.has(.endsGoUnnoticed), let client = slots[index].client, client.isPlain,
            !context.streams.isOpen(client.connection.socket)
        else { return }
        disconnect(index, &context)
    }

    mutating func getDatabuf(_ command: GetDatabuf, _ context: inout Context) -> Answer<GetDatabuf.Reply> {
        guard let index = slots.index(command.socket) else { return .refused("no such slot") }
        guard slots.isClient(index) || slots.isDatagram(index) else { return .reply(GetDatabuf.Reply()) }
        if Int(command.size) > Frame.longestReceive, context.has(.oversizedReplyStalls),
            case .client(let client) = slots[index],
            context.streams.readableBytes(client.connection.socket) > Frame.longestReceive
        {
            return .stalls
        }
        let count = receive(index, limit: min(Int(command.size), Frame.longestReceive), peek: false, &context)
        return .reply(GetDatabuf.Reply(data: context.scratch[..<count]))
    }

    /// Reads into the scratch buffer and records whether more bytes are available.
    private mutating func receive(_ index: Int, limit: Int, peek: Bool, _ context: inout Context) -> Int {
        if slots.isDatagram(index) { return readDatagram(index, limit: limit, peek: peek, &context) }
        let result = slots.updateClient(index) {
            (count: $0.connection.receive(limit: limit, peek: peek, &context), server: $0.server)
        }
        guard let (count, server) = result else { return 0 }
        guard !peek, count > 0, let server else { return count }
        if slots.server(server)?.current == index {
            slots.updateServer(server) { $0.bytesInQuantum += count }
        }
        return count
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
