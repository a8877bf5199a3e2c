import NINALink
import NINAWire

// Station commands that set the station up.

extension Coprocessor {
    /// Answers 0, as every firmware does: drivers depend on it.
    func setIpConfig(_ command: SetIpConfig) -> Answer<Acknowledgement> {
        // 0.0.0.0 goes back to what the network gives.
        radio.fixedLease =
            command.address == .any
            ? nil : Radio.Lease(address: command.address, mask: command.mask, gateway: command.gateway)
        return .reply(Acknowledgement(false))
    }

    func setDnsConfig(_ command: SetDnsConfig) -> Answer<Acknowledgement> {
        // A zero address leaves that server as it is.
        if command.first != .any { radio.dnsServers.0 = command.first }
        if command.second != .any { radio.dnsServers.1 = command.second }
        return .reply(Acknowledgement(true))
    }

    func getDnsConfig() -> Answer<GetDnsConfig.Reply> {
        var reply = GetDnsConfig.Reply()
        (reply.first, reply.second) = radio.nameServers
        return .reply(reply)
    }

    func setHostname(_ command: SetHostname) -> Answer<Acknowledgement> {
        hostname = Array(command.name.asCString.prefix(32))
        return .reply(Acknowledgement(true))
    }

    func getReasonCode() -> Answer<GetReasonCode.Reply> {
        var reply = GetReasonCode.Reply()
        reply.reason = radio.reason
        return .reply(reply)
    }
}
