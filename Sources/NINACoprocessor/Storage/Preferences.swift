import NINAWire

/// The open name space.
struct OpenPreferences {
    let name: PreferenceName
    let isReadOnly: Bool
    var namespace: PreferenceNamespace
    /// The number of entries taken by the other name spaces.
    let entriesElsewhere: Int
    /// A change failed, but may have reached the disk. The next successful change resolves this.
    var isUncertain = false

    var freeEntries: Int {
        max(0, PreferenceNamespace.entryLimit - entriesElsewhere - namespace.entries)
    }
}

/// How a preference command handles the completion of its operation.
enum PreferenceWait {
    case begin(PreferenceName, isReadOnly: Bool)
    case create(OpenPreferences)
    case count
    /// A changed name space, by the command that changed it.
    case clear(OpenPreferences)
    case remove(OpenPreferences)
    case put(OpenPreferences, PreferenceCount)
}

/// The preferences: at most one name space is open. A module without storage cannot open any, so every other command
/// fails too.
struct Preferences {
    private(set) var open: OpenPreferences?

    /// The label of nina-fw's partition, the only one.
    private static let label = Array("nvs".utf8)

    func prefBegin(_ command: PrefBegin, _ context: inout Context) -> Answer<ResultCode> {
        let log = context.log
        func refuse(_ why: String) -> Answer<ResultCode> {
            log(.info, "PREF_BEGIN: preferences cannot be opened: \(why)")
            return .reply(ResultCode(1))
        }
        guard context.storage != nil else { return refuse("the module has no storage") }
        if let open { return refuse("the name space '\(open.name.text)' is open") }
        guard let name = PreferenceName(command.name.asCString) else {
            return refuse("a name has 1 to \(PreferenceName.longest) bytes")
        }
        let label = command.label.asCString
        if command.form == .label,
            context.has(.preferenceLabelsFail) || !(label.isEmpty || label.elementsEqual(Self.label))
        {
            return refuse("there is no partition '\(label.printable)'")
        }
        let isReadOnly = command.form != .name && command.readOnly != 0
        return start(.loadPreferences, .begin(name, isReadOnly: isReadOnly), &context)
    }

    /// Creates a missing name space, durably, unless it is opened read-only; ESP-IDF does the same.
    private mutating func loaded(
        _ name: PreferenceName, _ isReadOnly: Bool, _ result: StorageResult, _ context: inout Context
    ) -> Answer<ResultCode> {
        guard let stored = files(result, context) else { return .reply(ResultCode(1)) }
        var opened = OpenPreferences(
            name: name, isReadOnly: isReadOnly, namespace: PreferenceNamespace(),
            entriesElsewhere: entries(stored.filter { $0.key != name }))
        guard let file = stored[name] else {
            guard !isReadOnly else {
                context.log(.info, "PREF_BEGIN: there is no name space '\(name.text)' to be read")
                return .reply(ResultCode(1))
            }
            guard opened.entriesElsewhere + opened.namespace.entries <= PreferenceNamespace.entryLimit else {
                context.log(.warning, "PREF_BEGIN: there is no room for the name space '\(name.text)'")
                return .reply(ResultCode(1))
            }
            return store(opened, .create(opened), &context)
        }
        do throws(PreferenceFileError) {
            opened.namespace = try PreferenceFile.decode(file, name: name)
        } catch {
            context.log(
                .error,
                "PREF_BEGIN: the preferences of '\(name.text)' are damaged, and left unchanged: \(error). Remove their file to start over"
            )
            return .reply(ResultCode(1))
        }
        open = opened
        return .reply(ResultCode(0))
    }

    private func files(_ result: StorageResult, _ context: Context) -> [PreferenceName: [UInt8]]? {
        switch result {
        case .success(.preferences(let files)): return files
        case .success: return nil
        case .failure(let failure):
            context.log(.warning, "preferences were not read: \(failure)")
            return nil
        }
    }

    /// The number of entries that name spaces take; an unreadable file counts by its size.
    private func entries(_ files: [PreferenceName: [UInt8]]) -> Int {
        files.reduce(0) { sum, file in
            let namespace = try? PreferenceFile.decode(file.value, name: file.key)
            return sum + (namespace?.entries ?? file.value.count / 32 + 1)
        }
    }

    mutating func prefEnd(_: PrefEnd) -> Answer<Acknowledgement> {
        open = nil
        return .reply(Acknowledgement(true))
    }

    // MARK: Changes are on disk before they are acknowledged

    private func store<Reply>(
        _ changed: OpenPreferences, _ wait: PreferenceWait, _ context: inout Context
    ) -> Answer<Reply> {
        let bytes = PreferenceFile.encode(changed.namespace, name: changed.name)
        return start(.storePreferences(changed.name, bytes), wait, &context)
    }

    /// Applies a change that the storage has made durable.
    /// - Returns: false when it could not.
    private mutating func commit(
        _ command: StaticString, _ changed: OpenPreferences, _ result: StorageResult, _ context: Context
    ) -> Bool {
        if case .failure(let failure) = result {
            context.log(.warning, "\(command): the name space '\(changed.name.text)' was not stored: \(failure)")
            open?.isUncertain = true
            return false
        }
        open = changed
        open?.isUncertain = false
        return true
    }

    private mutating func resultCode(
        of command: StaticString, _ changed: OpenPreferences, _ result: StorageResult, _ context: Context
    ) -> Answer<ResultCode> {
        .reply(ResultCode(commit(command, changed, result, context) ? 0 : 1))
    }

    private func writable(_ command: StaticString, _ context: Context) -> OpenPreferences? {
        guard let open else {
            context.log(.info, "\(command): no name space is open")
            return nil
        }
        guard !open.isReadOnly else {
            context.log(.info, "\(command): the name space '\(open.name.text)' is open read-only")
            return nil
        }
        return open
    }

    func prefClear(_: PrefClear, _ context: inout Context) -> Answer<ResultCode> {
        guard var changed = writable("PREF_CLEAR", context) else { return .reply(ResultCode(1)) }
        changed.namespace.removeAll()
        return store(changed, .clear(changed), &context)
    }

    func prefRemove(_ command: PrefRemove, _ context: inout Context) -> Answer<ResultCode> {
        guard !command.isMiscounted else { return .reply(ResultCode(PreferenceCount.wrongCount)) }
        guard var changed = writable("PREF_REMOVE", context), let key = PreferenceName(command.key.asCString),
            changed.namespace.remove(key)
        else { return .reply(ResultCode(1)) }
        return store(changed, .remove(changed), &context)
    }

    func prefPut(_ command: PrefPut, _ context: inout Context) -> Answer<PreferenceCount> {
        let log = context.log
        func refuse(_ why: String) -> Answer<PreferenceCount> {
            log(.info, "PREF_PUT: \(why)")
            return .reply(PreferenceCount())
        }
        guard !command.isMiscounted else { return .reply(PreferenceCount(error: PreferenceCount.wrongCount)) }
        guard command.type.exists else { return .reply(PreferenceCount(error: PreferenceCount.wrongType)) }
        guard var changed = writable("PREF_PUT", context) else { return .reply(PreferenceCount()) }
        guard let key = PreferenceName(command.key.asCString) else {
            return refuse("a key has 1 to \(PreferenceName.longest) bytes")
        }
        guard let value = PreferenceValue(command.type, command.value) else {
            return refuse(
                command.type == .string
                    ? "a string must end with its only NUL"
                    : "\(command.value.count) bytes are not a value of type \(command.type.rawValue)")
        }
        let count = PreferenceCount(count: UInt32(value.bytes.count - (value.type == .string ? 1 : 0)))
        // An unchanged value is already on disk.
        guard changed.isUncertain || changed.namespace[key] != value else { return .reply(count) }
        guard changed.namespace.put(key, value) else { return refuse("'\(key.text)' has a value of another type") }
        guard changed.entriesElsewhere + changed.namespace.entries <= PreferenceNamespace.entryLimit else {
            return refuse("there is no room for '\(key.text)'")
        }
        return store(changed, .put(changed, count), &context)
    }

    // MARK: Operations

    private func start<Reply>(
        _ operation: StorageOperation, _ wait: PreferenceWait, _ context: inout Context
    ) -> Answer<Reply> {
        guard let token = context.start(operation) else { return .refused("the module has no storage") }
        return context.wait(.preferences(wait, token: token), for: Context.storageTime)
    }

    /// Completes the command that waited for the storage.
    mutating func finish(_ wait: PreferenceWait, _ result: StorageResult, _ context: inout Context) {
        switch wait {
        case .begin(let name, let isReadOnly):
            let answer = loaded(name, isReadOnly, result, &context)
            context.complete(PrefBegin.self, answer)
        case .create(let opened):
            context.complete(PrefBegin.self, resultCode(of: "PREF_BEGIN", opened, result, context))
        case .count: context.complete(PrefStat.self, counted(result, context))
        case .clear(let changed):
            context.complete(PrefClear.self, resultCode(of: "PREF_CLEAR", changed, result, context))
        case .remove(let changed):
            context.complete(PrefRemove.self, resultCode(of: "PREF_REMOVE", changed, result, context))
        case .put(let changed, let count):
            let isStored = commit("PREF_PUT", changed, result, context)
            context.complete(PrefPut.self, with: isStored ? count : PreferenceCount())
        }
    }

    /// The number of free entries of the partition, not of a name space: available even when none is open.
    func prefStat(_: PrefStat, _ context: inout Context) -> Answer<PrefStat.Reply> {
        if let open { return .reply(PrefStat.Reply(count: UInt32(open.freeEntries))) }
        guard context.storage != nil else { return .reply(PrefStat.Reply()) }
        return start(.loadPreferences, .count, &context)
    }

    private func counted(_ result: StorageResult, _ context: Context) -> Answer<PrefStat.Reply> {
        guard let files = files(result, context) else { return .reply(PrefStat.Reply()) }
        return .reply(PrefStat.Reply(count: UInt32(max(0, PreferenceNamespace.entryLimit - entries(files)))))
    }
}

extension PreferenceName {
    var text: String { bytes.printable }
}
