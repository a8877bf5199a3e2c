import NINALink
import NINAWire

/// Name look-up: REQ_HOST_BY_NAME, and GET_HOST_BY_NAME for its result.
struct Names {
    /// Time-out of a look-up: shorter than any driver's time-out for READY.
    private static let lookupTime = Duration.seconds(5)

    /// The last address found; 255.255.255.255 after a failed look-up.
    private var lastAddress = IPv4Address.any

    mutating func reqHostByName(
        _ command: ReqHostByName, isOnline: Bool, _ context: inout Context
    ) -> Answer<Acknowledgement> {
        let name = context.text(command.name, "the name to look up")
        if let address = IPv4Address(dottedDecimal: name) {
            lastAddress = address
            return .reply(Acknowledgement(true))
        }
        guard isOnline, !name.isEmpty else {
            note(nil, context)
            let why = isOnline ? "it is empty" : "no network: join one first"
            context.log(.info, "the look-up of '\(name.printable)' failed: \(why)")
            return .reply(Acknowledgement(false))
        }
        let token = context.resolve(name)
        return context.wait(.hostByName(token: token), for: Self.lookupTime)
    }

    /// Completes the look-up; nil when the name was not found.
    mutating func lookupEnded(_ address: IPv4Address?, isLate: Bool = false, _ context: inout Context) {
        note(address, context)
        if address == nil {
            let why = isLate ? "no answer in time" : "no such host"
            context.log(.info, "the look-up of '\(context.lookupName)' failed: \(why)")
        }
        context.complete(ReqHostByName.self, with: Acknowledgement(address != nil))
    }

    private mutating func note(_ address: IPv4Address?, _ context: Context) {
        if let address {
            lastAddress = address
        } else if !context.has(.lookupKeepsLastAddress) {
            lastAddress = .broadcast
        }
    }

    func getHostByName(_: GetHostByName) -> Answer<GetHostByName.Reply> {
        var reply = GetHostByName.Reply()
        reply.address = lastAddress
        return .reply(reply)
    }
}
