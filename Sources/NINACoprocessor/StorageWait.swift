import NINALink
import NINAWire

/// What a command does with the end of an operation of the storage.
enum StorageWait {
    case write(StorageName, count: Int)
    case read(StorageName, count: Int)
    case delete(StorageName)
    case size(StorageName)
    case rename(StorageName, StorageName)
    case beginPreferences(PreferenceName, isReadOnly: Bool)
    case createPreferences(OpenPreferences)
    case countPreferences
    /// A changed name space, and what is told of the change.
    case clearPreferences(OpenPreferences)
    case removePreference(OpenPreferences)
    case putPreference(OpenPreferences, PreferenceCount)
}

extension StorageResult {
    /// Why it failed, for the log.
    var reason: String {
        switch self {
        case .success: "the storage answered something else"
        case .failure(let failure): "\(failure)"
        }
    }
}

// Commands that wait for the storage.

extension Coprocessor {
    /// How long a command waits for the disk: nobody does who stores on a healthy one.
    static let storageTime = Duration.seconds(10)

    /// Starts an operation for the command that runs; `orElse` answers where there is no storage.
    func ask<Reply>(
        _ operation: StorageOperation, _ wait: StorageWait, orElse: () -> Answer<Reply>
    ) -> Answer<Reply> {
        guard let storage else { return orElse() }
        pending = .storage(wait, token: newToken(), until: now.advanced(by: Self.storageTime))
        storage.start(operation, token: lastToken)
        return .later
    }

    /// Takes the end of an operation; those of commands before a reset have nobody who waits.
    public func storageEvent(token: UInt32, _ result: StorageResult) {
        defer { reportChange() }
        if downloadStored(token: token, result) { return }
        if case .storage(let wait, token, _) = pending { pending = .stored(wait, result) }
    }

    /// Answers the command that has waited for the storage; false when it waits on.
    func finishStorage(_ wait: StorageWait, _ result: StorageResult) -> Bool {
        switch wait {
        case .write(let name, let count): complete(WriteFile.self, fileWritten(name, count: count, result))
        case .read(let name, let count): complete(ReadFile.self, fileRead(name, count: count, result))
        case .delete(let name): complete(DeleteFile.self, fileDeleted(name, result))
        case .size(let name): complete(ExistsFile.self, fileSizeFound(name, result))
        case .rename(let old, let new): complete(RenameFile.self, fileRenamed(old, new, result))
        case .beginPreferences(let name, let isReadOnly):
            complete(PrefBegin.self, preferencesLoaded(name, isReadOnly, result))
        case .createPreferences(let opened): complete(PrefBegin.self, resultCode(of: "PREF_BEGIN", opened, result))
        case .countPreferences: complete(PrefStat.self, preferencesCounted(result))
        case .clearPreferences(let changed): complete(PrefClear.self, resultCode(of: "PREF_CLEAR", changed, result))
        case .removePreference(let changed): complete(PrefRemove.self, resultCode(of: "PREF_REMOVE", changed, result))
        case .putPreference(let changed, let count): complete(PrefPut.self, preferencePut(changed, count, result))
        }
    }
}
