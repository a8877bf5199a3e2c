import Foundation
import Testing

@testable import LinuxIO

@Suite(.timeLimit(.minutes(10))) struct DirectoryTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    /// A directory that is removed when the test ends.
    private final class ScratchDirectory {
        let path: String

        init() throws {
            path = "\(Environment.temporaryDirectory)/linuxio-\(Environment.processID)-\(UInt32.random(in: 0 ... .max))"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private func names(_ path: String) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: path))
    }

    @Test func namesAreNoPaths() throws {
        let directory = try Directory(creating: scratch.path + "/inner")
        for name in ["", ".", "..", "a/b", "/etc/passwd", "a\0b", String(repeating: "n", count: 256)] {
            let bytes = Array(name.utf8)
            #expect(throws: LinuxError.self) { try directory.read(bytes) }
            #expect(throws: LinuxError.self) { try directory.size(bytes) }
            #expect(throws: LinuxError.self) { try directory.replace(bytes, with: [1], number: 1) }
            #expect(throws: LinuxError.self) { try directory.remove(bytes) }
            #expect(throws: LinuxError.self) { _ = try directory.madeDirectory(bytes) }
            #expect(throws: LinuxError.self) { _ = try directory.lock(bytes) }
        }
        #expect(try names(scratch.path) == ["inner"])
        #expect(try names(scratch.path + "/inner").isEmpty)
    }

    @Test func filesAreReplacedWhole() throws {
        let directory = try Directory(creating: scratch.path)
        let name = Array("a".utf8)
        #expect(try directory.read(name) == nil)
        #expect(try directory.size(name) == nil)
        #expect(try !directory.remove(name))
        #expect(try !directory.rename(name, to: Array("b".utf8)))
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        try directory.replace(name, with: bytes, number: 1)
        // A reader that has the old file open continues to read it.
        let open = try #require(FileHandle(forReadingAtPath: scratch.path + "/a"))
        try directory.replace(name, with: [7], number: 2)
        #expect(try open.readToEnd().map { [UInt8]($0) } == bytes)
        #expect(try directory.read(name) == [7])
        #expect(try directory.read(name, offset: 1) == [])
        #expect(try directory.read(name, offset: 5, count: .max) == [])
        #expect(try directory.size(name) == 1)
        try directory.replace(Array("b".utf8), with: [], number: 3)
        #expect(throws: LinuxError("rename", .exists, scratch.path + "/b")) {
            try directory.rename(name, to: Array("b".utf8))
        }
        #expect(try names(scratch.path) == ["a", "b"])
    }

    @Test func anUnfinishedFileIsInNobodysWay() throws {
        let directory = try Directory(creating: scratch.path)
        let file = try directory.createTemporary(1)
        #expect(throws: LinuxError.self) { _ = try directory.createTemporary(1) }
        try file.append([1, 2])
        #expect(try names(scratch.path).count == 1)
        try directory.removeTemporaries()
        #expect(try names(scratch.path).isEmpty)
        #expect(throws: LinuxError.self) { try directory.commit(file, as: Array("a".utf8)) }
        directory.discard(file)
    }

    @Test func removingFollowsNoLink() throws {
        try FileManager.default.createDirectory(
            atPath: scratch.path + "/outside/kept", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            atPath: scratch.path + "/inner/1/2/3", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: scratch.path + "/inner/1/link", withDestinationPath: "../../outside")
        try Data().write(to: URL(fileURLWithPath: scratch.path + "/inner/1/file"))
        let directory = try Directory(creating: scratch.path + "/inner")
        try directory.removeContents()
        #expect(try names(scratch.path + "/inner").isEmpty)
        #expect(try names(scratch.path + "/outside") == ["kept"])
        directory.removeEmpty()
        #expect(try names(scratch.path) == ["outside"])
    }

    @Test func oneHasTheLock() throws {
        let directory = try Directory(creating: scratch.path)
        let name = Array("lock".utf8)
        do {
            let lock = try directory.lock(name)
            let again = try Directory(creating: scratch.path)
            #expect(throws: LinuxError("flock", .wouldBlock, scratch.path + "/lock")) { _ = try again.lock(name) }
            withExtendedLifetime(lock.rawValue) {}
            lock.close()
        }
        _ = try directory.lock(name)
    }

    @Test func temporaryDirectoriesAreTheirUsersAlone() throws {
        let directory = try Directory.temporary(prefix: "linuxio-")
        let attributes = try FileManager.default.attributesOfItem(atPath: directory.path)
        #expect(attributes[.posixPermissions] as? Int == 0o700)
        directory.removeEmpty()
        #expect(!FileManager.default.fileExists(atPath: directory.path))
    }
}
