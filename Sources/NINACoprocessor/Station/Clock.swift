import NINALink
import NINAWire

/// The time of day: 0 until it is known from the network, after the first join, or from the host.
struct Clock {
    /// A network has been joined, which provides the time.
    var hasNetworkTime = false
    /// The time that a host has set, and the instant when it did.
    private var hostClock: (seconds: UInt64, since: MonotonicInstant)?

    func getTime(_: GetTime, _ context: Context) -> Answer<GetTime.Reply> {
        var seconds = hasNetworkTime ? context.configuration.wallClock.seconds() : 0
        if let (set, since) = hostClock { seconds = set + context.now.nanoseconds(since: since) / 1_000_000_000 }
        return .reply(GetTime.Reply(seconds: seconds, isWide: context.has(.timeHas8Bytes)))
    }

    mutating func setTime(_ command: SetTime, _ context: Context) -> Answer<ResultCode> {
        hostClock = (UInt64(command.seconds), context.now)
        return .reply(ResultCode(0))
    }
}
