import NINALink
import NINAWire

// The bytes of connections.

extension Coprocessor {
    /// How long a SEND_DATA waits for the frame before it to be taken by the network.
    static let sendTime = Duration.milliseconds(100)

    func dataSent(_ command: DataSent) -> Answer<Acknowledgement> {
        table.index(command.socket) == nil ? .refused("no such slot") : .reply(Acknowledgement(true))
    }

    func getData(_ command: GetData) -> Answer<GetData.Reply> {
        guard let index = table.index(command.socket) else { return .refused("no such slot") }
        let slot = table.slots[index].use
        guard slot == .client || slot == .datagram else { return .reply(GetData.Reply(byte: 0)) }
        if has(.tlsPeekTakesByte), table.slots[index].type == .tls {
            let byte = table.slots[index].peeked ?? (receive(index, limit: 1, peek: false) == 1 ? transfer[0] : nil)
            table.slots[index].peeked = command.peek != 0 ? byte : nil
            return .reply(GetData.Reply(byte: byte ?? 0xFF))
        }
        let count = receive(index, limit: 1, peek: command.peek != 0)
        return .reply(GetData.Reply(byte: count == 1 ? transfer[0] : 0xFF))
    }

    func getDatabuf(_ command: GetDatabuf) -> Answer<GetDatabuf.Reply> {
        guard let index = table.index(command.socket) else { return .refused("no such slot") }
        let slot = table.slots[index].use
        guard slot == .client || slot == .datagram else { return .reply(GetDatabuf.Reply()) }
        if has(.oversizedReplyStalls), Int(command.size) > Frame.longestReceive, slot == .client,
            streams.readableBytes(table.slots[index].socket) > Frame.longestReceive
        {
            return .stalls
        }
        let count = receive(index, limit: min(Int(command.size), Frame.longestReceive), peek: false)
        return .reply(GetDatabuf.Reply(data: transfer[..<count]))
    }

    /// Reads into `transfer` and notes whether more is there.
    private func receive(_ index: Int, limit: Int, peek: Bool) -> Int {
        if table.slots[index].use == .datagram { return readDatagram(index, limit: limit, peek: peek) }
        let socket = table.slots[index].socket
        guard limit > 0, case .received(let count) = streams.receive(socket, into: &transfer, limit: limit, peek: peek)
        else {
            refreshUnread(index)
            return 0
        }
        if peek {
            table.slots[index].hasUnread = true
            return count
        }
        // A short read has taken everything.
        if count < limit { table.slots[index].hasUnread = false } else { refreshUnread(index) }
        if let server = table.slots[index].server, table.slots[server].turn == index {
            table.slots[server].readInTurn += count
        }
        return count
    }

    func sendData(_ command: SendData) -> Answer<SendData.Reply> {
        guard let index = table.index(command.socket) else { return .refused("no such slot") }
        switch table.slots[index].use {
        case .client where sendHeld(index):
            return .reply(SendData.Reply(count: UInt16(clamping: send(command.data, slot: index))))
        case .client:
            unsent.removeAll(keepingCapacity: true)
            unsent.append(contentsOf: command.data)
            pending = .send(slot: index, until: now.advanced(by: Self.sendTime))
            return .later
        case .server:
            return .reply(SendData.Reply(count: UInt16(clamping: sendToAll(command.data, server: index))))
        case .free, .reserved, .connecting, .datagram:
            return .reply(SendData.Reply(count: 0))
        }
    }

    /// Sends a frame whole: what the network does not take now the slot holds.
    /// - Returns: the bytes accepted: all, or none when the connection is gone.
    func send(_ data: ArraySlice<UInt8>, slot: Int) -> Int {
        guard table.slots[slot].use == .client, !data.isEmpty else { return 0 }
        let socket = table.slots[slot].socket
        guard let count = streams.send(socket, data) else { return 0 }
        if count < data.count {
            table.slots[slot].held = ArraySlice(Array(data.dropFirst(count)))
            streams.notifyWhenWritable(socket)
        }
        return data.count
    }

    private func send(_ data: ArraySlice<UInt8>, toWaiting index: Int, ofServer server: Int) -> Int {
        let client = table.slots[server].waiting[index]
        guard sendHeld(ofWaiting: index, ofServer: server), let count = streams.send(client.socket, data) else {
            return 0
        }
        if count < data.count {
            table.slots[server].waiting[index].held = ArraySlice(Array(data.dropFirst(count)))
            streams.notifyWhenWritable(client.socket)
        }
        return data.count
    }

    /// Sends what is held for a client that has no slot yet; true when nothing is left.
    @discardableResult
    func sendHeld(ofWaiting index: Int, ofServer server: Int) -> Bool {
        let client = table.slots[server].waiting[index]
        guard !client.held.isEmpty else { return true }
        let count = streams.send(client.socket, client.held) ?? client.held.count
        table.slots[server].waiting[index].held.removeFirst(count)
        guard count < client.held.count else { return true }
        streams.notifyWhenWritable(client.socket)
        return false
    }

    /// To every client of a server: those in its list and those it has handed out. A client that still holds a frame
    /// takes nothing.
    private func sendToAll(_ data: ArraySlice<UInt8>, server: Int) -> Int {
        var sum = 0
        for index in table.slots.indices
        where table.slots[index].use == .client && table.slots[index].server == server
            && !(has(.serverWriteSkipsAccepted) && table.slots[index].origin == .accepted) && sendHeld(index)
        {
            sum += send(data, slot: index)
        }
        for index in table.slots[server].waiting.indices { sum += send(data, toWaiting: index, ofServer: server) }
        return sum
    }
}
