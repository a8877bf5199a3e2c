import NINALink
import NINAWire

// Name look-up.

extension Coprocessor {
    /// How long a look-up may take: less than the most impatient driver waits for READY.
    static let lookupTime = Duration.seconds(5)

    func reqHostByName(_ command: ReqHostByName) -> Answer<Acknowledgement> {
        let name = command.name.asCString
        if let address = IPv4Address(dottedDecimal: name) {
            lastAddress = address
            return .reply(Acknowledgement(true))
        }
        guard isOnline, !name.isEmpty else {
            if !has(.lookupKeepsLastAddress) { lastAddress = .broadcast }
            return .reply(Acknowledgement(false))
        }
        pending = .hostByName(token: newToken(), until: now.advanced(by: Self.lookupTime))
        network.resolve(name, token: lastToken)
        return .later
    }

    func getHostByName() -> Answer<GetHostByName.Reply> {
        var reply = GetHostByName.Reply()
        reply.address = lastAddress
        return .reply(reply)
    }

    func newToken() -> UInt32 {
        lastToken &+= 1
        return lastToken
    }
}
