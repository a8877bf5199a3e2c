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

    mutating func bsdSetsockopt(_ command: BSDSetsockopt, _ context: inout Context) -> Answer<Acknowledgement> {
        guard let index = index(command.socket, context) else { return .reply(Acknowledgement(false)) }
        guard let name = BSDOptions.Name(rawValue: command.option) else { return failed(.noSuchOption) }
        guard (name.size...16).contains(command.value.count) else { return failed(.invalid) }
        let first = command.value.word()
        let pair = (first, command.value.word(4))
        guard let entry = self[index] else { return .reply(Acknowledgement(false)) }
        var options = entry.options
        switch name {
        case .reuseAddress, .keepAlive, .broadcast:
            options.flags &= ~name.rawValue
            if first != 0 { options.flags |= name.rawValue }
        case .linger: options.linger = pair
        case .receiveBuffer: options.receiveBuffer = first
        case .sendTimeout: options.sendTimeout = pair
        case .receiveTimeout: options.receiveTimeout = pair
        case .noChecksum where entry.kind == .datagram: options.noChecksum = first
        case .noChecksum, .acceptsConnections, .error, .type: return failed(.noSuchOption)
        }
        update(index) { $0.options = options }
        return .reply(Acknowledgement(true))
    }

    mutating func bsdGetsockopt(_ command: BSDGetsockopt, _ context: inout Context) -> Answer<BSDGetsockopt.Reply> {
        guard let index = index(command.socket, context) else { return .reply(BSDGetsockopt.Reply()) }
        guard let name = BSDOptions.Name(rawValue: command.option), let entry = self[index],
            let value = option(name, entry, context)
        else {
            errno = .noSuchOption
            return .reply(BSDGetsockopt.Reply())
        }
        guard Int(command.size) >= name.size else {
            errno = .invalid
            return .reply(BSDGetsockopt.Reply())
        }
        if name == .error { _ = takeFailure(index) }
        return .reply(BSDGetsockopt.Reply(value: value[...]))
    }

    /// The value of an option; nil when this type of socket does not have it.
    private func option(_ name: BSDOptions.Name, _ entry: BSDEntry, _ context: Context) -> [UInt8]? {
        let options = entry.options
        return switch name {
        case .acceptsConnections:
            if case .stream(let stream) = entry.transport { stream.isListening.lowFirst } else { nil }
        case .noChecksum: entry.kind == .datagram ? options.noChecksum.lowFirst : nil
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

extension BSDEntry.Stream {
    /// SO_ACCEPTCONN.
    fileprivate var isListening: UInt32 { if case .listening = state { 1 } else { 0 } }
}

extension BSDEntry {
    /// SO_ERROR: why the connection is broken, `.none` once it was reported.
    fileprivate var failure: BSDError {
        if case .stream(let stream) = transport, case .broken(let failure?) = stream.state { failure } else { .none }
    }
}
