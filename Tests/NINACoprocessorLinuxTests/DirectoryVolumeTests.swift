import Foundation
import LinuxIO
import NINACoprocessor
import TestSupport
import Testing

@testable import NINACoprocessorLinux

@Suite(.timeLimit(.minutes(10))) struct DirectoryVolumeTests {
    private let scratch: Scratch
    private let unfinished = String(decoding: Directory.temporaryPrefix, as: UTF8.self)

    init() throws { scratch = try Scratch() }

    private func volume(capacity: Int = StorageCapacity.bytes) throws -> DirectoryVolume {
        try DirectoryVolume(try Directory(creating: scratch.path + "/1"), capacity: capacity)
    }

    private func name(_ text: String) throws -> StorageName { try #require(StorageName(text.utf8)) }

    @Test func doesWhatTheOneInMemoryDoes() throws {
        let volume = try volume(capacity: 20_000)
        let memory = MemoryStorage()
        memory.capacity = 20_000
        let observer = LastResult()
        memory.observer = observer
        var random = RandomSource("doesWhatTheOneInMemoryDoes")
        let names = try ["a", "b", "c", ".d"].map(name)
        let space = try #require(PreferenceName("n/..".utf8))
        var history: [StorageOperation] = []
        for _ in 0..<600 {
            let bytes = [UInt8](repeating: UInt8(random.below(256)), count: random.below(3000))
            let file = TemporaryFile(rawValue: UInt32(1 + random.below(history.count / 20 + 1)))
            let name = names[random.below(names.count)]
            let operations: [StorageOperation] = [
                .size(name), .read(name, offset: random.below(3000), count: 500), .write(name, .end, bytes),
                .write(name, .offset(random.below(9000)), bytes), .remove(name), .rename(name, to: names[1]),
                .createTemporary, .append(file, bytes), .append(file, bytes), .commit(file, as: names[2]),
                .discard(file),
                .storePreferences(space, bytes), .loadPreferences,
            ]
            let operation = operations[random.below(operations.count)]
            history.append(operation)
            memory.start(operation, token: 1)
            memory.poll()
            let result = volume.run(operation)
            #expect(result == observer.result, "operation \(history.count) of \(history)")
            if result != observer.result { break }
        }
        for text in ["a", "b", "c", ".d"] {
            let contents = FileManager.default.contents(atPath: "\(scratch.path)/1/files/\(text)").map { [UInt8]($0) }
            #expect(contents == memory.files[try name(text)])
        }
    }

    private final class LastResult: StorageObserver {
        var result: StorageResult?
        func storageEvent(token: UInt32, _ result: StorageResult) { self.result = result }
    }

    @Test func belongsToItsUserAlone() throws {
        let volume = try volume()
        #expect(volume.run(.write(try name("a"), .end, [1])) == .success(.done))
        #expect(volume.run(.storePreferences(try #require(PreferenceName("n".utf8)), [1])) == .success(.done))
        for directory in ["1", "1/files", "1/preferences"] { #expect(try scratch.mode(directory) == 0o700) }
        for file in ["1/files/a", "1/preferences/n"] { #expect(try scratch.mode(file) == 0o600) }
    }

    @Test func removesWhatACrashHasLeft() throws {
        do {
            let volume = try volume()
            #expect(volume.run(.write(try name("a"), .end, [1])) == .success(.done))
            guard case .success(.temporary(let file)) = volume.run(.createTemporary) else {
                Issue.record("no file")
                return
            }
            #expect(volume.run(.append(file, [1, 2, 3])) == .success(.done))
            try scratch.write("1/preferences/\(unfinished)7", "half a file")
        }
        #expect(try scratch.names("1/files").count == 2)
        let again = try volume()
        #expect(try scratch.names("1/files") == ["a"])
        #expect(try scratch.names("1/preferences") == [])
        #expect(again.run(.size(try name("a"))) == .success(.size(1)))
    }

    /// A file that another program has put there while the storage is in use is not read in order to be changed.
    @Test func aFileThatIsTooLargeIsNotCopied() throws {
        let volume = try volume(capacity: 8192)
        try scratch.makeHole("1/files/huge", size: 1 << 40)
        for position in [StoragePosition.end, .offset(0), .offset(5)] {
            #expect(volume.run(.write(try name("huge"), position, [1, 2])) == .failure(.full))
        }
        #expect(volume.run(.write(try name("b"), .end, [1])) == .success(.done))
    }

    @Test func countsWhatIsThereAlready() throws {
        do {
            let volume = try volume()
            #expect(volume.run(.write(try name("a"), .end, [1])) == .success(.done))
        }
        let small = try volume(capacity: 1024)
        #expect(small.run(.write(try name("b"), .end, Array(repeating: 0, count: 257))) == .failure(.full))
        #expect(small.run(.write(try name("b"), .end, Array(repeating: 0, count: 256))) == .success(.done))
        #expect(small.run(.write(try name("b"), .end, [1])) == .failure(.full))
        #expect(small.run(.remove(try name("a"))) == .success(.done))
        #expect(small.run(.write(try name("b"), .end, [1])) == .success(.done))
        #expect(small.run(.size(try name("b"))) == .success(.size(257)))
        // What did not fit leaves no temporary file.
        #expect(try scratch.names("1/files") == ["b"])
    }

    /// A file of all the room is taken, one of a byte more is not, however it is written.
    @Test func theLimitIsExact() throws {
        let volume = try volume(capacity: 1024)
        let most = [UInt8](repeating: 7, count: 768)
        #expect(volume.run(.write(try name("a"), .end, most + [8])) == .failure(.full))
        #expect(volume.run(.size(try name("a"))) == .failure(.missing))
        #expect(volume.run(.write(try name("a"), .end, most)) == .success(.done))
        #expect(volume.run(.write(try name("a"), .end, [8])) == .failure(.full))
        #expect(volume.run(.write(try name("a"), .offset(768), [8])) == .failure(.full))
        #expect(volume.run(.write(try name("a"), .offset(767), [8])) == .success(.done))
        #expect(volume.run(.size(try name("a"))) == .success(.size(768)))
        #expect(volume.run(.remove(try name("a"))) == .success(.done))
        guard case .success(.temporary(let file)) = volume.run(.createTemporary) else {
            Issue.record("no file")
            return
        }
        #expect(volume.run(.append(file, most)) == .success(.done))
        #expect(volume.run(.append(file, [8])) == .failure(.full))
        #expect(volume.run(.commit(file, as: try name("b"))) == .success(.done))
        #expect(volume.run(.size(try name("b"))) == .success(.size(768)))
    }

    /// Other programs may write preference files: one of 64 KiB is read, a longer one is a damaged name space.
    @Test(arguments: [65_536, 65_537]) func aPreferenceFileIsBounded(_ size: Int) throws {
        let volume = try volume()
        let space = try #require(PreferenceName("space".utf8))
        try scratch.write("1/preferences/space", String(repeating: "x", count: size))
        let bytes = size == 65_536 ? [UInt8](repeating: UInt8(ascii: "x"), count: size) : []
        #expect(volume.run(.loadPreferences) == .success(.preferences([space: bytes])))
    }

    @Test func nameSpacesHaveOneSpelling() throws {
        for (text, file) in [("space", "space"), ("a b", "a%20b"), ("..", "%2E%2E"), ("ä", "%C3%A4"), ("%", "%25")] {
            let name = try #require(PreferenceName(text.utf8))
            #expect(String(decoding: DirectoryVolume.fileName(name), as: UTF8.self) == file)
            #expect(DirectoryVolume.preferenceName(Array(file.utf8)) == name)
        }
        for file in ["a%2", "%", "%61", "%c3", "a.b", "", "0123456789abcdef", "%00"] {
            #expect(DirectoryVolume.preferenceName(Array(file.utf8)) == nil, "\(file)")
        }
    }

    @Test func itsOwnDirectoriesAreNoLinksEither() throws {
        for part in ["files", "preferences"] {
            let scratch = try Scratch()
            for directory in ["1", "outside"] {
                try FileManager.default.createDirectory(
                    atPath: "\(scratch.path)/\(directory)", withIntermediateDirectories: false)
            }
            try FileManager.default.createSymbolicLink(
                atPath: "\(scratch.path)/1/\(part)", withDestinationPath: "../outside")
            #expect(throws: LinuxError.self) { try DirectoryVolume(try Directory(creating: scratch.path + "/1")) }
        }
    }

    @Test func followsNoLinkAndOpensNothingButFiles() throws {
        let volume = try volume()
        try scratch.write("secret", "secret")
        let files = "\(scratch.path)/1/files"
        try FileManager.default.createSymbolicLink(atPath: "\(files)/link", withDestinationPath: "../../secret")
        try FileManager.default.createSymbolicLink(atPath: "\(files)/nowhere", withDestinationPath: "../../made")
        try FileManager.default.createDirectory(atPath: "\(files)/directory", withIntermediateDirectories: false)
        #expect(mkfifo("\(files)/fifo", 0o600) == 0)
        for text in ["link", "nowhere", "directory", "fifo"] {
            let name = try name(text)
            #expect(volume.run(.size(name)) == .failure(.notAFile))
            #expect(volume.run(.read(name, offset: 0, count: 9)) == .failure(.notAFile))
            #expect(volume.run(.write(name, .end, [1])) == .failure(.notAFile))
            #expect(volume.run(.rename(name, to: try self.name("other"))) == .failure(.notAFile))
            #expect(volume.run(.remove(name)) == .failure(.notAFile))
            guard case .success(.temporary(let file)) = volume.run(.createTemporary) else {
                Issue.record("no file")
                return
            }
            #expect(volume.run(.commit(file, as: name)) == .failure(.notAFile))
            #expect(volume.run(.discard(file)) == .success(.done))
        }
        #expect(try scratch.names("1/files") == ["link", "nowhere", "directory", "fifo"])
        #expect(scratch.read("secret") == "secret")
        #expect(try scratch.names("") == ["1", "secret"])
    }

    /// An empty file takes its page, too; whatever becomes of a file without a name, its room is free again.
    @Test(arguments: ["discard", "abandon", "commit and remove", "replace and remove"])
    func roomComesBack(_ end: String) throws {
        let volume = try volume(capacity: 1024)
        for _ in 0..<3 {
            guard case .success(.temporary(let file)) = volume.run(.createTemporary) else {
                Issue.record("no file")
                return
            }
            #expect(volume.run(.append(file, Array(repeating: 7, count: 300))) == .success(.done))
            switch end {
            case "discard": #expect(volume.run(.discard(file)) == .success(.done))
            case "abandon": volume.abandonTemporaries()
            default:
                if end.hasPrefix("replace") {
                    #expect(volume.run(.write(try name("a"), .end, [1])) == .failure(.full))
                    #expect(volume.run(.discard(file)) == .success(.done))
                    #expect(volume.run(.write(try name("a"), .end, [1])) == .success(.done))
                    guard case .success(.temporary(let other)) = volume.run(.createTemporary) else {
                        Issue.record("no file")
                        return
                    }
                    #expect(volume.run(.commit(other, as: try name("a"))) == .success(.done))
                    #expect(volume.run(.size(try name("a"))) == .success(.size(0)))
                } else {
                    #expect(volume.run(.commit(file, as: try name("a"))) == .success(.done))
                }
                #expect(volume.run(.append(file, [1])) == .failure(.missing))
                #expect(volume.run(.remove(try name("a"))) == .success(.done))
            }
            #expect(volume.run(.discard(file)) == .failure(.missing))
        }
        // All of the room: four empty files, and no fifth.
        for text in ["a", "b", "c", "d"] { #expect(volume.run(.write(try name(text), .end, [])) == .success(.done)) }
        #expect(volume.run(.createTemporary) == .failure(.full))
        #expect(volume.run(.write(try name("e"), .end, [])) == .failure(.full))
        #expect(volume.run(.remove(try name("a"))) == .success(.done))
        guard case .success(.temporary) = volume.run(.createTemporary) else {
            Issue.record("the room of a removed file is not free")
            return
        }
    }
}
