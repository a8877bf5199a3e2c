import NINALink
import NINAWire

/// The time of day: 0 until it is known from the network, after the first join, or from the host.
struct Clock {
    /// A network has been joined, which provides the time.
    var hasNetworkTime = false
    /// The time that a host has set, and the instant when it did.
    private var hostClock: (seconds: UInt64, since: MonotonicInstant)?

    func getTime(_: GetTime, _ context: Context) -> Answer<GetTime.Reply> {
        .reply(GetTime.Reply(seconds: seconds(context), isWide: context.has(.timeHas8Bytes)))
    }

    /// The time, in seconds since 1970.
    func seconds(_ context: Context) -> UInt64 {
        if let (set, since) = hostClock { return set + context.now.nanoseconds(since: since) / 1_000_000_000 }
        return hasNetworkTime ? context.networkTime.seconds(context) : 0
    }

    mutating func setTime(_ command: SetTime, _ context: Context) -> Answer<ResultCode> {
        hostClock = (UInt64(command.seconds), context.now)
        return .reply(ResultCode(0))
    }
}

/// The time that networks provide, which outlives resets of the module.
enum NetworkTime {
    /// That of the configuration.
    case configured
    /// None.
    case none
    /// A time, and the instant when it was right.
    case since(MonotonicInstant, seconds: UInt64)

    func seconds(_ context: Context) -> UInt64 {
        switch self {
        case .configured: context.configuration.wallClock.seconds()
        case .none: 0
        case .since(let start, let seconds):
            seconds &+ context.now.nanoseconds(since: start) / 1_000_000_000
        }
    }
}
