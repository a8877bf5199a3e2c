import NINALink
import NINAWire

// Station commands: joining, leaving, and what is known of the connection.

extension Coprocessor {
    func setNet(_ command: SetNet) -> Answer<Acknowledgement> {
        guard enterprise.isEnabled else { return join(command.ssid, .none) }
        return join(command.ssid, .user(enterprise.user[...], password: enterprise.password[...]))
    }

    func setPassphrase(_ command: SetPassphrase) -> Answer<Acknowledgement> {
        let passphrase = command.passphrase.asCString
        guard passphrase.count <= 64 else { return .refused("a passphrase has at most 64 bytes") }
        return join(command.ssid, .text(passphrase))
    }

    func setKey(_ command: SetKey) -> Answer<Acknowledgement> {
        let key = command.key.asCString
        guard key.count <= 64 else { return .refused("a key has at most 64 bytes") }
        return join(command.ssid, .text(key))
    }

    func join(_ ssid: ArraySlice<UInt8>, _ credential: Radio.Credential) -> Answer<Acknowledgement> {
        let ssid = ssid.asCString
        guard (1...32).contains(ssid.count) else { return .refused("a network name has 1 to 32 bytes") }
        leaveNetwork()
        radio.join(ssid: ssid, credential, at: now)
        return .reply(Acknowledgement(true))
    }

    func disconnect() -> Answer<Acknowledgement> {
        leaveNetwork()
        radio.leave()
        return .reply(Acknowledgement(true))
    }

    /// Without a network no connection stands; listeners stay.
    func leaveNetwork() {
        guard radio.isAssociated || radio.accessPoint != nil else { return }
        closeBSDConnections()
        for index in table.slots.indices where table.slots[index].use == .client { closeClient(index) }
        for index in table.slots.indices where table.slots[index].use == .server { dropWaiting(ofServer: index) }
    }

    func getConnStatus() -> Answer<GetConnStatus.Reply> {
        var reply = GetConnStatus.Reply()
        reply.status = radio.status
        return .reply(reply)
    }

    func getIPAddr() -> Answer<GetIPAddr.Reply> {
        let lease = radio.lease
        var reply = GetIPAddr.Reply()
        reply.address = lease.address
        reply.mask = lease.mask
        reply.gateway = lease.gateway
        return .reply(reply)
    }

    func wireOrder(_ address: MACAddress) -> MACAddress {
        dialect.reversesHardwareAddresses ? address.reversed : address
    }

    func getMACAddr() -> Answer<GetMACAddr.Reply> {
        var reply = GetMACAddr.Reply()
        reply.address = wireOrder(radio.accessPoint == nil ? configuration.hardwareAddress : accessPointHardwareAddress)
        return .reply(reply)
    }

    func getCurrSSID() -> Answer<GetCurrSSID.Reply> {
        var reply = GetCurrSSID.Reply()
        reply.ssid = radio.accessPoint?.ssid[...] ?? radio.network?.ssid[...] ?? []
        return .reply(reply)
    }

    func getCurrBSSID() -> Answer<GetCurrBSSID.Reply> {
        var reply = GetCurrBSSID.Reply()
        reply.bssid = wireOrder(radio.accessPoint == nil ? radio.network?.bssid ?? .zero : accessPointHardwareAddress)
        return .reply(reply)
    }

    func getCurrRSSI() -> Answer<GetCurrRSSI.Reply> {
        var reply = GetCurrRSSI.Reply()
        reply.rssi = radio.network?.rssi ?? 0
        return .reply(reply)
    }

    func getCurrEnct() -> Answer<GetCurrEnct.Reply> {
        var reply = GetCurrEnct.Reply()
        reply.type = radio.accessPoint?.security ?? radio.network?.security ?? .open
        return .reply(reply)
    }

    /// Whether sockets reach the network.
    var isOnline: Bool {
        radio.isAssociated || radio.accessPoint != nil || configuration.allowsSocketsWithoutJoin
    }

    /// The access point's hardware address is the one after the station's.
    private var accessPointHardwareAddress: MACAddress {
        MACAddress(rawValue: configuration.hardwareAddress.rawValue + 1)
    }
}

extension ArraySlice<UInt8> {
    /// The bytes before the first NUL: hosts of several languages send one along.
    var asCString: ArraySlice<UInt8> { firstIndex(of: 0).map { self[..<$0] } ?? self }
}
