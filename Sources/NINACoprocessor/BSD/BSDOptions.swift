import NINALink
import NINAWire

/// The options of a BSD socket, at level SOL_SOCKET.
struct BSDOptions {
    /// lwip's option numbers.
    enum Name: UInt32 {
        case acceptsConnections = 0x0002
        case reuseAddress = 0x0004
        case keepAlive = 0x0008
        case broadcast = 0x0020
        case linger = 0x0080
        case receiveBuffer = 0x1002
        case sendTimeout = 0x1005
        case receiveTimeout = 0x1006
        case error = 0x1007
        case type = 0x1008
        case noChecksum = 0x100A

        /// The size of the value in bytes.
        var size: Int {
            switch self {
            case .linger, .sendTimeout, .receiveTimeout: 8
            default: 4
            }
        }
    }

    /// Flags: the number of each option is its bit.
    var flags: UInt32 = 0
    /// Whether closing lingers, and for how many seconds.
    var linger = (UInt32(0), UInt32(0))
    var receiveBuffer = UInt32(Int32.max)
    /// Seconds and microseconds; zero for the default.
    var sendTimeout = (UInt32(0), UInt32(0))
    var receiveTimeout = (UInt32(0), UInt32(0))
    var noChecksum: UInt32 = 0

    /// The send time-out; nil when it was not set.
    var sendTime: Duration? { Self.duration(sendTimeout) }
    /// The receive time-out; nil when it was not set.
    var receiveTime: Duration? { Self.duration(receiveTimeout) }

    private static func duration(_ value: (UInt32, UInt32)) -> Duration? {
        let time =
            Duration.seconds(Int64(Int32(bitPattern: value.0))) + .microseconds(Int64(Int32(bitPattern: value.1)))
        return time > .zero ? time : nil
    }
}

extension ArraySlice<UInt8> {
    /// Decodes four bytes at this offset, little endian.
    fileprivate func word(_ offset: Int = 0) -> UInt32 {
        dropFirst(offset).prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}

extension UInt32 {
    /// Its four bytes, little endian.
    fileprivate var lowFirst: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> (8 * $0)) } }
}

// BSD sockets: state and options.

extension BSDSockets {
    mutating func bsdIoctl(_ command: BSDIoctl, _ context: inout Context) -> Answer<BSDIoctl.Reply> {
        guard let index = index(command.socket, context) else { return .reply(BSDIoctl.Reply()) }
        switch command.request {
        case BSDIoctl.fionbio where command.value.count >= 4:
            update(index) { $0.isNonblocking = command.value.word() != 0 }
            return .reply(BSDIoctl.Reply(value: command.value))
        case BSDIoctl.fionread where command.value.count >= 4:
            let count = UInt32(clamping: unread(index, &context)).lowFirst
            return .reply(BSDIoctl.Reply(value: count + command.value.dropFirst(4)))
        case BSDIoctl.fionbio, BSDIoctl.fionread: errno = .invalid
        default: errno = .notSupported
        }
        return .reply(BSDIoctl.Reply())
    }

    /// The number of unread bytes of the stream, or of the first datagram.
    private mutating func unread(_ index: Int, _ context: inout Context) -> Int {
        if self[index].kind == .datagram {
            fetchDatagram(index, &context)
            return self[index].datagram?.bytes.count ?? 0
        }
        return self[index].state == .connected ? context.streams.readableBytes(self[index].socket) : 0
    }

    /// For a number that is not open it returns no events, without an error.
    mutating func bsdPoll(_ command: BSDPoll, _ context: inout Context) -> Answer<BSDPoll.Reply> {
        let index = Int(command.socket.rawValue) - context.numbers.base
        return .reply(BSDPoll.Reply(events: isOpen(index) ? events(index, &context) : 0))
    }

    private mutating func events(_ index: Int, _ context: inout Context) -> UInt8 {
        let readable: UInt8 = 1
        let writable: UInt8 = 2
        let error: UInt8 = 4
        if self[index].kind == .datagram {
            fetchDatagram(index, &context)
            return self[index].datagram == nil ? writable : readable | writable
        }
        switch self[index].state {
        case .idle, .connecting: return 0
        case .listening: return context.streams.hasPendingConnection(self[index].socket) ? readable : 0
        case .broken: return readable | writable | error
        case .connected: break
        }
        let writes = self[index].isFull ? 0 : writable
        switch context.streams.receive(self[index].socket, into: &context.scratch, limit: 1, peek: true) {
        case .received, .closed: return readable | writes
        case .nothing: return writes
        case .reset:
            breakOff(index, .reset, context)
            return readable | writable | error
        }
    }

    mutating func bsdSetsockopt(_ command: BSDSetsockopt, _ context: inout Context) -> Answer<Acknowledgement> {
        guard let index = index(command.socket, context) else { return .reply(Acknowledgement(false)) }
        guard let name = BSDOptions.Name(rawValue: command.option) else { return failed(.noSuchOption) }
        guard (name.size...16).contains(command.value.count) else { return failed(.invalid) }
        let first = command.value.word()
        let pair = (first, command.value.word(4))
        var options = self[index].options
        switch name {
        case .reuseAddress, .keepAlive, .broadcast:
            options.flags &= ~name.rawValue
            if first != 0 { options.flags |= name.rawValue }
        case .linger: options.linger = pair
        case .receiveBuffer: options.receiveBuffer = first
        case .sendTimeout: options.sendTimeout = pair
        case .receiveTimeout: options.receiveTimeout = pair
        case .noChecksum where self[index].kind == .datagram: options.noChecksum = first
        case .noChecksum, .acceptsConnections, .error, .type: return failed(.noSuchOption)
        }
        update(index) { $0.options = options }
        return .reply(Acknowledgement(true))
    }

    mutating func bsdGetsockopt(_ command: BSDGetsockopt, _ context: inout Context) -> Answer<BSDGetsockopt.Reply> {
        guard let index = index(command.socket, context) else { return .reply(BSDGetsockopt.Reply()) }
        guard let name = BSDOptions.Name(rawValue: command.option), let value = option(name, index, context) else {
            errno = .noSuchOption
            return .reply(BSDGetsockopt.Reply())
        }
        guard Int(command.size) >= name.size else {
            errno = .invalid
            return .reply(BSDGetsockopt.Reply())
        }
        if name == .error { update(index) { $0.failure = .none } }
        return .reply(BSDGetsockopt.Reply(value: value[...]))
    }

    /// The value of an option; nil when this type of socket does not have it.
    private func option(_ name: BSDOptions.Name, _ index: Int, _ context: Context) -> [UInt8]? {
        let entry = self[index]
        let options = entry.options
        return switch name {
        case .acceptsConnections where entry.kind == .stream:
            UInt32(entry.state == .listening ? 1 : 0).lowFirst
        case .noChecksum where entry.kind == .datagram: options.noChecksum.lowFirst
        case .acceptsConnections, .noChecksum: nil
        case .reuseAddress, .keepAlive, .broadcast: (options.flags & name.rawValue).lowFirst
        case .linger: options.linger.0.lowFirst + options.linger.1.lowFirst
        case .receiveBuffer: options.receiveBuffer.lowFirst
        case .sendTimeout: options.sendTimeout.0.lowFirst + options.sendTimeout.1.lowFirst
        case .receiveTimeout: options.receiveTimeout.0.lowFirst + options.receiveTimeout.1.lowFirst
        case .error: UInt32(entry.failure.number(context.dialect.errnoNumbering)).lowFirst
        case .type: UInt32(entry.kind.rawValue).lowFirst
        }
    }
}
