import NINALink
import NINAWire

// Stores a download in a file without a name, then names it or discards it.

extension Downloads {
    mutating func start(_ step: Download.StorageStep, _ operation: StorageOperation, _ context: inout Context) {
        guard let token = context.start(operation) else { return }
        current?.step = (step, token)
        restartIdleTimeout(&context)
    }

    /// Passes received bytes to the storage when it is idle and there are enough; at the end names the file.
    mutating func store(_ context: inout Context) {
        guard let state = current, state.step == nil, let file = state.file else { return }
        if !state.chunk.isEmpty, state.hasEnded || state.chunk.count >= Download.chunkLength {
            current?.chunk = []
            start(.appending, .append(file, state.chunk), &context)
        } else if state.hasEnded {
            let verdict = state.update?.verdict ?? .stored
            guard verdict == .stored else {
                return end(
                    verdict, verdict == .wrongLength ? "its length is wrong" : "its checksum is wrong", &context)
            }
            if state.takesWhatComes, state.update != nil {
                start(.checking, .size(state.name), &context)
            } else {
                start(.committing, .commit(file, as: state.name), &context)
            }
        }
    }

    /// Whether the completed storage operation belonged to the download.
    mutating func storageEvent(token: UInt32, _ result: StorageResult, _ context: inout Context) -> Bool {
        if let index = orphanedFiles.firstIndex(of: token) {
            orphanedFiles.remove(at: index)
            if case .success(.temporary(let file)) = result { _ = context.start(.discard(file)) }
            return true
        }
        if case .discard(let result, let isUpdate, token)? = context.pending?.wait {
            answer(result, isUpdate: isUpdate, &context)
            return true
        }
        guard let (step, expected) = current?.step, expected == token else { return false }
        current?.step = nil
        restartIdleTimeout(&context)
        switch (step, result) {
        case (.creating, .success(.temporary(let file))): current?.file = file
        case (.appending, .success): break
        case (.appending, .failure(let failure)) where current?.takesWhatComes == true:
            cut("it cannot be stored: \(failure)", &context)
        case (.checking, .failure(.missing)):
            // The file system renames nothing to a name in use.
            guard let file = current?.file, let name = current?.name else { return true }
            start(.committing, .commit(file, as: name), &context)
            return true
        case (.checking, .success): end(.notRenamed, "there is a file of that name", &context)
        case (.committing, .success):
            // The file has its name now: there is nothing to discard.
            current?.file = nil
            end(.stored, nil, &context)
            return true
        case (.creating, _), (.appending, _): end(.notOpened, "it cannot be stored: \(result.reason)", &context)
        case (.checking, _), (.committing, _): end(.notRenamed, "it cannot be stored: \(result.reason)", &context)
        }
        read(&context)
        return true
    }

    /// Ends the download, and answers the command once its file is gone or named.
    mutating func end(_ result: DownloadResult, _ why: String?, _ context: inout Context) {
        guard let state = current else { return }
        current = nil
        if let why {
            context.log(.warning, "download of '\(state.source.printable)' failed: \(why)")
            if let socket = state.socket { context.streams.abort(socket) }
        } else {
            let what = state.isCut ? "stored what came of" : "downloaded"
            context.log(.info, "\(what) '\(state.source.printable)' to '\(state.name.text)'")
            if let socket = state.socket { context.streams.finish(socket, sending: []) }
        }
        if let (step, token) = state.step, step == .creating { orphanedFiles.append(token) }
        let isUpdate = state.update != nil
        if isUpdate, state.takesWhatComes { removeIntermediateFile(&context) }
        guard let file = state.file, result != .stored, let token = context.start(.discard(file)) else {
            answer(result, isUpdate: isUpdate, &context)
            return
        }
        context.keepWaiting(
            .discard(result, isUpdate: isUpdate, token: token), until: context.now.advanced(by: Context.storageTime))
    }
}
