import Foundation
import LinuxIO
import NINACoprocessor
import Testing

@testable import NINACoprocessorLinux

/// Changes that are made durable together.
@Suite(.timeLimit(.minutes(10))) struct StorageGroupTests {
    private let scratch: Scratch
    private let group = StorageGroup()
    private let results = Results()

    init() throws { scratch = try Scratch() }

    private final class Results {
        var list: [String] = []
    }

    private func volume(_ number: Int = 1, capacity: Int = StorageCapacity.bytes) throws -> DirectoryVolume {
        try DirectoryVolume(try Directory(creating: scratch.path + "/\(number)"), capacity: capacity)
    }

    private func name(_ text: String) throws -> StorageName { try #require(StorageName(text.utf8)) }

    private func start(_ label: String, _ operation: StorageOperation, on volume: DirectoryVolume) {
        let results = results
        group.start(operation, on: volume) { result in
            switch result {
            case .success: results.list.append(label)
            case .failure(let failure): results.list.append("\(label): \(failure)")
            }
        }
    }

    /// Two files and a name space of one module, and a file of another: no result is reported before all are on disk.
    @Test func independentChangesWaitForEachOther() throws {
        let first = try volume(1)
        let second = try volume(2)
        start("a", .write(try name("a"), .end, Array("one".utf8)), on: first)
        start("b", .write(try name("b"), .end, Array("two".utf8)), on: first)
        start("space", .storePreferences(try #require(PreferenceName("space".utf8)), [1]), on: first)
        start("other a", .write(try name("a"), .end, Array("three".utf8)), on: second)
        #expect(results.list.isEmpty)
        #expect(try scratch.names("1/files").isDisjoint(with: ["a", "b"]))
        group.finish()
        #expect(results.list == ["a", "b", "space", "other a"])
        #expect(scratch.read("1/files/a") == "one")
        #expect(scratch.read("1/files/b") == "two")
        #expect(scratch.read("2/files/a") == "three")
        #expect(try scratch.names("1/files") == ["a", "b"])
        #expect(try scratch.names("1/preferences") == ["space"])
        group.finish()
        #expect(results.list.count == 4)
    }

    @Test func changesOfOneNameFollowEachOther() throws {
        let volume = try volume()
        let a = try name("a")
        start("1", .write(a, .end, Array("one".utf8)), on: volume)
        start("2", .write(a, .end, Array("two".utf8)), on: volume)
        #expect(results.list == ["1"])
        start("3", .rename(a, to: try name("b")), on: volume)
        start("4", .write(a, .end, Array("new".utf8)), on: volume)
        start("5", .remove(try name("b")), on: volume)
        start("6", .size(a), on: volume)
        start("7", .remove(a), on: volume)
        start("8", .remove(a), on: volume)
        #expect(results.list == ["1", "2", "3", "4", "5", "6", "7", "8: there is no such file"])
        #expect(try scratch.names("1/files").isEmpty)
    }

    /// A question of one module does not wait for the changes of another, those of its own come first.
    @Test func answersOfAModuleKeepTheirOrder() throws {
        let first = try volume(1)
        let second = try volume(2)
        start("write", .write(try name("a"), .end, [1]), on: first)
        start("other size", .size(try name("a")), on: second)
        #expect(results.list == ["other size: there is no such file"])
        start("full", .write(try name("b"), .offset(StorageCapacity.bytes + 1), [1]), on: first)
        #expect(results.list == ["other size: there is no such file", "write", "full: there is no room"])
    }

    /// The second of three cannot get its name: the others are stored, and its room is free again.
    @Test(arguments: [0, 1, 2]) func aFailureIsThatOfOneChange(_ failing: Int) throws {
        let volume = try volume(capacity: 4 * 512)
        let names = ["a", "b", "c"]
        for text in names { start(text, .write(try name(text), .end, [UInt8](repeating: 65, count: 256)), on: volume) }
        try FileManager.default.createDirectory(
            atPath: "\(scratch.path)/1/files/\(names[failing])", withIntermediateDirectories: false)
        group.finish()
        #expect(results.list == names.map { $0 == names[failing] ? "\($0): it is not a plain file" : $0 })
        // There is no file that is half written.
        #expect(try scratch.names("1/files") == Set(names))
        for text in names where text != names[failing] {
            #expect(scratch.read("1/files/\(text)") == String(repeating: "A", count: 256))
        }
        #expect(volume.run(.write(try name("d"), .end, [UInt8](repeating: 65, count: 768))) == .success(.done))
        #expect(volume.run(.write(try name("e"), .end, [])) == .failure(.full))
    }

    /// A download whose name cannot be taken still has none, and may be named otherwise.
    @Test func aFileWithoutANameKeepsNone() throws {
        let volume = try volume()
        guard case .success(.temporary(let file)) = volume.run(.createTemporary) else {
            Issue.record("no file")
            return
        }
        #expect(volume.run(.append(file, Array("text".utf8))) == .success(.done))
        start("a", .write(try name("a"), .end, [1]), on: volume)
        start("commit", .commit(file, as: try name("b")), on: volume)
        try FileManager.default.createDirectory(
            atPath: "\(scratch.path)/1/files/b", withIntermediateDirectories: false)
        // The same file: it waits for the result of the first.
        start("again", .commit(file, as: try name("c")), on: volume)
        #expect(results.list == ["a", "commit: it is not a plain file"])
        group.finish()
        #expect(results.list.last == "again")
        #expect(scratch.read("1/files/c") == "text")
        start("discard", .discard(file), on: volume)
        #expect(results.list.last == "discard: there is no such file")
    }

    @Test func aGroupHasALimit() throws {
        let volume = try volume()
        for number in 0..<StorageGroup.limit + 1 {
            start("\(number)", .write(try name("\(number)"), .end, [1]), on: volume)
        }
        #expect(results.list.count == StorageGroup.limit)
        group.finish()
        #expect(results.list == (0...StorageGroup.limit).map { "\($0)" })
    }

    /// What a kill leaves of a group: the old content of each name, and files that the next start removes.
    @Test func aGroupThatWasNotFinishedChangesNothing() throws {
        do {
            let volume = try volume()
            #expect(volume.run(.write(try name("a"), .end, Array("old".utf8))) == .success(.done))
            start("a", .write(try name("a"), .offset(0), Array("new".utf8)), on: volume)
            start("b", .write(try name("b"), .offset(0), Array("new".utf8)), on: volume)
        }
        #expect(try scratch.names("1/files").count == 3)
        let again = try volume()
        #expect(try scratch.names("1/files") == ["a"])
        #expect(scratch.read("1/files/a") == "old")
        #expect(again.run(.size(try name("b"))) == .failure(.missing))
    }
}
