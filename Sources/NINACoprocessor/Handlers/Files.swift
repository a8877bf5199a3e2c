import NINAWire

// Files and downloads. A module whose flash holds no file system answers as the firmware does when opening fails.

extension Coprocessor {
    func readFile(_ command: ReadFile) -> Answer<ReadFile.Reply> { .refused("there is no file system") }

    func existsFile(_ command: ExistsFile) -> Answer<ExistsFile.Reply> { .reply(ExistsFile.Reply(size: -1)) }

    /// 2: no such file.
    func renameFile(_ command: RenameFile) -> Answer<ResultCode> { .reply(ResultCode(2)) }

    /// 1: the download cannot be opened.
    func downloadOTA(_ command: DownloadOTA) -> Answer<ResultCode> { .reply(ResultCode(1)) }
}
