import NINAWire
import WiFiNINA

// Files and downloads. Every file is written from its start, because older firmware only appends.

extension APISuite {
    func storageCalls() {
        let storage = WiFiStorage(wifi)
        let content = pattern(5000)
        call("WiFiStorage.init(_:)") { _ = WiFiStorage(wifi) }
        call("WiFiStorage.exists(_:)", .existsFile) { try equal(storage.exists("/fs/suite"), false) }
        call("WiFiStorage.size(_:)", .existsFile) { try equal(storage.size("/fs/suite"), nil) }
        call("WiFiStorage.read(_:offset:count:)", .existsFile, failure: .fileNotFound) {
            _ = try storage.read("/fs/suite", count: 10)
        }
        call("WiFiStorage.write(_:offset:_:)", .writeFile) {
            try storage.write("/fs/suite", content)
            try equal(storage.size("/fs/suite"), content.count)
            try equal(storage.exists("/fs/suite"), true)
            try storage.write("/fs/suite", offset: content.count, [1, 2, 3])
        }
        call("WiFiStorage.read(_:offset:count:)", .existsFile, .readFile) {
            try equal(storage.read("/fs/suite", count: .max), content + [1, 2, 3])
            try equal(storage.read("/fs/suite", offset: 4990, count: 12), content.suffix(10) + [1, 2])
        }
        call("WiFiStorage.rename(_:_:)", .renameFile) {
            try storage.rename("/fs/suite", "/fs/other")
            try equal(storage.exists("/fs/suite"), false)
            try equal(storage.size("/fs/other"), content.count + 3)
        }
        call("WiFiStorage.rename(_:_:)", .renameFile, failure: .failed(.renameFile, code: 2)) {
            try storage.rename("/fs/nothing", "/fs/more")
        }
        call("WiFiStorage.remove(_:)", .deleteFile) {
            try storage.remove("/fs/other")
            try equal(storage.exists("/fs/other"), false)
            try storage.remove("/fs/other")
        }
        fileCalls(storage)
        downloadCalls(storage)
    }

    private func fileCalls(_ storage: WiFiStorage) {
        var opened: WiFiStorageFile?
        /// Without file support, opening fails first in each call.
        func file() throws -> WiFiStorageFile {
            if let opened { return opened }
            let file = try storage.open("/fs/log")
            opened = file
            return file
        }
        call("WiFiStorage.open(_:)", .existsFile) { _ = try file() }
        call("WiFiStorageFile.path", .existsFile) { try equal(file().path, "/fs/log") }
        call("WiFiStorageFile.exists()", .existsFile) { try equal(file().exists(), false) }
        call("WiFiStorageFile.write(_:)", .existsFile, .writeFile) { try equal(file().write([1, 2, 3]), 3) }
        call("WiFiStorageFile.print(_:)", .existsFile, .writeFile) { try equal(file().print("four"), 4) }
        call("WiFiStorageFile.size()", .existsFile) { try equal(file().size(), 7) }
        call("WiFiStorageFile.position()", .existsFile) { try equal(file().position(), 7) }
        call("WiFiStorageFile.seek(_:)", .existsFile) {
            try file().seek(2)
            try equal(file().position(), 2)
        }
        call("WiFiStorageFile.available()", .existsFile) { try equal(file().available(), 5) }
        call("WiFiStorageFile.read(_:)", .existsFile, .readFile) {
            try equal(file().read(3), [3] + bytes("fo"))
            try equal(file().read(100), bytes("ur"))
            try equal(file().read(100), [])
        }
        call("WiFiStorageFile.close()", .existsFile) {
            try file().close()
            try equal(file().position(), 0)
        }
        call("WiFiStorageFile.erase()", .existsFile, .deleteFile) {
            try file().erase()
            try equal(storage.exists("/fs/log"), false)
        }
    }

    private func downloadCalls(_ storage: WiFiStorage) {
        let server = "http://\(peers.world.address):\(peers.world.downloadPort)"
        call("WiFiStorage.download(_:_:)", .downloadFile) {
            try join()
            try storage.download(server + "/bytes/3000", "page")
            try equal(storage.read("/fs/page", count: 4000), pattern(3000))
        }
        // Such firmware stores the server's error page.
        let failure: WiFiError? = has(.downloadsTakeWhatComes) ? nil : .failed(.downloadFile, code: 0)
        call("WiFiStorage.download(_:_:)", .downloadFile, failure: failure) {
            try storage.download(server + "/status/404", "none")
        }
        call("WiFiStorage.downloadOTA(_:)", .downloadOTA) {
            try join()
            try storage.downloadOTA(server + "/update/4000")
            try equal(storage.size("/fs/UPDATE.BIN.LZSS"), 8 + 4000)
        }
        call("WiFiStorage.downloadOTA(_:)", .downloadOTA, failure: .failed(.downloadOTA, code: 3)) {
            try storage.downloadOTA(server + "/update/4000/checksum")
        }
    }
}
