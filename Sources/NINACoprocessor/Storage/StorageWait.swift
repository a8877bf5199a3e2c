import NINALink

// Commands that wait for the storage.

extension Context {
    /// Time-out of a storage operation; a healthy disk takes milliseconds.
    static let storageTime = Duration.seconds(10)

    /// Starts an operation of the storage.
    /// - Returns: the token of its completion; nil on a module without storage.
    mutating func start(_ operation: StorageOperation) -> UInt32? {
        guard let storage else { return nil }
        let token = newToken()
        if operation.takesRoom, goesOff(.storageFull) {
            faults.failures.append(.storage(token: token))
        } else {
            storage.start(operation, token: token)
        }
        return token
    }
}

extension StorageResult {
    /// The reason of the failure, for the log.
    var reason: String {
        switch self {
        case .success: "unexpected result of the storage"
        case .failure(let failure): "\(failure)"
        }
    }
}
