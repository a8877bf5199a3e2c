import NINALink
import NINAWire

// BSD sockets: IOCTL and POLL, what a socket has to read and whether it waits.

extension BSDSockets {
    mutating func bsdIoctl(_ command: BSDIoctl, _ context: inout Context) -> Answer<BSDIoctl.Reply> {
        guard let index = index(command.socket, context) else { return .reply(BSDIoctl.Reply()) }
        switch command.request {
        case BSDIoctl.fionbio where command.value.count >= 4:
            update(index) { $0.isNonblocking = command.value.prefix(4).contains { $0 != 0 } }
            return .reply(BSDIoctl.Reply(value: command.value))
        case BSDIoctl.fionread where command.value.count >= 4:
            let count = UInt32(clamping: unread(index, &context)).lowFirst()
            return .reply(BSDIoctl.Reply(value: count + command.value.dropFirst(4)))
        case BSDIoctl.fionbio, BSDIoctl.fionread: errno = .invalid
        default: errno = .notSupported
        }
        return .reply(BSDIoctl.Reply())
    }

    /// The number of unread bytes of the stream, or of the first datagram.
    private mutating func unread(_ index: Int, _ context: inout Context) -> Int {
        switch self[index]?.transport {
        case .datagram: return fetchDatagram(index, &context)?.bytes.count ?? 0
        case .stream(let stream):
            guard case .connected(let peer) = stream.state else { return 0 }
            return context.streams.readableBytes(peer.socket)
        case nil: return 0
        }
    }

    /// For a number that is not open it returns no events, without an error.
    mutating func bsdPoll(_ command: BSDPoll, _ context: inout Context) -> Answer<BSDPoll.Reply> {
        let index = Int(command.socket.rawValue) - context.numbers.base
        return .reply(BSDPoll.Reply(events: events(index, &context)))
    }

    private mutating func events(_ index: Int, _ context: inout Context) -> UInt8 {
        let readable: UInt8 = 1
        let writable: UInt8 = 2
        let error: UInt8 = 4
        let peer: BSDEntry.Peer
        switch self[index]?.transport {
        case nil: return 0
        case .datagram: return fetchDatagram(index, &context) == nil ? writable : readable | writable
        case .stream(let stream):
            switch stream.state {
            case .idle, .connecting: return 0
            case .listening(let socket): return context.streams.hasPendingConnection(socket) ? readable : 0
            case .broken: return readable | writable | error
            case .connected(let connected): peer = connected
            }
        }
        let writes = peer.isFull ? 0 : writable
        switch context.streams.receive(peer.socket, into: &context.scratch, limit: 1, peek: true) {
        case .received, .closed: return readable | writes
        case .nothing: return writes
        case .reset:
            failConnection(index, .reset, context)
            return readable | writable | error
        }
    }
}
