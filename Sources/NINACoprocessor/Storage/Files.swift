import NINALink
import NINAWire

/// How a file command handles the completion of its operation.
enum FileWait {
    case write(StorageName, count: Int)
    case read(StorageName, count: Int)
    case delete(StorageName)
    case size(StorageName)
    case rename(StorageName, StorageName)
}

/// The file commands, which have no state of their own. Without a file system, and for invalid file names, they answer
/// as the firmware does when opening fails.
struct Files {
    /// Starts an operation for the current command; `orElse` is the answer when there is no storage.
    private func start<Reply>(
        _ operation: StorageOperation, _ wait: FileWait, _ context: inout Context,
        orElse: (Context) -> Answer<Reply>
    ) -> Answer<Reply> {
        guard let token = context.start(operation) else { return orElse(context) }
        return context.wait(.file(wait, token: token), for: Context.storageTime)
    }

    /// Completes the command that waited for the storage.
    func finish(_ wait: FileWait, _ result: StorageResult, _ context: inout Context) {
        switch wait {
        case .write(let name, let count):
            context.complete(WriteFile.self, written(name, count: count, result, context))
        case .read(let name, let count): context.complete(ReadFile.self, read(name, count: count, result, context))
        case .delete(let name): context.complete(DeleteFile.self, deleted(name, result, context))
        case .size(let name): context.complete(ExistsFile.self, sizeFound(name, result, context))
        case .rename(let old, let new): context.complete(RenameFile.self, renamed(old, new, result, context))
        }
    }

    func writeFile(_ command: WriteFile, _ context: inout Context) -> Answer<WriteFile.Reply> {
        guard let name = name(command.path, "WRITE_FILE", context) else { return notWritten(context) }
        let position = context.has(.writesAppend) ? StoragePosition.end : .offset(Int(command.offset))
        return start(
            .write(name, position, Array(command.data)), .write(name, count: command.data.count), &context,
            orElse: notWritten)
    }

    private func written(
        _ name: StorageName, count: Int, _ result: StorageResult, _ context: Context
    ) -> Answer<WriteFile.Reply> {
        if case .failure(let failure) = result {
            context.log(.warning, "WRITE_FILE: \(count) bytes for '\(name.text)' were not written: \(failure)")
            return notWritten(context)
        }
        guard context.has(.writeReplyEchoesCount) else { return .reply(Acknowledgement(true)) }
        guard count > 0 else { return .refused("there is nothing to write") }
        return .noFrame(WriteFile.countedReply(count, isPadded: context.dialect.padsReplies))
    }

    private func notWritten(_ context: Context) -> Answer<WriteFile.Reply> {
        context.has(.unopenedFilesAnswerNothing) ? .noFrame([]) : .reply(Acknowledgement(false))
    }

    func readFile(_ command: ReadFile, _ context: inout Context) -> Answer<ReadFile.Reply> {
        guard let name = name(command.path, "READ_FILE", context) else { return notRead(context) }
        var count = Int(command.count)
        if !context.has(.readsAnswerCount) { count = min(count, LengthWidth.byte.longestValue) }
        // The firmware would write what it reads past its buffer, which is not reproduced.
        guard count <= Self.longestFileRead + 1 else { return .refused("more bytes than a reply can hold") }
        return start(
            .read(name, offset: Int(command.offset), count: min(count, Self.longestFileRead)),
            .read(name, count: count), &context, orElse: notRead)
    }

    /// `E0 E1 01 | L data | EE`.
    private static var longestFileRead: Int { Frame.limit - 5 }

    private func read(
        _ name: StorageName, count: Int, _ result: StorageResult, _ context: Context
    ) -> Answer<ReadFile.Reply> {
        switch result {
        case .success(.bytes(var bytes)):
            // The bytes fit the firmware's buffer, with the end byte they are no reply that it can send.
            guard count <= Self.longestFileRead else {
                return context.has(.oversizedReplyStalls) ? .stalls : .refused("more bytes than a reply can hold")
            }
            if context.has(.readsAnswerCount) { bytes.append(contentsOf: repeatElement(0, count: count - bytes.count)) }
            return .reply(ReadFile.Reply(data: bytes[...]))
        case .success: return notRead(context)
        case .failure(let failure):
            if failure != .missing { context.log(.warning, "READ_FILE: '\(name.text)' was not read: \(failure)") }
            return notRead(context)
        }
    }

    private func notRead(_ context: Context) -> Answer<ReadFile.Reply> {
        context.has(.unopenedFilesAnswerNothing) ? .noFrame([]) : .refused("there is no such file")
    }

    func deleteFile(_ command: DeleteFile, _ context: inout Context) -> Answer<DeleteFile.Reply> {
        guard let name = name(command.path, "DELETE_FILE", context) else { return deleted(context) }
        return start(.remove(name), .delete(name), &context, orElse: deleted)
    }

    private func deleted(
        _ name: StorageName, _ result: StorageResult, _ context: Context
    ) -> Answer<DeleteFile.Reply> {
        if case .failure(let failure) = result, failure != .missing {
            context.log(.warning, "DELETE_FILE: '\(name.text)' was not deleted: \(failure)")
        }
        return deleted(context)
    }

    private func deleted(_ context: Context) -> Answer<DeleteFile.Reply> {
        context.has(.deleteAnswersError)
            ? .errorFrame("the reply of this firmware is the error frame, in any case")
            : .reply(DeleteFile.Reply())
    }

    func existsFile(_ command: ExistsFile, _ context: inout Context) -> Answer<ExistsFile.Reply> {
        guard let name = name(command.path, "EXISTS_FILE", context) else { return size(-1, context) }
        return start(.size(name), .size(name), &context) { size(-1, $0) }
    }

    private func sizeFound(
        _ name: StorageName, _ result: StorageResult, _ context: Context
    ) -> Answer<ExistsFile.Reply> {
        switch result {
        case .success(.size(let size)): return self.size(Int32(clamping: size), context)
        case .success: return size(-1, context)
        case .failure(let failure):
            if failure != .missing {
                context.log(.warning, "EXISTS_FILE: '\(name.text)' was not looked up: \(failure)")
            }
            return size(-1, context)
        }
    }

    private func size(_ size: Int32, _ context: Context) -> Answer<ExistsFile.Reply> {
        .reply(ExistsFile.Reply(size: size, hasStrayByte: context.has(.sizeHasStrayByte)))
    }

    /// Answers ESP-IDF's errno: 2 when the file does not exist, 5 when the target exists or for any other failure.
    func renameFile(_ command: RenameFile, _ context: inout Context) -> Answer<ResultCode> {
        guard let old = name(command.old, "RENAME_FILE", context) else { return .reply(ResultCode(2)) }
        guard let new = name(command.new, "RENAME_FILE", context) else { return .reply(ResultCode(5)) }
        return start(.rename(old, to: new), .rename(old, new), &context) { _ in .reply(ResultCode(2)) }
    }

    private func renamed(
        _ old: StorageName, _ new: StorageName, _ result: StorageResult, _ context: Context
    ) -> Answer<ResultCode> {
        switch result {
        case .success: return .reply(ResultCode(0))
        case .failure(.missing): return .reply(ResultCode(2))
        case .failure(let failure):
            context.log(.info, "RENAME_FILE: '\(old.text)' was not renamed to '\(new.text)': \(failure)")
            return .reply(ResultCode(5))
        }
    }

    private func name(
        _ path: ArraySlice<UInt8>, _ command: StaticString, _ context: Context
    ) -> StorageName? {
        if let name = StorageName(path: path) { return name }
        context.log(
            .warning,
            "\(command): '\(path.printable)' is not a file name: /fs/ and 1 to \(StorageName.longest) bytes without a slash"
        )
        return nil
    }
}

extension StorageName {
    var text: String { bytes.printable }
}
