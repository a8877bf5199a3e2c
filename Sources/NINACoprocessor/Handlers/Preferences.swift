import NINAWire

// Preferences. A module without the partition for them opens no name space, and everything else follows from that.

/// The name space that is open.
struct OpenPreferences {
    let name: PreferenceName
    let isReadOnly: Bool
    var namespace: PreferenceNamespace
    /// Entries that the other name spaces take.
    let entriesElsewhere: Int
    /// A change failed, and may be on disk all the same: nobody knows until the next one that succeeds.
    var isUncertain = false

    var freeEntries: Int {
        max(0, PreferenceNamespace.entryLimit - entriesElsewhere - namespace.entries)
    }
}

extension Coprocessor {
    /// The label that nina-fw's own partition has: there is no other.
    private static let label = Array("nvs".utf8)

    func prefBegin(_ command: PrefBegin) -> Answer<ResultCode> {
        func refuse(_ why: String) -> Answer<ResultCode> {
            say(.info, "PREF_BEGIN: preferences cannot be opened: \(why)")
            return .reply(ResultCode(1))
        }
        guard storage != nil else { return refuse("the module has no storage") }
        if let preferences { return refuse("the name space '\(preferences.name.text)' is open") }
        guard let name = PreferenceName(command.name.asCString) else {
            return refuse("a name has 1 to \(PreferenceName.longest) bytes")
        }
        let label = command.label.asCString
        if command.form == .label, has(.preferenceLabelsFail) || !(label.isEmpty || label.elementsEqual(Self.label)) {
            return refuse("there is no partition '\(String(decoding: label, as: UTF8.self).printable)'")
        }
        let isReadOnly = command.form != .name && command.readOnly != 0
        return ask(.loadPreferences, .beginPreferences(name, isReadOnly: isReadOnly)) { .reply(ResultCode(1)) }
    }

    /// A name space that is not there yet is made, durably, unless it is only to be read: as ESP-IDF does.
    func preferencesLoaded(
        _ name: PreferenceName, _ isReadOnly: Bool, _ result: StorageResult
    ) -> Answer<ResultCode> {
        guard let stored = preferenceFiles(result) else { return .reply(ResultCode(1)) }
        var opened = OpenPreferences(
            name: name, isReadOnly: isReadOnly, namespace: PreferenceNamespace(),
            entriesElsewhere: entries(stored.filter { $0.key != name }))
        guard let file = stored[name] else {
            guard !isReadOnly else {
                say(.info, "PREF_BEGIN: there is no name space '\(name.text)' to be read")
                return .reply(ResultCode(1))
            }
            guard opened.entriesElsewhere + opened.namespace.entries <= PreferenceNamespace.entryLimit else {
                say(.warning, "PREF_BEGIN: there is no room for the name space '\(name.text)'")
                return .reply(ResultCode(1))
            }
            return store(opened, .createPreferences(opened))
        }
        do throws(PreferenceFileError) {
            opened.namespace = try PreferenceFile.decode(file, name: name)
        } catch {
            say(
                .error,
                "PREF_BEGIN: the preferences of '\(name.text)' are damaged, and left as they are: \(error). Remove their file to start anew"
            )
            return .reply(ResultCode(1))
        }
        preferences = opened
        return .reply(ResultCode(0))
    }

    func preferenceFiles(_ result: StorageResult) -> [PreferenceName: [UInt8]]? {
        switch result {
        case .success(.preferences(let files)): return files
        case .success: return nil
        case .failure(let failure):
            say(.warning, "preferences were not read: \(failure)")
            return nil
        }
    }

    /// Entries that name spaces take; what cannot be read counts by its size.
    func entries(_ files: [PreferenceName: [UInt8]]) -> Int {
        files.reduce(0) { sum, file in
            let namespace = try? PreferenceFile.decode(file.value, name: file.key)
            return sum + (namespace?.entries ?? file.value.count / 32 + 1)
        }
    }

    func prefEnd() -> Answer<Acknowledgement> {
        preferences = nil
        return .reply(Acknowledgement(true))
    }

    // MARK: Changes, on disk before they are acknowledged

    private func store<Reply>(_ changed: OpenPreferences, _ wait: StorageWait) -> Answer<Reply> {
        let bytes = PreferenceFile.encode(changed.namespace, name: changed.name)
        return ask(.storePreferences(changed.name, bytes), wait) { .refused("the module has no storage") }
    }

    /// Takes a change over when it is on disk.
    private func isStored(_ command: StaticString, _ changed: OpenPreferences, _ result: StorageResult) -> Bool {
        if case .failure(let failure) = result {
            say(.warning, "\(command): the name space '\(changed.name.text)' was not stored: \(failure)")
            preferences?.isUncertain = true
            return false
        }
        preferences = changed
        preferences?.isUncertain = false
        return true
    }

    func resultCode(
        of command: StaticString, _ changed: OpenPreferences, _ result: StorageResult
    ) -> Answer<ResultCode> {
        .reply(ResultCode(isStored(command, changed, result) ? 0 : 1))
    }

    private func writable(_ command: StaticString) -> OpenPreferences? {
        guard let preferences else {
            say(.info, "\(command): no name space is open")
            return nil
        }
        guard !preferences.isReadOnly else {
            say(.info, "\(command): the name space '\(preferences.name.text)' is only open to be read")
            return nil
        }
        return preferences
    }

    func prefClear() -> Answer<ResultCode> {
        guard var changed = writable("PREF_CLEAR") else { return .reply(ResultCode(1)) }
        changed.namespace.removeAll()
        return store(changed, .clearPreferences(changed))
    }

    func prefRemove(_ command: PrefRemove) -> Answer<ResultCode> {
        guard !command.isMiscounted else { return .reply(ResultCode(PreferenceCount.wrongCount)) }
        guard var changed = writable("PREF_REMOVE"), let key = PreferenceName(command.key.asCString),
            changed.namespace.remove(key)
        else { return .reply(ResultCode(1)) }
        return store(changed, .removePreference(changed))
    }

    func prefPut(_ command: PrefPut) -> Answer<PreferenceCount> {
        func refuse(_ why: String) -> Answer<PreferenceCount> {
            say(.info, "PREF_PUT: \(why)")
            return .reply(PreferenceCount())
        }
        guard !command.isMiscounted else { return .reply(PreferenceCount(error: PreferenceCount.wrongCount)) }
        guard command.type.exists else { return .reply(PreferenceCount(error: PreferenceCount.wrongType)) }
        guard var changed = writable("PREF_PUT") else { return .reply(PreferenceCount()) }
        guard let key = PreferenceName(command.key.asCString) else {
            return refuse("a key has 1 to \(PreferenceName.longest) bytes")
        }
        guard let value = PreferenceValue(command.type, command.value) else {
            return refuse("\(command.value.count) bytes are no value of type \(command.type.rawValue)")
        }
        let count = PreferenceCount(count: UInt32(value.bytes.count - (value.type == .string ? 1 : 0)))
        // What is there already is on disk already.
        guard changed.isUncertain || changed.namespace[key] != value else { return .reply(count) }
        guard changed.namespace.put(key, value) else { return refuse("'\(key.text)' has a value of another type") }
        guard changed.entriesElsewhere + changed.namespace.entries <= PreferenceNamespace.entryLimit else {
            return refuse("there is no room for '\(key.text)'")
        }
        return store(changed, .putPreference(changed, count))
    }

    func preferencePut(
        _ changed: OpenPreferences, _ count: PreferenceCount, _ result: StorageResult
    ) -> Answer<PreferenceCount> {
        .reply(isStored("PREF_PUT", changed, result) ? count : PreferenceCount())
    }
}

extension PreferenceName {
    var text: String { String(decoding: bytes, as: UTF8.self).printable }
}
