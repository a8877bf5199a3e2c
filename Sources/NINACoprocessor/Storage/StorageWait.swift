import NINALink

// Commands that wait for the storage.

extension Context {
    /// How long a command waits for the disk; a healthy one takes milliseconds.
    static let storageTime = Duration.seconds(10)

    /// Starts an operation of the storage.
    /// - Returns: the token of its completion; nil on a module without storage.
    mutating func start(_ operation: StorageOperation) -> UInt32? {
        guard let storage else { return nil }
        let token = newToken()
        storage.start(operation, token: token)
        return token
    }
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
