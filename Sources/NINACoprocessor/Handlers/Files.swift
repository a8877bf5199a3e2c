import NINALink
import NINAWire

// Files. A module whose flash holds no file system answers as the firmware does when opening fails, and so does one that
// is asked for a name that no file can have.

extension Coprocessor {
    func writeFile(_ command: WriteFile) -> Answer<WriteFile.Reply> {
        guard let name = fileName(command.path, "WRITE_FILE") else { return notWritten() }
        let position = has(.writesAppend) ? StoragePosition.end : .offset(Int(command.offset))
        return ask(.write(name, position, Array(command.data)), .write(name, count: command.data.count)) {
            notWritten()
        }
    }

    func fileWritten(_ name: StorageName, count: Int, _ result: StorageResult) -> Answer<WriteFile.Reply> {
        if case .failure(let failure) = result {
            say(.warning, "WRITE_FILE: \(count) bytes for '\(name.text)' were not written: \(failure)")
            return notWritten()
        }
        guard has(.writeReplyEchoesCount) else { return .reply(Acknowledgement(true)) }
        guard count > 0 else { return .refused("nothing was to be written") }
        return .noFrame(WriteFile.countedReply(count, isPadded: dialect.padsReplies))
    }

    private func notWritten() -> Answer<WriteFile.Reply> {
        has(.unopenedFilesAnswerNothing) ? .noFrame([]) : .reply(Acknowledgement(false))
    }

    func readFile(_ command: ReadFile) -> Answer<ReadFile.Reply> {
        guard let name = fileName(command.path, "READ_FILE") else { return notRead() }
        var count = Int(command.count)
        if !has(.readsAnswerCount) {
            count = min(count, LengthWidth.byte.longestValue)
        } else if count > Self.longestFileRead {
            // The firmware writes past its buffer and hangs, which is not imitated.
            return .refused("more bytes than a reply can hold")
        }
        return ask(.read(name, offset: Int(command.offset), count: count), .read(name, count: count)) { notRead() }
    }

    /// `E0 E1 01 | L data | EE`.
    private static var longestFileRead: Int { Frame.limit - 5 }

    func fileRead(_ name: StorageName, count: Int, _ result: StorageResult) -> Answer<ReadFile.Reply> {
        switch result {
        case .success(.bytes(var bytes)):
            if has(.readsAnswerCount) { bytes.append(contentsOf: repeatElement(0, count: count - bytes.count)) }
            return .reply(ReadFile.Reply(data: bytes[...]))
        case .success: return notRead()
        case .failure(let failure):
            if failure != .missing { say(.warning, "READ_FILE: '\(name.text)' was not read: \(failure)") }
            return notRead()
        }
    }

    private func notRead() -> Answer<ReadFile.Reply> {
        has(.unopenedFilesAnswerNothing) ? .noFrame([]) : .refused("there is no such file")
    }

    func deleteFile(_ command: DeleteFile) -> Answer<DeleteFile.Reply> {
        guard let name = fileName(command.path, "DELETE_FILE") else { return deleted() }
        return ask(.remove(name), .delete(name)) { deleted() }
    }

    func fileDeleted(_ name: StorageName, _ result: StorageResult) -> Answer<DeleteFile.Reply> {
        if case .failure(let failure) = result, failure != .missing {
            say(.warning, "DELETE_FILE: '\(name.text)' was not deleted: \(failure)")
        }
        return deleted()
    }

    private func deleted() -> Answer<DeleteFile.Reply> {
        has(.deleteAnswersError)
            ? .errorFrame("the reply of this firmware is the error frame, whatever happened")
            : .reply(DeleteFile.Reply())
    }

    func existsFile(_ command: ExistsFile) -> Answer<ExistsFile.Reply> {
        guard let name = fileName(command.path, "EXISTS_FILE") else { return fileSize(-1) }
        return ask(.size(name), .size(name)) { fileSize(-1) }
    }

    func fileSizeFound(_ name: StorageName, _ result: StorageResult) -> Answer<ExistsFile.Reply> {
        switch result {
        case .success(.size(let size)): return fileSize(Int32(clamping: size))
        case .success: return fileSize(-1)
        case .failure(let failure):
            if failure != .missing { say(.warning, "EXISTS_FILE: '\(name.text)' was not looked up: \(failure)") }
            return fileSize(-1)
        }
    }

    private func fileSize(_ size: Int32) -> Answer<ExistsFile.Reply> {
        .reply(ExistsFile.Reply(size: size, hasStrayByte: has(.sizeHasStrayByte)))
    }

    /// 2 for no such file, 5 for a target that exists and whatever else went wrong, as ESP-IDF's errno.
    func renameFile(_ command: RenameFile) -> Answer<ResultCode> {
        guard let old = fileName(command.old, "RENAME_FILE") else { return .reply(ResultCode(2)) }
        guard let new = fileName(command.new, "RENAME_FILE") else { return .reply(ResultCode(5)) }
        return ask(.rename(old, to: new), .rename(old, new)) { .reply(ResultCode(2)) }
    }

    func fileRenamed(_ old: StorageName, _ new: StorageName, _ result: StorageResult) -> Answer<ResultCode> {
        switch result {
        case .success: return .reply(ResultCode(0))
        case .failure(.missing): return .reply(ResultCode(2))
        case .failure(let failure):
            say(.info, "RENAME_FILE: '\(old.text)' was not renamed to '\(new.text)': \(failure)")
            return .reply(ResultCode(5))
        }
    }

    private func fileName(_ path: ArraySlice<UInt8>, _ command: StaticString) -> StorageName? {
        if let name = StorageName(path: path) { return name }
        say(
            .warning,
            "\(command): '\(String(decoding: path, as: UTF8.self).printable)' is no file: /fs/ and 1 to \(StorageName.longest) bytes without a slash"
        )
        return nil
    }
}

extension StorageName {
    var text: String { String(decoding: bytes, as: UTF8.self).printable }
}
