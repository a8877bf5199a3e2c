import NINAWire

// Queries of the open name space.

extension Preferences {
    private func preference(_ key: ArraySlice<UInt8>) -> PreferenceValue? {
        PreferenceName(key.asCString).flatMap { open?.namespace[$0] }
    }

    func prefLen(_ command: PrefLen) -> Answer<PreferenceCount> {
        guard !command.isMiscounted else { return .reply(PreferenceCount(error: PreferenceCount.wrongCount)) }
        return .reply(PreferenceCount(count: UInt32(preference(command.key)?.bytes.count ?? 0)))
    }

    func prefGettype(_ command: PrefGettype) -> Answer<PrefGettype.Reply> {
        .reply(PrefGettype.Reply(type: preference(command.key)?.type ?? .invalid))
    }

    /// A value of another type than requested counts as missing: 0, or no bytes.
    func prefGet(_ command: PrefGet, _ context: Context) -> Answer<PrefGet.Reply> {
        var reply = PrefGet.Reply()
        reply.isRefused = command.isMiscounted || !command.type.exists
        guard !reply.isRefused, context.storage != nil else { return .reply(reply) }
        let value = preference(command.key).flatMap { $0.type == command.type ? $0.bytes : nil }
        if let width = command.type.width {
            var number = value ?? Array(repeating: 0, count: width)
            if context.has(.preferencesKeepLowWord) { for index in number.indices.dropFirst(4) { number[index] = 0 } }
            reply.value = ArraySlice(number.reversed())
        } else if let value {
            reply.value =
                command.type == .string && !context.has(.preferenceStringsKeepNUL) ? value.dropLast() : value[...]
        }
        return .reply(reply)
    }
}
