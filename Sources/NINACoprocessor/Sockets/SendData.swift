import NINALink
import NINAWire

// Data of connections: SEND_DATA, by the firmware's rule for a connection without room.

/// A SEND_DATA that waits for room. Its buffer is kept for the next one.
struct BlockedSend {
    /// The bytes of the frame.
    private var bytes: [UInt8] = []
    /// How many of them have been taken.
    private(set) var taken = 0

    /// Those that have not been taken.
    var rest: ArraySlice<UInt8> { bytes[taken...] }

    /// Begins to wait with a frame of which some bytes have been taken.
    mutating func begin(_ data: ArraySlice<UInt8>, taken count: Int) {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: data)
        taken = count
    }

    /// The connection has taken more.
    mutating func take(_ count: Int) { taken += count }
}

extension Sockets {
    /// How long SEND_DATA waits for the network to take the previous frame.
    private static let sendTime = Duration.milliseconds(100)
    /// How long firmware that gives up waits without progress: ten times one second.
    private static let stallTime = Duration.seconds(10)
    /// How long firmware that blocks waits here. There it has no end, but no host waits as long as this.
    private static let blockingTime = Duration.seconds(60)

    mutating func sendData(_ command: SendData, _ context: inout Context) -> Answer<SendData.Reply> {
        guard let index = slots.index(command.socket) else { return .refused("no such slot") }
        if slots.server(index) != nil, !context.has(.serverWritesToItsSlot) {
            return .reply(SendData.Reply(count: UInt16(clamping: sendToAll(command.data, server: index, &context))))
        }
        guard slots.isClient(index), !context.goesOff(.connectionStalls) else {
            return .reply(SendData.Reply(count: 0))
        }
        return sendToClient(index, command.data, &context)
    }

    private mutating func sendToClient(
        _ index: Int, _ data: ArraySlice<UInt8>, _ context: inout Context
    ) -> Answer<SendData.Reply> {
        guard context.dialect.sendRule != .wholeFrames else { return sendFrame(index, data, &context) }
        let count = offer(index, data, &context)
        guard let count, count < data.count, let deadline = endOfWait(index, context) else {
            return .reply(SendData.Reply(count: UInt16(clamping: count ?? 0)))
        }
        blockedSend.begin(data, taken: count)
        return awaitRoom(index, until: deadline, &context)
    }

    /// Takes a frame whole, when the previous one has left.
    private mutating func sendFrame(
        _ index: Int, _ data: ArraySlice<UInt8>, _ context: inout Context
    ) -> Answer<SendData.Reply> {
        let count = slots.updateClient(index) {
            $0.connection.flush(context.streams) ? $0.connection.send(data, context.streams) : nil
        }
        guard let count, let count else {
            blockedSend.begin(data, taken: 0)
            return context.wait(.send(slot: index), for: Self.sendTime)
        }
        return .reply(SendData.Reply(count: UInt16(clamping: count)))
    }

    // MARK: Firmware

    /// Passes on what the connection's buffer has room for; nil when the connection is gone.
    private mutating func offer(_ index: Int, _ data: ArraySlice<UInt8>, _ context: inout Context) -> Int? {
        guard case .client(let client) = slots[index] else { return nil }
        guard !data.isEmpty else { return 0 }
        let count = context.streams.send(client.connection.socket, data)
        if count ?? 0 == 0, context.dialect.sendRule == .closesWhenFull, client.isPlain {
            context.log(.info, "SEND_DATA found no room on slot \(index): the firmware closes the connection")
            disconnect(index, &context)
        }
        return count
    }

    /// The end of a wait for room that begins now; nil where the firmware does not wait.
    private func endOfWait(_ index: Int, _ context: Context) -> MonotonicInstant? {
        switch context.dialect.sendRule {
        case .wholeFrames, .closesWhenFull: nil
        case .shortCounts:
            slots[index].client?.origin == .connected ? nil : context.now.advanced(by: Self.blockingTime)
        case .waits: context.now.advanced(by: Self.stallTime)
        }
    }

    private func awaitRoom(
        _ index: Int, until deadline: MonotonicInstant, _ context: inout Context
    ) -> Answer<SendData.Reply> {
        context.streams.notifyWhenWritable(slots[index].socket)
        return context.wait(.send(slot: index), until: deadline)
    }

    // MARK: Completion

    /// A connection may have room: continues the SEND_DATA that waits for it.
    mutating func sendBlocked(_ index: Int, _ context: inout Context) {
        guard case .send(index)? = context.pending?.wait else { return }
        guard context.dialect.sendRule != .wholeFrames else {
            let count = slots.updateClient(index) { $0.connection.send(blockedSend.rest, context.streams) } ?? 0
            return completeSend(count, &context)
        }
        guard let count = offer(index, blockedSend.rest, &context) else {
            return completeSend(context.dialect.sendRule == .waits ? blockedSend.taken : 0, &context)
        }
        blockedSend.take(count)
        guard !blockedSend.rest.isEmpty else { return completeSend(blockedSend.taken, &context) }
        guard let deadline = count > 0 ? endOfWait(index, context) : context.pending?.deadline else { return }
        _ = awaitRoom(index, until: deadline, &context)
    }

    /// SEND_DATA has timed out.
    func sendTimedOut(_ index: Int, _ context: inout Context) { completeSend(blockedSend.taken, &context) }

    private func completeSend(_ count: Int, _ context: inout Context) {
        context.complete(SendData.self, with: SendData.Reply(count: UInt16(clamping: count)))
    }

    /// The device stops: connections with bytes that were accepted, but not taken by the network, end gracefully.
    mutating func finishSending(_ context: inout Context) {
        for index in slots.indices {
            if let client = slots[index].client, !client.connection.unsentFrame.isEmpty {
                client.connection.finish(&context)
            }
            for connection in slots.listener(index)?.waiting ?? [] where !connection.unsentFrame.isEmpty {
                connection.finish(&context)
            }
        }
    }

    // MARK: To all clients of a server

    /// Sends to every client of a server: those in its list and those it has handed out.
    private mutating func sendToAll(_ data: ArraySlice<UInt8>, server: Int, _ context: inout Context) -> Int {
        var sum = 0
        for index in slots.indices {
            guard case .client(let client) = slots[index], client.server == server,
                !(context.has(.serverWriteSkipsAccepted) && client.origin == .accepted)
            else { continue }
            if context.dialect.sendRule != .wholeFrames {
                sum += offer(index, data, &context) ?? 0
            } else {
                sum += slots.updateClient(index) { $0.connection.sendNext(data, context.streams) } ?? 0
            }
        }
        var index = 0
        while let client = slots.server(server)?.waiting.dropFirst(index).first {
            index += 1
            if context.dialect.sendRule == .wholeFrames {
                sum += slots.updateServer(server) { $0.waiting[index - 1].sendNext(data, context.streams) } ?? 0
                continue
            }
            let count = data.isEmpty ? 0 : context.streams.send(client.socket, data) ?? 0
            sum += count
            guard count == 0, !data.isEmpty, context.dialect.sendRule == .closesWhenFull else { continue }
            index -= 1
            client.finish(&context)
            slots.updateServer(server) { $0.waiting.remove(at: index) }
        }
        return sum
    }
}

extension Connection {
    /// Sends a frame, unless the previous one has not left: then it takes nothing.
    fileprivate mutating func sendNext(_ data: ArraySlice<UInt8>, _ streams: SecureStreams) -> Int {
        flush(streams) ? send(data, streams) : 0
    }
}
