import NINALink
import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct PreferencesTests {
    /// A coprocessor with the name space `n` open for writing.
    private func opened(_ firmware: Firmware = .modern, _ storage: MemoryStorage = MemoryStorage()) throws
        -> StorageHarness
    {
        let bench = try StorageHarness(firmware, storage: storage)
        try bench.expect("E0 55 02 | 01 'n' | 01 00 | EE", "E0 D5 01 | 01 00 | EE 0000")
        return bench
    }

    private func put(_ bench: StorageHarness, _ type: UInt8, _ value: String, _ stored: Int) throws {
        let bytes = Array<UInt8>(hex: value)
        try bench.expect(
            "E0 5B 03 | 01 'k' | 01 \([type].hex) | 00 \([UInt8(bytes.count)].hex) \(value) | EE",
            "E0 DB 01 | 04 \([UInt8(stored)].hex) 000000 | EE 000000")
    }

    private func get(_ bench: StorageHarness, _ type: UInt8, _ value: String) throws {
        let bytes = Array<UInt8>(hex: value)
        var reply = "E0 DC 01 | 00 \([UInt8(bytes.count)].hex) \(value) | EE"
        while Array<UInt8>(hex: reply).count % 4 != 0 { reply += "00" }
        try bench.expect("E0 5C 02 | 01 'k' | 01 \([type].hex) | EE", reply)
    }

    /// PREF_PUT is little endian, PREF_GET big endian; WiFiNINA 2.1.0 reverses the bytes.
    @Test(
        arguments: [
            (0, "FB", "FB"), (1, "C8", "C8"), (2, "2EFB", "FB2E"), (3, "EFBE", "BEEF"), (4, "C01DFEFF", "FFFE1DC0"),
            (5, "78563412", "12345678"), (6, "35FB048EE0FEFFFF", "FFFFFEE08E04FB35"),
            (7, "EFCDAB8967452301", "0123456789ABCDEF"), (9, "00FF00", "00FF00"),
        ] as [(UInt8, String, String)]) func whatIsPutComesBack(_ type: UInt8, _ put: String, _ get: String) throws
    {
        let storage = MemoryStorage()
        let bench = try opened(.modern, storage)
        try bench.expect("E0 5D 01 | 01 'k' | EE", "E0 DD 01 | 01 0A | EE 0000")
        try self.put(bench, type, put, Array<UInt8>(hex: put).count)
        try self.get(bench, type, get)
        try bench.expect("E0 5D 01 | 01 'k' | EE", "E0 DD 01 | 01 \([type].hex) | EE 0000")
        let size = [UInt8(Array<UInt8>(hex: put).count)].hex
        try bench.expect("E0 59 01 | 01 'k' | EE", "E0 D9 01 | 04 \(size) 000000 | EE 000000")
        // The same after a power cycle.
        let again = try opened(.modern, storage)
        try self.get(again, type, get)
        // A query as another type finds nothing: zeros, or no bytes.
        try self.get(again, type == 1 ? 5 : 1, type == 1 ? "00000000" : "00")
        try self.get(again, 8, "")
    }

    @Test func stringsEndWithTheirNUL() throws {
        let bench = try opened()
        try put(bench, 8, "'hello'", 0)
        try bench.expect("E0 5D 01 | 01 'k' | EE", "E0 DD 01 | 01 0A | EE 0000")
        // As recorded with WiFiNINA 2.1.0: the NUL is not counted in the stored length, and not sent back.
        try put(bench, 8, "'hello' 00", 5)
        try get(bench, 8, "'hello'")
        try bench.expect("E0 59 01 | 01 'k' | EE", "E0 D9 01 | 04 06000000 | EE 000000")
        try put(bench, 8, "'by' 00 'e' 00", 2)
        try get(bench, 8, "'by'")
    }

    @Test func missingNumbersAreZero() throws {
        let bench = try opened()
        for (type, zeros) in [(0, "00"), (3, "0000"), (4, "00000000"), (7, "0000000000000000"), (8, ""), (9, "")] {
            try get(bench, UInt8(type), zeros)
        }
        try bench.expect("E0 5C 02 | 01 'k' | 01 0A | EE", "E0 DC 01 | 00 | EE 000000")
        try bench.expect("E0 5C 01 | 01 'k' | EE", "E0 DC 01 | 00 | EE 000000")
        try bench.expect("E0 59 01 | 01 'k' | EE", "E0 D9 01 | 04 00000000 | EE 000000")
    }

    @Test func onlyValuesOfTheirTypeAreStored() throws {
        let bench = try opened()
        try put(bench, 4, "010203", 0)
        try put(bench, 4, "0102030405", 0)
        try bench.expect("E0 5B 03 | 01 'k' | 01 0A | 0001 00 | EE", "E0 DB 01 | 01 FE | EE 0000")
        try bench.expect("E0 5B 02 | 01 'k' | 01 01 | 0001 00 | EE", "E0 DB 01 | 01 FF | EE 0000")
        try put(bench, 1, "07", 1)
        // As in ESP-IDF, a key keeps its type until it is removed.
        try put(bench, 2, "0700", 0)
        try get(bench, 1, "07")
        try bench.expect("E0 58 01 | 01 'k' | EE", "E0 D8 01 | 01 00 | EE 0000")
        try bench.expect("E0 58 01 | 01 'k' | EE", "E0 D8 01 | 01 01 | EE 0000")
        try put(bench, 2, "0700", 2)
    }

    @Test func keysAndNamesHaveFifteenBytes() throws {
        let bench = try StorageHarness()
        let begin = "E0 55 01"
        for name in ["00", "10 '0123456789abcdef'", "02 0000"] {
            try bench.expect("\(begin) | \(name) | EE", "E0 D5 01 | 01 01 | EE 0000")
        }
        try bench.expect("\(begin) | 0F '0123456789abcde' | EE", "E0 D5 01 | 01 00 | EE 0000")
        let value = "01 01 | 0001 07 | EE"
        try bench.expect("E0 5B 03 | 0F '0123456789abcde' | \(value)", "E0 DB 01 | 04 01000000 | EE 000000")
        try bench.expect("E0 5B 03 | 10 '0123456789abcdef' | \(value)", "E0 DB 01 | 04 00000000 | EE 000000")
        try bench.expect("E0 5B 03 | 00 | \(value)", "E0 DB 01 | 04 00000000 | EE 000000")
    }

    @Test func oneNameSpaceIsOpen() throws {
        let bench = try opened()
        try bench.expect("E0 55 01 | 01 'm' | EE", "E0 D5 01 | 01 01 | EE 0000")
        try put(bench, 1, "07", 1)
        try bench.expect("E0 56 00 EE", "E0 D6 01 | 01 01 | EE 0000")
        try bench.expect("E0 56 00 EE", "E0 D6 01 | 01 01 | EE 0000")
        // No name space is open.
        try put(bench, 1, "07", 0)
        try get(bench, 1, "00")
        try bench.expect("E0 57 00 EE", "E0 D7 01 | 01 01 | EE 0000")
        try bench.expect("E0 58 01 | 01 'k' | EE", "E0 D8 01 | 01 01 | EE 0000")
        try bench.expect("E0 55 01 | 01 'm' | EE", "E0 D5 01 | 01 00 | EE 0000")
        try get(bench, 1, "00")
        // A reset closes the name space.
        bench.reset()
        try bench.expect("E0 55 01 | 01 'n' | EE", "E0 D5 01 | 01 00 | EE 0000")
        try get(bench, 1, "07")
    }

    @Test func readOnlyChangesNothing() throws {
        let bench = try StorageHarness()
        // A missing name space cannot be opened read-only.
        try bench.expect("E0 55 02 | 01 'n' | 01 01 | EE", "E0 D5 01 | 01 01 | EE 0000")
        #expect(bench.storage.preferences.isEmpty)
        let storage = try opened(.modern, bench.storage)
        try put(storage, 1, "07", 1)
        try storage.expect("E0 56 00 EE", "E0 D6 01 | 01 01 | EE 0000")
        try storage.expect("E0 55 02 | 01 'n' | 01 01 | EE", "E0 D5 01 | 01 00 | EE 0000")
        let before = storage.storage.preferences
        try put(storage, 1, "08", 0)
        try storage.expect("E0 57 00 EE", "E0 D7 01 | 01 01 | EE 0000")
        try storage.expect("E0 58 01 | 01 'k' | EE", "E0 D8 01 | 01 01 | EE 0000")
        try get(storage, 1, "07")
        #expect(storage.storage.preferences == before)
    }

    @Test func clearRemovesAll() throws {
        let bench = try opened()
        try put(bench, 1, "07", 1)
        try bench.expect("E0 57 00 EE", "E0 D7 01 | 01 00 | EE 0000")
        try get(bench, 1, "00")
        try bench.expect("E0 5A 00 EE", "E0 DA 01 | 04 75020000 | EE 000000")
    }

    /// 630 entries in all: 1 for a name space, 1 for a number, and for text and bytes 1 or 2 plus their length in units
    /// of 32 bytes.
    @Test func entriesAreCounted() throws {
        let bench = try StorageHarness()
        try bench.expect("E0 5A 00 EE", "E0 DA 01 | 04 76020000 | EE 000000")
        let opened = try opened(.modern, bench.storage)
        try opened.expect("E0 5A 00 EE", "E0 DA 01 | 04 75020000 | EE 000000")
        try put(opened, 1, "07", 1)
        try opened.expect("E0 5A 00 EE", "E0 DA 01 | 04 74020000 | EE 000000")
        try opened.expect("E0 5B 03 | 01 's' | 01 08 | 0002 'x' 00 | EE", "E0 DB 01 | 04 01000000 | EE 000000")
        try opened.expect("E0 5A 00 EE", "E0 DA 01 | 04 72020000 | EE 000000")
        // Other name spaces share them.
        try opened.expect("E0 56 00 EE", "E0 D6 01 | 01 01 | EE 0000")
        try opened.expect("E0 55 01 | 01 'm' | EE", "E0 D5 01 | 01 00 | EE 0000")
        try opened.expect("E0 5A 00 EE", "E0 DA 01 | 04 71020000 | EE 000000")
    }

    @Test func aFullPartitionTakesNoMore() throws {
        let bench = try opened()
        var stored = 0
        for key in 0..<10 {
            let bytes = [UInt8](repeating: 1, count: 4000)
            let window = [0xE0, 0x5B, 0x03, 0x01, 0x30 + UInt8(key), 0x01, 0x09, 0x0F, 0xA0] + bytes + [0xEE]
            let reply = try bench.bench.exchange(window)
            if reply == Array(hex: "E0 DB 01 | 04 A00F0000 | EE 000000") { stored += 1 }
        }
        // 2 + 125 entries each, and one for the name space.
        #expect(stored == 4)
        try bench.expect("E0 5A 00 EE", "E0 DA 01 | 04 79000000 | EE 000000")
        #expect(bench.log.contains("no room"))
        try put(bench, 1, "07", 1)
    }

    @Test func everyChangeIsStoredBeforeItIsAnswered() throws {
        let bench = try opened()
        bench.storage.isHeld = true
        let window = Array<UInt8>(hex: "E0 5B 03 | 01 'k' | 01 01 | 0001 07 | EE")
        #expect(bench.bench.start(window) == nil)
        #expect(bench.bench.finish() == nil)
        bench.storage.isHeld = false
        #expect(bench.bench.finish()?.hex == "E0DB010401000000EE000000")
        // Storing the same value again writes nothing.
        let count = bench.storage.operationCount
        #expect(bench.bench.start(window)?.hex == "E0DB010401000000EE000000")
        #expect(bench.storage.operationCount == count)
    }

    @Test func whatWasNotStoredIsNotThere() throws {
        let bench = try opened()
        try put(bench, 1, "07", 1)
        bench.storage.failure = .full
        try put(bench, 1, "08", 0)
        try bench.expect("E0 57 00 EE", "E0 D7 01 | 01 01 | EE 0000")
        try bench.expect("E0 58 01 | 01 'k' | EE", "E0 D8 01 | 01 01 | EE 0000")
        try get(bench, 1, "07")
        #expect(bench.log.contains("was not stored: there is no room"))
        // The failed change may be on disk all the same: the acknowledged value is written again, once.
        bench.storage.failure = nil
        let count = bench.storage.operationCount
        try put(bench, 1, "07", 1)
        try put(bench, 1, "07", 1)
        #expect(bench.storage.operationCount == count + 1)
        bench.storage.failure = .full
        bench.reset()
        try bench.expect("E0 55 01 | 01 'n' | EE", "E0 D5 01 | 01 01 | EE 0000")
    }

    @Test func damagedFilesAreTold() throws {
        let bench = try opened()
        try put(bench, 1, "07", 1)
        let name = try #require(PreferenceName("n".utf8))
        let whole = try #require(bench.storage.preferences[name])
        for position in whole.indices {
            bench.storage.preferences[name]?[position] ^= 0x40
            bench.reset()
            try bench.expect("E0 55 01 | 01 'n' | EE", "E0 D5 01 | 01 01 | EE 0000")
            #expect(bench.log.contains("'n' are damaged"))
            // Other name spaces can be opened.
            try bench.expect("E0 55 01 | 01 'm' | EE", "E0 D5 01 | 01 00 | EE 0000")
            bench.storage.preferences[name] = whole
        }
        for length in whole.indices {
            bench.storage.preferences[name] = Array(whole[..<length])
            bench.reset()
            try bench.expect("E0 55 01 | 01 'n' | EE", "E0 D5 01 | 01 01 | EE 0000")
        }
    }

    @Test func thereIsOnePartition() throws {
        for (label, code) in [("03 'nvs'", "00"), ("00", "00"), ("04 'nvs2'", "01")] {
            let bench = try StorageHarness()
            try bench.expect("E0 55 03 | 01 'n' | 01 00 | \(label) | EE", "E0 D5 01 | 01 \(code) | EE 0000")
        }
        var firmware = Firmware.modern
        firmware.quirks = [.preferenceLabelsFail]
        let bench = try StorageHarness(firmware)
        try bench.expect("E0 55 03 | 01 'n' | 01 00 | 03 'nvs' | EE", "E0 D5 01 | 01 01 | EE 0000")
        try bench.expect("E0 55 02 | 01 'n' | 01 00 | EE", "E0 D5 01 | 01 00 | EE 0000")
    }

    /// The `preferences` branch of nina-fw, which is in no profile.
    @Test func theBranchHasItsOwnReplies() throws {
        var firmware = Firmware.modern
        firmware.quirks = [.preferencesKeepLowWord, .preferenceStringsKeepNUL]
        let bench = try opened(firmware)
        try put(bench, 7, "EFCDAB8967452301", 8)
        try get(bench, 7, "0000000089ABCDEF")
        try bench.expect("E0 58 01 | 01 'k' | EE", "E0 D8 01 | 01 00 | EE 0000")
        try put(bench, 8, "'hello' 00", 5)
        try get(bench, 8, "'hello' 00")
    }
}
