import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// What a user reads when files and preferences fail: the command, the name and the reason. What works is silent.
@Suite(.timeLimit(.minutes(10))) struct StorageLogTests {
    /// The log of one command.
    private func log(_ bench: StorageHarness, _ command: String) throws -> [String] {
        bench.log.all = []
        _ = try bench.bench.exchange(Array(hex: command))
        return bench.log.all
    }

    private static let files: [(command: String, text: String)] = [
        (
            "E0 60 04 | 04 00000000 | 04 01000000 | 05 '/fs/a' | 00 58 | EE",
            "WRITE_FILE: 1 bytes for 'a' were not written: "
        ),
        ("E0 61 03 | 04 00000000 | 04 01000000 | 05 '/fs/a' | EE", "READ_FILE: 'a' was not read: "),
        ("E0 63 03 | 04 00000000 | 04 04000000 | 05 '/fs/a' | EE", "EXISTS_FILE: 'a' was not looked up: "),
        ("E0 66 02 | 05 '/fs/a' | 05 '/fs/b' | EE", "RENAME_FILE: 'a' was not renamed to 'b': "),
        ("E0 62 03 | 04 00000000 | 04 00000000 | 05 '/fs/b' | EE", "DELETE_FILE: 'b' was not deleted: "),
    ]

    @Test func aFailedFileCommandIsTold() throws {
        let bench = try StorageHarness()
        // In this order they all work.
        for (command, _) in Self.files { #expect(try log(bench, command) == []) }
        bench.storage.failure = .system("the disk is gone")
        for (command, text) in Self.files {
            #expect(
                try log(bench, command).contains { $0.hasPrefix(text) && $0.contains("the disk is gone") }, "\(text)")
        }
        // A missing file is no failure of the storage.
        bench.storage.failure = .missing
        for (command, text) in Self.files.dropFirst() {
            #expect(try !log(bench, command).contains { $0.contains(text) }, "\(text)")
        }
    }

    @Test func aPathThatIsNoneIsTold() throws {
        let bench = try StorageHarness()
        for (command, _) in Self.files {
            let name = Opcode(byte: Array(hex: command)[1], family: .arduino)?.name ?? ""
            let other = command.replacing("05 '/fs/a'", with: "05 '/ab/a'").replacing("05 '/fs/b'", with: "05 '/ab/a'")
            let text = "\(name): '/ab/a' is not a file name: /fs/ and 1 to "
            #expect(try log(bench, other).contains { $0.hasPrefix(text) })
        }
    }

    private static let readOnly = "E0 55 02 | 01 'n' | 01 01 | EE"
    private static let begin = "E0 55 02 | 01 'n' | 01 00 | EE"
    private static let end = "E0 56 00 EE"
    private static let put = "E0 5B 03 | 01 'k' | 01 01 | 0001 07 | EE"
    private static let changes: [(command: String, name: String)] = [
        (put, "PREF_PUT"), ("E0 58 01 | 01 'k' | EE", "PREF_REMOVE"), ("E0 57 00 EE", "PREF_CLEAR"),
    ]

    @Test func whyPreferencesAreNotOpenedIsTold() throws {
        let bench = try StorageHarness()
        let cannot = "PREF_BEGIN: preferences cannot be opened: "
        #expect(try log(bench, Self.readOnly) == ["PREF_BEGIN: there is no name space 'n' to be read"])
        #expect(
            try log(bench, "E0 55 02 | 10 '0123456789abcdef' | 01 00 | EE") == [cannot + "a name has 1 to 15 bytes"])
        #expect(try log(bench, "E0 55 03 | 01 'n' | 01 00 | 03 'abc' | EE") == [cannot + "there is no partition 'abc'"])
        #expect(try log(bench, Self.begin) == [])
        #expect(try log(bench, Self.begin) == [cannot + "the name space 'n' is open"])
        #expect(try log(bench, Self.end) == [])
        #expect(try log(bench, Self.readOnly) == [])
        let bare = try DeviceHarness(joined: false)
        var lines: [String] = []
        bare.device.logLevel = .info
        bare.device.log = { lines.append($1) }
        _ = try bare.exchange(Array(hex: Self.begin))
        #expect(lines == [cannot + "the module has no storage"])
    }

    @Test func damagedAndUnreadablePreferencesAreTold() throws {
        let bench = try StorageHarness()
        let name = try #require(PreferenceName("n".utf8))
        bench.storage.preferences[name] = [1, 2, 3]
        #expect(
            try log(bench, Self.begin) == [
                "PREF_BEGIN: the preferences of 'n' are damaged, and left unchanged: the file is too short. Remove their file to start over"
            ])
        #expect(bench.storage.preferences[name] == [1, 2, 3])
        bench.storage.failure = .system("the disk is gone")
        #expect(try log(bench, Self.begin).first?.hasPrefix("preferences were not read: ") == true)
        #expect(try log(bench, "E0 5A 00 EE").first?.hasPrefix("preferences were not read: ") == true)
        bench.storage.failure = nil
        // Others take all the room.
        bench.storage.preferences = [
            try #require(PreferenceName("big".utf8)): Array(repeating: 0, count: 32 * PreferenceNamespace.entryLimit)
        ]
        #expect(try log(bench, Self.begin) == ["PREF_BEGIN: there is no room for the name space 'n'"])
    }

    @Test func whyPreferencesAreNotChangedIsTold() throws {
        let bench = try StorageHarness()
        for (command, name) in Self.changes {
            #expect(try log(bench, command) == ["\(name): no name space is open"])
        }
        _ = try log(bench, Self.begin)
        for (command, _) in Self.changes { #expect(try log(bench, command) == []) }
        _ = try log(bench, Self.put)
        bench.storage.failure = .system("the disk is gone")
        for (command, name) in Self.changes {
            let other = command.replacing("0001 07", with: "0001 08")
            #expect(try log(bench, other).first?.hasPrefix("\(name): the name space 'n' was not stored: ") == true)
        }
        bench.storage.failure = nil
        _ = try log(bench, Self.end)
        _ = try log(bench, Self.readOnly)
        for (command, name) in Self.changes {
            #expect(try log(bench, command) == ["\(name): the name space 'n' is open read-only"])
        }
    }

    @Test func whyAValueIsNotStoredIsTold() throws {
        let bench = try StorageHarness()
        _ = try log(bench, Self.begin)
        _ = try log(bench, Self.put)
        for (command, why) in [
            ("E0 5B 03 | 10 '0123456789abcdef' | 01 01 | 0001 07 | EE", "a key has 1 to 15 bytes"),
            ("E0 5B 03 | 01 's' | 01 08 | 0002 'ab' | EE", "a string must end with its only NUL"),
            ("E0 5B 03 | 01 'x' | 01 05 | 0003 010203 | EE", "3 bytes are not a value of type 5"),
            ("E0 5B 03 | 01 'k' | 01 05 | 0004 01020304 | EE", "'k' has a value of another type"),
        ] {
            #expect(try log(bench, command) == ["PREF_PUT: \(why)"])
        }
    }
}
