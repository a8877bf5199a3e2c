import NINALink
import NINAWire

// What becomes of what a download has brought: a file without a name, then one with a name, or nothing.

extension Coprocessor {
    func startStep(_ step: Download.StorageStep, _ operation: StorageOperation) {
        let token = newToken()
        download?.step = (step, token)
        storage?.start(operation, token: token)
        keepDownload()
    }

    /// Hands over what has come, when the storage is free and it is worth it; in the end gives the file its name.
    func storeDownload() {
        guard let state = download, state.step == nil, let file = state.file else { return }
        if !state.chunk.isEmpty, state.hasEnded || state.chunk.count >= Download.chunkLength {
            download?.chunk = []
            startStep(.appending, .append(file, state.chunk))
        } else if state.hasEnded {
            let verdict = state.update?.verdict ?? .stored
            guard verdict == .stored else {
                return endDownload(verdict, verdict == .wrongLength ? "its length is wrong" : "its checksum is wrong")
            }
            startStep(.committing, .commit(file, as: state.name))
        }
    }

    /// Whether the end of an operation of the storage was the download's.
    func downloadStored(token: UInt32, _ result: StorageResult) -> Bool {
        if let index = orphanedFiles.firstIndex(of: token) {
            orphanedFiles.remove(at: index)
            if case .success(.temporary(let file)) = result { storage?.start(.discard(file), token: newToken()) }
            return true
        }
        if case .downloadDiscarded(let result, let isUpdate, token, _) = pending {
            pending = .downloaded(result, isUpdate: isUpdate)
            return true
        }
        guard let (step, expected) = download?.step, expected == token else { return false }
        download?.step = nil
        keepDownload()
        switch (step, result) {
        case (.creating, .success(.temporary(let file))): download?.file = file
        case (.appending, .success): break
        case (.committing, .success):
            // The name is the file's now: nothing is to be thrown away.
            download?.file = nil
            endDownload(.stored, nil)
            return true
        case (.creating, _), (.appending, _): endDownload(.notOpened, "it cannot be stored: \(result.reason)")
        case (.committing, _): endDownload(.notRenamed, "it cannot be stored: \(result.reason)")
        }
        readDownload()
        return true
    }

    /// The download took too long.
    func downloadTimedOut() {
        endDownload(cutResult, "nothing came in time")
    }

    func endDownload(_ result: DownloadResult, _ why: String?) {
        guard let state = download else { return }
        if let why {
            say(.warning, "download of '\(state.source.printable)' failed: \(why)")
        } else {
            say(.info, "downloaded '\(state.source.printable)' to '\(state.name.text)'")
            if let socket = state.socket { streams.finish(socket, sending: []) }
            download?.socket = nil
        }
        if let socket = download?.socket { streams.abort(socket) }
        if let (step, token) = download?.step, step == .creating { orphanedFiles.append(token) }
        download = nil
        let isUpdate = state.update != nil
        guard let file = state.file, result != .stored else {
            pending = .downloaded(result, isUpdate: isUpdate)
            return
        }
        // It is answered when nothing is left of it.
        pending = .downloadDiscarded(
            result, isUpdate: isUpdate, token: newToken(), until: now.advanced(by: Self.storageTime))
        storage?.start(.discard(file), token: lastToken)
    }
}
