import NINAWire

// The coprocessor itself.

extension Coprocessor {
    func getFwVersion() -> Answer<GetFwVersion.Reply> {
        var reply = GetFwVersion.Reply()
        reply.version = version
        return .reply(reply)
    }
}
