import NINAWire

/// The settings that Adafruit's commands collect before joining with WPA2 Enterprise.
struct EnterpriseCredential {
    private var user: [UInt8] = []
    private var password: [UInt8] = []
    var isEnabled = false

    /// The firmware's buffers.
    private static let limit = 32
    private static let tooLong: StaticString = "this firmware has room for a text of 32 bytes"

    init() {}

    /// The credential of a join; nil when WPA2 Enterprise is not enabled.
    var credential: Radio.Credential? { isEnabled ? .user(user[...], password: password[...]) : nil }

    /// The outer identity only routes the request to a RADIUS server, which the simulated networks do not have.
    func setEntIdent(_ command: SetEntIdent, _ context: Context) -> Answer<Acknowledgement> {
        guard context.fits(command.identity.asCString, Self.limit) else { return .refused(Self.tooLong) }
        return .reply(Acknowledgement(true))
    }

    mutating func setEntUname(_ command: SetEntUname, _ context: Context) -> Answer<Acknowledgement> {
        guard context.fits(command.username.asCString, Self.limit) else { return .refused(Self.tooLong) }
        user = Array(context.text(command.username, "the user name"))
        return .reply(Acknowledgement(true))
    }

    mutating func setEntPasswd(_ command: SetEntPasswd, _ context: Context) -> Answer<Acknowledgement> {
        guard context.fits(command.password.asCString, Self.limit) else { return .refused(Self.tooLong) }
        password = Array(context.text(command.password, "the password"))
        return .reply(Acknowledgement(true))
    }
}
