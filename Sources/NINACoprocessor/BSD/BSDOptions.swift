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

// BSD sockets: SETSOCKOPT and GETSOCKOPT.

extension BSDSockets {
    mutating func bsdSetsockopt(_ command: BSDSetsockopt, _ context: inout Context) -> Answer<Acknowledgement> {
        guard let index = index(command.socket, context) else { return .reply(Acknowledgement(false)) }
        guard let name = BSDOptions.Name(rawValue: command.option) else { return failed(.noSuchOption) }
        guard (name.size...16).contains(command.value.count) else { return failed(.invalid) }
        let first = command.value.prefix(4).lowFirst(as: UInt32.self)
        let pair = (first, command.value.dropFirst(4).prefix(4).lowFirst(as: UInt32.self))
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
            if case .stream(let stream) = entry.transport { stream.isListening.lowFirst() } else { nil }
        case .noChecksum: entry.kind == .datagram ? options.noChecksum.lowFirst() : nil
        case .reuseAddress, .keepAlive, .broadcast: (options.flags & name.rawValue).lowFirst()
        case .linger: options.linger.0.lowFirst() + options.linger.1.lowFirst()
        case .receiveBuffer: options.receiveBuffer.lowFirst()
        case .sendTimeout: options.sendTimeout.0.lowFirst() + options.sendTimeout.1.lowFirst()
        case .receiveTimeout: options.receiveTimeout.0.lowFirst() + options.receiveTimeout.1.lowFirst()
        case .error: UInt32(entry.failure.number(context.dialect.errnoNumbering)).lowFirst()
        case .type: UInt32(entry.kind.rawValue).lowFirst()
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
