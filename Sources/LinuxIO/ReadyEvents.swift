/// The state of a descriptor, in the bits of `epoll` and `poll`.
public struct ReadyEvents: OptionSet, Hashable, Sendable {
    /// The bits as the kernel reports them.
    public let rawValue: UInt32

    /// Wraps bits of the kernel.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Data to read, a connection to accept, or the end of the stream.
    public static let readable = ReadyEvents(rawValue: 0x1)
    /// Urgent data of TCP that is not yet read (EPOLLPRI); reported with interest in it.
    public static let urgent = ReadyEvents(rawValue: 0x2)
    /// Room to write, or a connection attempt has completed.
    public static let writable = ReadyEvents(rawValue: 0x4)
    /// An error is pending; always reported.
    public static let error = ReadyEvents(rawValue: 0x8)
    /// Both directions are closed; always reported.
    public static let hangUp = ReadyEvents(rawValue: 0x10)
    /// The peer has closed its sending direction (EPOLLRDHUP); reported with interest in reading.
    public static let peerClosed = ReadyEvents(rawValue: 0x2000)

    static let all: ReadyEvents = [.readable, .urgent, .writable, .error, .hangUp, .peerClosed]
}

/// The events for which a descriptor is watched.
///
/// With neither `readable` nor `writable`, the descriptor is not watched at all: not even a hang-up is reported, so
/// that a paused connection does not keep the reactor busy.
public struct Interest: OptionSet, Hashable, Sendable {
    /// The bits as the kernel takes them.
    public let rawValue: UInt32

    /// Wraps bits of the kernel.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Report when it can be read, and when the peer has closed its sending direction.
    public static let readable = Interest(rawValue: 0x1)
    /// Report urgent data of TCP with what can be read. Its byte may be known before it can be read, so that a
    /// level-triggered descriptor would be reported again and again.
    public static let urgent = Interest(rawValue: 0x2)
    /// Report when it can be written.
    public static let writable = Interest(rawValue: 0x4)
    /// Report each change once, instead of the state in each round.
    public static let edgeTriggered = Interest(rawValue: 0x8000_0000)

    var isWatching: Bool { !isDisjoint(with: [.readable, .writable]) }

    /// The event mask: interest in reading includes the peer's close.
    var mask: UInt32 {
        contains(.readable) ? rawValue | ReadyEvents.peerClosed.rawValue : rawValue
    }
}
