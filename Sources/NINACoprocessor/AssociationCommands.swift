import NINAWire

// Commands that begin or end an association: a station that leaves its network loses its connections, so they concern
// several parts.

extension Device {
    mutating func setNet(_ command: SetNet) -> Answer<Acknowledgement> {
        join(command.ssid, station.enterprise.credential ?? .none)
    }

    mutating func setPassphrase(_ command: SetPassphrase) -> Answer<Acknowledgement> {
        let passphrase = context.text(command.passphrase, "the passphrase")
        guard passphrase.count <= 64 else { return .refused("a passphrase has at most 64 bytes") }
        return join(command.ssid, .text(passphrase))
    }

    mutating func setKey(_ command: SetKey) -> Answer<Acknowledgement> {
        let key = context.text(command.key, "the key")
        guard key.count <= 64 else { return .refused("a key has at most 64 bytes") }
        guard context.fits(key, 26) else { return .refused("this firmware has room for a key of 26 bytes") }
        return join(command.ssid, .text(key))
    }

    mutating func setEnt(_ command: SetEnt) -> Answer<Acknowledgement> {
        let texts = [command.username, command.password, command.identity].map(\.asCString)
        guard texts.allSatisfy({ context.fits($0, 128) }) else {
            return .refused("this firmware has room for texts of 128 bytes")
        }
        guard command.method == .peap else {
            context.log(.info, "joining with a client certificate failed: no network accepts one")
            return join(command.ssid, .user([], password: []))
        }
        let password = context.text(command.password, "the password")
        return join(command.ssid, .user(context.text(command.username, "the user name"), password: password))
    }

    mutating func setEntEnable(_: SetEntEnable) -> Answer<Acknowledgement> {
        station.enterprise.isEnabled = true
        // Drivers send SET_NET first. A real association takes longer than the commands that follow, so these still
        // apply to it: join again.
        if !station.radio.isAssociated, station.radio.accessPoint == nil, !station.radio.lastSSID.isEmpty,
            let credential = station.enterprise.credential
        {
            return join(station.radio.lastSSID[...], credential)
        }
        return .reply(Acknowledgement(true))
    }

    private mutating func join(
        _ ssid: ArraySlice<UInt8>, _ credential: Radio.Credential
    ) -> Answer<Acknowledgement> {
        let ssid = context.text(ssid, "the network name")
        guard (1...32).contains(ssid.count) else { return .refused("a network name has 1 to 32 bytes") }
        leaveNetwork()
        station.radio.join(ssid: ssid, credential, at: context.now)
        return .reply(Acknowledgement(true))
    }

    mutating func disconnect(_: Disconnect) -> Answer<Acknowledgement> {
        leaveNetwork()
        station.radio.leave()
        return .reply(Acknowledgement(true))
    }

    /// The station gives its network up, or its access point.
    private mutating func leaveNetwork() {
        guard station.radio.isAssociated || station.radio.accessPoint != nil else { return }
        if station.radio.isAssociated {
            context.events?(.left(ssid: station.radio.lastSSID, reason: Radio.Reason.associationLeave))
        }
        closeConnections()
    }

    /// Without a network, connections end; listeners stay.
    private mutating func closeConnections() {
        if context.has(.connectionsOutliveNetwork) { return }
        bsd.closeConnections(&context)
        sockets.closeConnections(&context)
    }

    /// Runs what is due in the radio: the end of a join, the loss of the network.
    mutating func advanceRadio() {
        let (wasJoining, wasAssociated) = (station.radio.isJoining, station.radio.isAssociated)
        station.radio.advance(to: context.now)
        let ssid = station.radio.lastSSID
        if wasJoining, !station.radio.isJoining {
            station.logJoin(context)
            context.events?(
                station.radio.isAssociated ? .joined(ssid: ssid) : .joinFailed(ssid: ssid, reason: station.radio.reason)
            )
        }
        if wasAssociated, !station.radio.isAssociated {
            context.log(.info, "the network '\(ssid.printable)' is lost; reason \(station.radio.reason)")
            context.events?(.left(ssid: ssid, reason: station.radio.reason))
            closeConnections()
        }
        if station.radio.isAssociated { clock.hasNetworkTime = true }
    }

    // MARK: The access point

    /// The station ends for an access point, except in firmware that runs both.
    private mutating func leaveForAccessPoint() {
        if !context.has(.accessPointsRunBesideStation) { leaveNetwork() }
    }

    mutating func setApNet(_ command: SetApNet) -> Answer<Acknowledgement> {
        openAccessPoint(command.ssid, security: .open)
    }

    mutating func setApPassphrase(_ command: SetApPassphrase) -> Answer<Acknowledgement> {
        guard (8...64).contains(context.text(command.passphrase, "the passphrase").count) else {
            context.log(.info, "an access point's passphrase has 8 to 64 bytes")
            leaveForAccessPoint()
            station.radio.failAccessPoint(looksIdle: context.has(.failedAccessPointLooksIdle))
            return .reply(Acknowledgement(false))
        }
        return openAccessPoint(command.ssid, security: .wpa2)
    }

    private mutating func openAccessPoint(
        _ ssid: ArraySlice<UInt8>, security: EncryptionType
    ) -> Answer<Acknowledgement> {
        let ssid = context.text(ssid, "the network name")
        guard (1...32).contains(ssid.count) else { return .refused("a network name has 1 to 32 bytes") }
        leaveForAccessPoint()
        station.radio.openAccessPoint(ssid: ssid, security: security)
        context.log(.info, "access point '\(ssid.printable)'")
        return .reply(Acknowledgement(true))
    }

    // MARK: Scan

    mutating func scanNetworks(_: ScanNetworks) -> Answer<ScanNetworks.Reply> {
        context.wait(.scan, for: station.radio.scanDuration)
    }

    mutating func endScan() {
        if context.has(.scanDropsConnection) {
            leaveNetwork()
            station.radio.drop()
        }
        station.radio.scanned()
        context.complete(ScanNetworks.self, with: station.scanReply)
    }
}
