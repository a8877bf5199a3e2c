import NINALink
import NINAWire

/// The Wi-Fi station: its radio, its settings, and its status.
struct Station {
    var radio: Radio
    var enterprise = EnterpriseCredential()
    /// The host name set by the host, sent with DHCP; empty for the firmware's default.
    private(set) var hostName: [UInt8] = []

    init(_ context: Context, air: Air) {
        radio = Radio(air: air, ownAddress: context.network.ownAddress, dialect: context.dialect)
    }

    /// Whether sockets have network access.
    func isOnline(_ context: Context) -> Bool {
        radio.isAssociated || radio.accessPoint != nil || context.configuration.allowsSocketsWithoutJoin
    }

    /// Logs the end of a join.
    func logJoin(_ context: Context) {
        let name = String(decoding: radio.lastSSID, as: UTF8.self)
        if radio.isAssociated {
            let ownName = hostName.isEmpty ? "" : " as '\(hostName.printable)'"
            context.log(.info, "joined '\(name.printable)'\(ownName)")
        } else {
            let networks = radio.air.networks
            let names = networks.map { "'\($0.ssid.printable)'" }
            let target = networks.first { $0.ssid == radio.lastSSID }
            let why =
                switch (target, radio.reason) {
                case (nil, _): "no such network is in range (\(names.joined(separator: ", ")))"
                case (_, Radio.Reason.noAccessPointFound): "the signal is too weak"
                case (let network?, let reason) where network.failsJoins == reason: "the network lets nobody in"
                case (_, _): "wrong passphrase, key or security type"
                }
            context.log(.info, "joining '\(name.printable)' failed: \(why); reason \(radio.reason)")
        }
    }

    // MARK: Settings

    /// Answers 0, as all firmware does: drivers depend on it.
    mutating func setIpConfig(_ command: SetIpConfig) -> Answer<Acknowledgement> {
        radio.fix(Radio.Lease(address: command.address, mask: command.mask, gateway: command.gateway))
        return .reply(Acknowledgement(false))
    }

    mutating func setDnsConfig(_ command: SetDnsConfig) -> Answer<Acknowledgement> {
        // A zero address leaves that server unchanged.
        if command.first != .any { radio.dnsServers.0 = command.first }
        if command.second != .any { radio.dnsServers.1 = command.second }
        return .reply(Acknowledgement(true))
    }

    mutating func setHostname(_ command: SetHostname, _ context: Context) -> Answer<Acknowledgement> {
        let name = context.text(command.name, "the host name")
        hostName = Array(name.prefix(32))
        if name.count > 32 { context.log(.warning, "the host name has \(name.count) bytes, of which 32 are kept") }
        context.log(.info, "host name '\(hostName.printable)'")
        return .reply(Acknowledgement(true))
    }

    // MARK: Queries

    func getDnsConfig(_: GetDnsConfig) -> Answer<GetDnsConfig.Reply> {
        var reply = GetDnsConfig.Reply()
        (reply.first, reply.second) = radio.nameServers
        return .reply(reply)
    }

    func getReasonCode(_: GetReasonCode) -> Answer<GetReasonCode.Reply> {
        var reply = GetReasonCode.Reply()
        reply.reason = radio.reason
        return .reply(reply)
    }

    func getConnStatus(_: GetConnStatus) -> Answer<GetConnStatus.Reply> {
        var reply = GetConnStatus.Reply()
        reply.status = radio.status
        return .reply(reply)
    }

    func getIPAddr(_: GetIPAddr) -> Answer<GetIPAddr.Reply> {
        let lease = radio.lease
        var reply = GetIPAddr.Reply()
        reply.address = lease.address
        reply.mask = lease.mask
        reply.gateway = lease.gateway
        return .reply(reply)
    }

    func getMACAddr(_: GetMACAddr, _ context: Context) -> Answer<GetMACAddr.Reply> {
        var reply = GetMACAddr.Reply()
        let own = context.configuration.hardwareAddress
        reply.address = context.wireOrder(radio.reportedAccessPoint == nil ? own : own.ofAccessPoint)
        return .reply(reply)
    }

    func getCurrSSID(_: GetCurrSSID) -> Answer<GetCurrSSID.Reply> {
        var reply = GetCurrSSID.Reply()
        reply.ssid = radio.reportedAccessPoint?.ssid[...] ?? radio.network?.ssid[...] ?? []
        return .reply(reply)
    }

    func getCurrBSSID(_: GetCurrBSSID, _ context: Context) -> Answer<GetCurrBSSID.Reply> {
        var reply = GetCurrBSSID.Reply()
        let own = context.configuration.hardwareAddress
        reply.bssid = context.wireOrder(
            radio.reportedAccessPoint == nil ? radio.network?.bssid ?? .zero : own.ofAccessPoint)
        return .reply(reply)
    }

    func getCurrRSSI(_: GetCurrRSSI) -> Answer<GetCurrRSSI.Reply> {
        var reply = GetCurrRSSI.Reply()
        reply.rssi = radio.network?.rssi ?? 0
        return .reply(reply)
    }

    func getCurrEnct(_: GetCurrEnct, _ context: Context) -> Answer<GetCurrEnct.Reply> {
        var reply = GetCurrEnct.Reply()
        let joined = radio.network.map { security(of: $0, context) }
        reply.type = radio.reportedAccessPoint?.security ?? joined ?? .open
        return .reply(reply)
    }
}

extension MACAddress {
    /// The access point's hardware address follows the station's.
    fileprivate var ofAccessPoint: MACAddress { MACAddress(rawValue: rawValue + 1) }
}
