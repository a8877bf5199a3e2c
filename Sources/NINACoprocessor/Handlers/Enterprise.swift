import NINAWire

/// What Adafruit's commands gather before a join with WPA2 Enterprise.
struct EnterpriseCredential {
    var identity: [UInt8] = []
    var user: [UInt8] = []
    var password: [UInt8] = []
    var isEnabled = false
}

// WPA2 Enterprise.

extension Coprocessor {
    func setEnt(_ command: SetEnt) -> Answer<Acknowledgement> {
        guard command.method == .peap else {
            say(.info, "a join with a client certificate finds no network that takes one")
            return join(command.ssid, .user([], password: []))
        }
        return join(command.ssid, .user(command.username.asCString, password: command.password.asCString))
    }

    func setEntIdent(_ command: SetEntIdent) -> Answer<Acknowledgement> {
        enterprise.identity = Array(command.identity.asCString)
        return .reply(Acknowledgement(true))
    }

    func setEntUname(_ command: SetEntUname) -> Answer<Acknowledgement> {
        enterprise.user = Array(command.username.asCString)
        return .reply(Acknowledgement(true))
    }

    func setEntPasswd(_ command: SetEntPasswd) -> Answer<Acknowledgement> {
        enterprise.password = Array(command.password.asCString)
        return .reply(Acknowledgement(true))
    }

    func setEntEnable() -> Answer<Acknowledgement> {
        enterprise.isEnabled = true
        // The driver names the network first. A real association takes longer than its next commands, so they still count.
        if !radio.isAssociated, radio.accessPoint == nil, !radio.lastSSID.isEmpty {
            return join(radio.lastSSID[...], .user(enterprise.user[...], password: enterprise.password[...]))
        }
        return .reply(Acknowledgement(true))
    }
}
