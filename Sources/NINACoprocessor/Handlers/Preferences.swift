import NINAWire

// Preferences. A module without the partition for them opens no namespace, and everything else follows from that.

extension Coprocessor {
    func prefBegin(_ command: PrefBegin) -> Answer<ResultCode> {
        say(.info, "preferences cannot be opened: the module has no storage")
        return .reply(ResultCode(1))
    }

    func prefClear() -> Answer<ResultCode> { .reply(ResultCode(1)) }

    func prefRemove(_ command: PrefRemove) -> Answer<ResultCode> {
        .reply(ResultCode(command.isMiscounted ? PreferenceCount.wrongCount : 1))
    }

    func prefLen(_ command: PrefLen) -> Answer<PreferenceCount> {
        .reply(command.isMiscounted ? PreferenceCount(error: PreferenceCount.wrongCount) : PreferenceCount())
    }

    func prefPut(_ command: PrefPut) -> Answer<PreferenceCount> {
        .reply(command.isMiscounted ? PreferenceCount(error: PreferenceCount.wrongCount) : PreferenceCount())
    }

    func prefGet(_ command: PrefGet) -> Answer<PrefGet.Reply> {
        var reply = PrefGet.Reply()
        reply.isRefused = command.isMiscounted
        return .reply(reply)
    }

    func prefGettype(_ command: PrefGettype) -> Answer<PrefGettype.Reply> {
        var reply = PrefGettype.Reply()
        reply.type = .invalid
        return .reply(reply)
    }
}
