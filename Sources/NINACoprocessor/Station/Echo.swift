import NINAWire

// Echo requests.

extension Station {
    /// Time-out of an echo request.
    private static let echoTime = Duration.seconds(5)

    func ping(_ command: Ping, _ context: inout Context) -> Answer<Ping.Reply> {
        guard isOnline(context) else { return .reply(Ping.Reply(milliseconds: -1)) }
        let token = context.newToken()
        context.network.ping(command.address, timeToLive: max(1, command.ttl), token: token)
        return context.wait(.ping(token: token), for: Self.echoTime)
    }

    /// Completes PING; nil means that no answer arrived.
    func echoed(_ token: UInt32, _ milliseconds: Int?, _ context: inout Context) {
        guard case .ping(token)? = context.pending?.wait else { return }
        context.complete(Ping.self, with: Ping.Reply(milliseconds: milliseconds.map { Int16(clamping: $0) } ?? -1))
    }
}
