import NINALink
import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct FilesTests {
    static let missing = "04 00000000 | 04 00000000 | 05 '/fs/a' | EE"

    @Test func writesReadsAndForgets() throws {
        let bench = try StorageHarness()
        try bench.expect("E0 63 03 | \(Self.missing)", "E0 E3 01 | 04 FFFFFFFF | EE 000000")
        try bench.expect(
            "E0 60 04 | 04 00000000 | 04 05000000 | 05 '/fs/a' | 00 'hello' | EE", "E0 E0 01 | 01 01 | EE 0000")
        try bench.expect("E0 63 03 | \(Self.missing)", "E0 E3 01 | 04 05000000 | EE 000000")
        try bench.expect("E0 61 03 | 04 01000000 | 04 03000000 | 05 '/fs/a' | EE", "E0 E1 01 | 03 'ell' | EE")
        try bench.expect("E0 62 03 | \(Self.missing)", "E0 E2 01 | 00 | EE 000000")
        try bench.expect("E0 63 03 | \(Self.missing)", "E0 E3 01 | 04 FFFFFFFF | EE 000000")
        #expect(bench.storage.files.isEmpty)
    }

    @Test func offsetsAreHonoured() throws {
        let bench = try StorageHarness()
        try bench.expect(
            "E0 60 04 | 04 02000000 | 04 02000000 | 05 '/fs/a' | 00 'cd' | EE", "E0 E0 01 | 01 01 | EE 0000")
        #expect(try bench.file("a") == [0, 0, 0x63, 0x64])
        try bench.expect(
            "E0 60 04 | 04 00000000 | 04 03000000 | 05 '/fs/a' | 00 'abC' | EE", "E0 E0 01 | 01 01 | EE 0000")
        #expect(try bench.file("a") == Array("abCd".utf8))
        // Writing no bytes creates an empty file.
        try bench.expect("E0 60 04 | 04 00000000 | 04 00000000 | 05 '/fs/b' | 00 | EE", "E0 E0 01 | 01 01 | EE 0000")
        #expect(try bench.file("b") == [])
    }

    @Test func readsEndWithTheFile() throws {
        let bench = try StorageHarness()
        try bench.put("a", "hello")
        try bench.expect("E0 61 03 | 04 03000000 | 04 09000000 | 05 '/fs/a' | EE", "E0 E1 01 | 02 'lo' | EE 00")
        try bench.expect("E0 61 03 | 04 05000000 | 04 09000000 | 05 '/fs/a' | EE", "E0 E1 01 | 00 | EE 000000")
        try bench.expect("E0 61 03 | 04 FFFFFFFF | 04 FFFFFFFF | 05 '/fs/a' | EE", "E0 E1 01 | 00 | EE 000000")
        try bench.expect("E0 61 03 | 04 00000000 | 04 01000000 | 05 '/fs/b' | EE", "EF 00 EE 00")
        bench.storage.files[try #require(StorageName("a".utf8))] = Array(repeating: 7, count: 300)
        let long = try bench.bench.exchange(Array(hex: "E0 61 03 | 04 00000000 | 04 FFFFFFFF | 05 '/fs/a' | EE"))
        #expect(long == [0xE0, 0xE1, 0x01, 0xFF] + Array(repeating: 7, count: 255) + [0xEE])
    }

    @Test func renames() throws {
        let bench = try StorageHarness()
        let command = "E0 66 02 | 05 '/fs/a' | 05 '/fs/b' | EE"
        try bench.expect(command, "E0 E6 01 | 01 02 | EE 0000")
        try bench.put("a", "A")
        try bench.expect(command, "E0 E6 01 | 01 00 | EE 0000")
        #expect(try bench.file("b") == [0x41])
        try bench.put("a", "B")
        try bench.expect(command, "E0 E6 01 | 01 05 | EE 0000")
        #expect(bench.storage.files.count == 2)
        try bench.expect("E0 66 02 | 05 '/fs/a' | 06 '/fs/..' | EE", "E0 E6 01 | 01 05 | EE 0000")
        try bench.expect("E0 66 02 | 01 'a' | 05 '/fs/c' | EE", "E0 E6 01 | 01 02 | EE 0000")
    }

    @Test func theFileSystemIsAsLargeAsThePartition() throws {
        let bench = try StorageHarness()
        let end = "E0 60 04 | 04 00FE0E00 | 04 01000000 | 05 '/fs/a' | 00 'x' | EE"
        try bench.expect(end, "E0 E0 01 | 01 01 | EE 0000")
        #expect(bench.storage.usedBytes == 0xEFE00 + 256 + 256)
        #expect(bench.storage.usedBytes == StorageCapacity.bytes)
        // The offset is limited to 4 GiB, which is not tested.
        for offset in ["00FF0E00", "FFFFFFFF"] {
            try bench.expect(
                "E0 60 04 | 04 \(offset) | 04 01000000 | 05 '/fs/a' | 00 'x' | EE", "E0 E0 01 | 01 00 | EE 0000")
        }
        try bench.expect("E0 60 04 | 04 00000000 | 04 00000000 | 05 '/fs/b' | 00 | EE", "E0 E0 01 | 01 00 | EE 0000")
        try bench.expect(end, "E0 E0 01 | 01 01 | EE 0000")
        #expect(bench.log.contains("were not written: there is no room"))
    }

    @Test(arguments: [
        "/fs/", "/fs", "", "a", "/a", "/fs/.", "/fs/..", "/fs/../a", "/fs//a", "/fs/a/b", "/FS/a", "//fs/a", "/fs/a\0b",
        "/fs/\0", "/fs/1234567890123456789012345678901",
    ]) func namesNoFile(_ path: String) throws {
        let bench = try StorageHarness()
        let parameter =
            "\(String(path.utf8.count, radix: 16).count < 2 ? "0" : "")\(String(path.utf8.count, radix: 16)) "
        let name = parameter + Array(path.utf8).hex
        try bench.expect("E0 60 04 | 04 00000000 | 04 01000000 | \(name) | 00 'x' | EE", "E0 E0 01 | 01 00 | EE 0000")
        try bench.expect("E0 61 03 | 04 00000000 | 04 01000000 | \(name) | EE", "EF 00 EE 00")
        try bench.expect("E0 62 03 | 04 00000000 | 04 01000000 | \(name) | EE", "E0 E2 01 | 00 | EE 000000")
        try bench.expect("E0 63 03 | 04 00000000 | 04 01000000 | \(name) | EE", "E0 E3 01 | 04 FFFFFFFF | EE 000000")
        #expect(bench.storage.operationCount == 0)
        #expect(bench.log.contains("is not a file name"))
    }

    @Test func namesMayEndInNUL() throws {
        let bench = try StorageHarness()
        try bench.put("a", "A")
        try bench.expect(
            "E0 63 03 | 04 00000000 | 04 01000000 | 07 '/fs/a' 0000 | EE", "E0 E3 01 | 04 01000000 | EE 000000")
        try bench.put(String(repeating: "n", count: 30), "A")
        try bench.expect(
            "E0 63 03 | 04 00000000 | 04 01000000 | 22 '/fs/nnnnnnnnnnnnnnnnnnnnnnnnnnnnnn' | EE",
            "E0 E3 01 | 04 01000000 | EE 000000")
    }

    @Test(arguments: [Firmware.arduino200, .arduino148, .adafruit330]) func firmwareHasItsOwnReplies(
        _ firmware: Firmware
    ) throws {
        let bench = try StorageHarness(firmware)
        func write(_ count: Int, _ data: String, _ reply: String) throws {
            try bench.expect("E0 60 04 | 04 00000000 | 04 0\(count)000000 | 05 '/fs/a' | 00 '\(data)' | EE", reply)
        }
        try write(1, "h", "EE E0 00 00")
        try write(2, "el", "E0 EE 00 00")
        try write(3, "lo,", "E0 E0 EE 00")
        try write(4, "worl", "E0 E0 00 EE")
        try write(5, "d!!!!", "E0 E0 00 00 EE 00 00 00")
        // The firmware appends.
        #expect(try bench.file("a") == Array("hello,world!!!!".utf8))
        try bench.expect("E0 60 04 | 04 00000000 | 04 00000000 | 05 '/fs/a' | 00 | EE", "EF 00 EE 00")
        try bench.expect("E0 63 03 | \(Self.missing)", "E0 E3 01 | 04 0F000000 00 | EE 0000")
        try bench.expect(
            "E0 61 03 | 04 0D000000 | 04 04000000 | 05 '/fs/a' | EE", "E0 E1 01 | 04 '!!' 0000 | EE 000000")
        // The length byte wraps.
        let long = try bench.bench.exchange(Array(hex: "E0 61 03 | 04 00000000 | 04 2C010000 | 05 '/fs/a' | EE"))
        #expect(long.count == Frame.padded(5 + 300))
        #expect(long.starts(with: [0xE0, 0xE1, 0x01, 0x2C] + Array("hello,world!!!!".utf8)))
        #expect(long[304] == 0xEE)
        try bench.expect("E0 62 03 | \(Self.missing)", "EF 00 EE 00")
        #expect(bench.storage.files.isEmpty)
        try bench.expect("E0 62 03 | \(Self.missing)", "EF 00 EE 00")
        try bench.expect("E0 63 03 | \(Self.missing)", "E0 E3 01 | 04 FFFFFFFF 00 | EE 0000")
        try bench.expect("E0 61 03 | 04 00000000 | 04 04000000 | 05 '/fs/a' | EE", "")
        try bench.expect("E0 60 04 | 04 00000000 | 04 01000000 | 06 '/fs/..' | 00 'x' | EE", "")
        bench.storage.failure = .full
        try write(1, "x", "")
        // More bytes than a reply holds, of a file that cannot be opened.
        try bench.expect("E0 61 03 | 04 00000000 | 04 F80F0000 | 05 '/fs/a' | EE", "")
    }

    /// 4087 bytes fill a reply; with one more the firmware hangs until it is reset. Still more would overwrite its memory.
    @Test(arguments: [Firmware.arduino200, .arduino148, .adafruit330]) func longReadsStall(_ firmware: Firmware) throws
    {
        let bench = try StorageHarness(firmware)
        try bench.put("a", "A")
        let longest = try bench.bench.exchange(Array(hex: "E0 61 03 | 04 00000000 | 04 F70F0000 | 05 '/fs/a' | EE"))
        #expect(longest.count == 4092 && longest[3] == 0xF7 && longest[4] == 0x41 && longest[4091] == 0xEE)
        #expect(bench.bench.start(Array(hex: "E0 61 03 | 04 00000000 | 04 F80F0000 | 05 '/fs/a' | EE")) == nil)
        for _ in 0..<10 {
            #expect(bench.bench.finish() == nil)
            bench.bench.pass(.seconds(60))
        }
        bench.reset()
        try bench.expect("E0 61 03 | 04 00000000 | 04 F90F0000 | 05 '/fs/a' | EE", "EF 00 EE 00")
        try bench.expect("E0 63 03 | \(Self.missing)", "E0 E3 01 | 04 01000000 00 | EE 0000")
    }

    @Test func theReplyWaitsForTheDisk() throws {
        let bench = try StorageHarness()
        bench.storage.isHeld = true
        let window = Array(hex: "E0 60 04 | 04 00000000 | 04 01000000 | 05 '/fs/a' | 00 'x' | EE")
        #expect(bench.bench.start(window) == nil)
        bench.bench.pass(.seconds(9))
        #expect(bench.bench.finish() == nil)
        #expect(bench.storage.files.isEmpty)
        bench.storage.isHeld = false
        #expect(bench.bench.finish()?.hex == "E0E00101" + "01EE0000")
        #expect(try bench.file("a") == [0x78])
    }

    @Test func aDiskThatHangsIsGivenUp() throws {
        let bench = try StorageHarness()
        bench.storage.isHeld = true
        let start = bench.bench.now
        try bench.expect(
            "E0 60 04 | 04 00000000 | 04 01000000 | 05 '/fs/a' | 00 'x' | EE", "E0 E0 01 | 01 00 | EE 0000")
        #expect(bench.bench.milliseconds(since: start) == 10_000)
        // Its completion comes too late and answers nothing else.
        bench.storage.isHeld = false
        bench.storage.poll()
        try bench.expect("E0 63 03 | \(Self.missing)", "E0 E3 01 | 04 01000000 | EE 000000")
    }

    @Test func aResetForgetsWhoWaits() throws {
        let bench = try StorageHarness()
        bench.storage.isHeld = true
        #expect(bench.bench.start(Array(hex: "E0 63 03 | \(Self.missing)")) == nil)
        let token = bench.bench.device.device.context.lastToken
        bench.reset()
        #expect(bench.bench.start(Array(hex: "E0 61 03 | \(Self.missing)")) == nil)
        // The completion from before the reset.
        bench.bench.device.storageEvent(token: token, .success(.size(7)))
        #expect(bench.bench.finish() == nil)
        bench.storage.isHeld = false
        #expect(bench.bench.finish() == [0xEF, 0x00, 0xEE, 0x00])
    }

    @Test(arguments: [StorageFailure.full, .notAFile, .system("fsync: EIO")]) func failuresAreTold(
        _ failure: StorageFailure
    ) throws {
        let bench = try StorageHarness()
        bench.storage.failure = failure
        try bench.expect(
            "E0 60 04 | 04 00000000 | 04 01000000 | 05 '/fs/a' | 00 'x' | EE", "E0 E0 01 | 01 00 | EE 0000")
        try bench.expect("E0 61 03 | \(Self.missing)", "EF 00 EE 00")
        try bench.expect("E0 62 03 | \(Self.missing)", "E0 E2 01 | 00 | EE 000000")
        try bench.expect("E0 63 03 | \(Self.missing)", "E0 E3 01 | 04 FFFFFFFF | EE 000000")
        try bench.expect("E0 66 02 | 05 '/fs/a' | 05 '/fs/b' | EE", "E0 E6 01 | 01 05 | EE 0000")
        for command in ["WRITE_FILE", "READ_FILE", "DELETE_FILE", "EXISTS_FILE", "RENAME_FILE"] {
            #expect(bench.log.all.contains { $0.hasPrefix(command) && $0.contains("\(failure)") })
        }
    }

    @Test func filesSurviveTheCoprocessor() throws {
        let storage = MemoryStorage()
        let first = try StorageHarness(storage: storage)
        try first.expect(
            "E0 60 04 | 04 00000000 | 04 01000000 | 05 '/fs/a' | 00 'x' | EE", "E0 E0 01 | 01 01 | EE 0000")
        let second = try StorageHarness(storage: storage)
        try second.expect("E0 63 03 | \(Self.missing)", "E0 E3 01 | 04 01000000 | EE 000000")
    }
}
