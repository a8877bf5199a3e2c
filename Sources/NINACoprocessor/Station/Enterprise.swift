import NINAWire

/// The settings that Adafruit's commands collect before joining with WPA2 Enterprise.
struct EnterpriseCredential {
    private var user: [UInt8] = []
    private var password: [UInt8] = []
    var isEnabled = false

    init() {}

    /// The credential of a join; nil when WPA2 Enterprise is not enabled.
    var credential: Radio.Credential? { isEnabled ? .user(user[...], password: password[...]) : nil }

    /// The outer identity only routes the request to a RADIUS server, which the simulated networks do not have.
    func setEntIdent(_: SetEntIdent) -> Answer<Acknowledgement> { .reply(Acknowledgement(true)) }

    mutating func setEntUname(_ command: SetEntUname, _ context: Context) -> Answer<Acknowledgement> {
        user = Array(context.text(command.username, "the user name"))
        return .reply(Acknowledgement(true))
    }

    mutating func setEntPasswd(_ command: SetEntPasswd, _ context: Context) -> Answer<Acknowledgement> {
        password = Array(context.text(command.password, "the password"))
        return .reply(Acknowledgement(true))
    }
}
