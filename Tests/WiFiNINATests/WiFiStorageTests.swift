import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA

@Suite(.timeLimit(.minutes(10))) struct WiFiStorageTests {
    /// Firmware with files: replies differ between versions, the library's results do not.
    static let firmwares: [Firmware] = [.modern, .arduino200, .arduino148, .adafruit330]

    /// The odd replies of older firmware do not count as link damage.
    @Test(arguments: firmwares) func nothingIsToBeRecovered(_ firmware: Firmware) throws {
        let wifi = try Host { $0.firmware = firmware }.wifi
        var reports: [RecoveryReport] = []
        wifi.recoveryObserver = { reports.append($0) }
        let storage = WiFiStorage(wifi)
        try storage.write("/fs/a", [1, 2, 3])
        #expect(try storage.read("/fs/a", count: 10) == [1, 2, 3])
        #expect(reports.isEmpty)
    }

    private func storage(_ firmware: Firmware) throws -> WiFiStorage {
        WiFiStorage(try Host { $0.firmware = firmware }.wifi)
    }

    @Test(arguments: firmwares) func keepsFiles(_ firmware: Firmware) throws {
        let storage = try storage(firmware)
        #expect(try !storage.exists("/fs/a"))
        #expect(throws: WiFiError.fileNotFound) { try storage.read("/fs/a", count: 1) }
        let bytes = pattern(10_000)
        try storage.write("/fs/a", bytes)
        #expect(try storage.size("/fs/a") == bytes.count)
        #expect(try storage.read("/fs/a", count: .max) == bytes)
        #expect(try storage.read("/fs/a", offset: 9_990, count: 100) == Array(bytes[9_990...]))
        #expect(try storage.read("/fs/a", offset: 10_000, count: 100).isEmpty)
        #expect(try storage.read("/fs/a", offset: -1, count: -1).isEmpty)
        try storage.rename("/fs/a", "/fs/b")
        #expect(try !storage.exists("/fs/a") && storage.exists("/fs/b"))
        #expect(throws: WiFiError.failed(.renameFile, code: 2)) { try storage.rename("/fs/a", "/fs/c") }
        try storage.remove("/fs/b")
        try storage.remove("/fs/b")
        #expect(try storage.size("/fs/b") == nil)
    }

    @Test(arguments: firmwares) func filesHaveAPosition(_ firmware: Firmware) throws {
        let file = try storage(firmware).open("/fs/f.txt")
        #expect(file.path == "/fs/f.txt")
        #expect(try !file.exists() && file.size() == 0 && file.available() == 0)
        #expect(try file.read(1).isEmpty)
        #expect(try file.write(Array("hello".utf8)) + file.print(" world") == 11)
        #expect(file.position() == 11)
        #expect(try file.exists() && file.size() == 11 && file.available() == 0)
        file.seek(6)
        #expect(try file.read(3) == Array("wor".utf8))
        #expect(try file.available() == 2)
        #expect(try file.read(100) == Array("ld".utf8))
        #expect(try file.read(100).isEmpty)
        file.seek(-5)
        #expect(file.position() == 0)
        file.seek(100)
        #expect(try file.available() == 0 && file.read(1).isEmpty)
        file.close()
        #expect(file.position() == 0)
        try file.erase()
        #expect(try !file.exists())
    }

    @Test func bytesGoWhereTheOffsetSays() throws {
        let storage = try storage(.modern)
        try storage.write("/fs/a", Array("hello".utf8))
        try storage.write("/fs/a", offset: 1, Array("E".utf8))
        #expect(try storage.read("/fs/a", count: 10) == Array("hEllo".utf8))
        // Old firmware appends.
        let old = try self.storage(.arduino200)
        try old.write("/fs/a", Array("hello".utf8))
        try old.write("/fs/a", offset: 1, Array("E".utf8))
        #expect(try old.read("/fs/a", count: 10) == Array("helloE".utf8))
    }

    @Test(arguments: firmwares) func whatIsNotWrittenIsAnError(_ firmware: Firmware) throws {
        let host = try Host { $0.firmware = firmware }
        host.storage.failure = .full
        #expect(throws: WiFiError.failed(.writeFile, code: 0)) { try WiFiStorage(host.wifi).write("/fs/a", [1]) }
    }

    @Test func pathsThatFirmwareCannotHoldNeverGetThere() throws {
        let host = try Host()
        let storage = WiFiStorage(host.wifi)
        let long = "/fs/" + String(repeating: "x", count: 29)
        let commands = host.commands {
            #expect(throws: WiFiError.self) { try storage.exists(long) }
            #expect(throws: WiFiError.self) { try storage.write(long, [1]) }
            #expect(throws: WiFiError.self) { try storage.remove(long) }
            #expect(throws: WiFiError.self) { try storage.rename("/fs/a", long) }
            #expect(throws: WiFiError.self) { try storage.download("http://box/", long) }
            #expect(throws: WiFiError.self) { try storage.download(String(repeating: "x", count: 65), "a") }
            #expect(throws: WiFiError.self) { try storage.downloadOTA(String(repeating: "x", count: 129)) }
        }
        #expect(commands == 0)
        try storage.write(String(long.dropLast()), [1])
        #expect(try storage.read(String(long.dropLast()), count: 1) == [1])
    }

    /// A firmware that answers every download with the error frame leaves an empty file when the download is refused.
    @Test(arguments: [Firmware.arduino200, .arduino148, .modern]) func aRefusedDownloadFails(_ firmware: Firmware)
        throws
    {
        let host = try Host { $0.firmware = firmware }
        let storage = WiFiStorage(host.wifi)
        try storage.write("/fs/page", [1, 2, 3])
        #expect(throws: WiFiError.failed(.downloadFile, code: 0)) {
            try storage.download("http://10.0.0.1:81/x", "page")
        }
        #expect(try storage.size("/fs/page") == ("\(firmware.name)" == "modern" ? 3 : 0))
    }

    @Test func downloads() throws {
        let link = ScriptedLink()
        let wifi = WiFi(link: link)
        let storage = WiFiStorage(wifi)
        link.replies = [
            .success([0xE0, 0xE4, 0x01, 0x01, 0x01, 0xEE]), .success([0xE0, 0xE4, 0x01, 0x01, 0x00, 0xEE]),
        ]
        try storage.download("http://box/x", "x")
        #expect(throws: WiFiError.failed(.downloadFile, code: 0)) { try storage.download("http://box/x", "x") }
        link.replies = [
            .success([0xE0, 0xE7, 0x01, 0x01, 0x00, 0xEE]), .success([0xE0, 0xE7, 0x01, 0x01, 0x03, 0xEE]),
        ]
        try storage.downloadOTA("http://box/x")
        #expect(throws: WiFiError.failed(.downloadOTA, code: 3)) { try storage.downloadOTA("http://box/x") }
        // Arduino's 2.0.0 answers a download with the error frame, whatever its result.
        let version: [UInt8] = [0xE0, 0xB7, 0x01, 0x06] + Array("2.0.0".utf8) + [0, 0xEE]
        let refusal: [UInt8] = [0xEF, 0x00, 0xEE, 0x00]
        link.replies = [
            .success(refusal), .success(version), .success([0xE0, 0xE3, 0x01, 0x04, 5, 0, 0, 0, 0, 0xEE]),
            .success(refusal), .success([0xE0, 0xE3, 0x01, 0x04, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0xEE]),
        ]
        try storage.download("http://box/x", "x")
        let size: [UInt8] = [0xE0, 0x63, 3, 4, 0, 0, 0, 0, 4, 4, 0, 0, 0, 5]
        #expect(link.windows.last?.prefix(20) == size[...] + Array("/fs/x".utf8) + [0xEE])
        #expect(throws: WiFiError.failed(.downloadFile, code: 0)) { try storage.download("http://box/x", "x") }
        // One byte is a file; none is what a download that failed leaves.
        link.replies = [.success(refusal), .success([0xE0, 0xE3, 0x01, 0x04, 1, 0, 0, 0, 0, 0xEE])]
        try storage.download("http://box/x", "x")
        link.replies = [.success(refusal), .success([0xE0, 0xE3, 0x01, 0x04, 0, 0, 0, 0, 0, 0xEE])]
        #expect(throws: WiFiError.failed(.downloadFile, code: 0)) { try storage.download("http://box/x", "x") }
    }
}
