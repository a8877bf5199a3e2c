import Foundation
import LinuxIO
import TestThreads
import Testing

/// Folders for temporary files, and what killed processes leave of them.
@Suite(.timeLimit(.minutes(10))) struct TemporaryFolderTests {
    private static let prefix = "nina-test-"
    /// A directory in the place of /tmp.
    private let place: Place

    private final class Place {
        let path = "\(Environment.temporaryDirectory)/linuxio-folders-\(UInt32.random(in: 0 ... .max))"
        init() throws {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            try #require(chmod(path, 0o1777) == 0)
        }
        deinit { try? FileManager.default.removeItem(atPath: path) }
        func names(_ folder: String = "") throws -> Set<String> {
            Set(try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)"))
        }
    }

    init() throws { place = try Place() }

    private func make() throws -> TemporaryFolder {
        try TemporaryFolder.make(prefix: Self.prefix, in: place.path)
    }

    /// A folder of a process that has been killed: its lock is released, nothing is removed.
    private func makeAbandoned() throws -> String {
        let folder = try make()
        let inner = try folder.directory.madeDirectory(Array("1".utf8))
        try inner.replace(Array("file".utf8), with: [1, 2, 3], number: 1)
        return folder.directory.path
    }

    private func sweep() { TemporaryFolder.sweep(prefix: Self.prefix, in: place.path) }

    @Test func belongsToItsUserAndGoesWithItsContents() throws {
        let folder = try make()
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.directory.path)
        #expect(attributes[.posixPermissions] as? Int == 0o700)
        _ = try folder.directory.madeDirectory(Array("1".utf8))
        #expect(try place.names().count == 1)
        folder.remove()
        #expect(try place.names().isEmpty)
    }

    @Test func whatAKilledProcessLeavesIsSwept() throws {
        for _ in 0..<3 { _ = try makeAbandoned() }
        #expect(try place.names().count == 3)
        sweep()
        #expect(try place.names().isEmpty)
    }

    @Test func whatALivingProcessHoldsStays() throws {
        let held = try make()
        try held.directory.replace(Array("file".utf8), with: [1], number: 1)
        let other = try makeAbandoned()
        sweep()
        #expect(!FileManager.default.fileExists(atPath: other))
        #expect(try held.directory.read(Array("file".utf8)) == [1])
        #expect(FileManager.default.fileExists(atPath: held.directory.path))
        withExtendedLifetime(held) {}
    }

    /// Other names, folders without a lock file or open to others, and files.
    @Test func whatIsNotSuchAFolderStays() throws {
        let manager = FileManager.default
        let abandoned = try makeAbandoned()
        for name in ["nina-test-", "nina-test-abcde", "nina-test-abcdefg", "other-abcdef"] {
            try manager.copyItem(atPath: abandoned, toPath: "\(place.path)/\(name)")
        }
        try manager.createDirectory(
            atPath: "\(place.path)/nina-test-nolock", withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        try manager.copyItem(atPath: abandoned, toPath: "\(place.path)/nina-test-public")
        try #require(chmod("\(place.path)/nina-test-public", 0o755) == 0)
        try Data().write(to: URL(fileURLWithPath: "\(place.path)/nina-test-a-file"))
        let before = try place.names()
        sweep()
        #expect(try place.names() == before.subtracting([String(abandoned.split(separator: "/").last ?? "")]))
    }

    /// Neither a link in the place of a folder, nor of its lock file, nor inside.
    @Test func noLinkIsFollowed() throws {
        let manager = FileManager.default
        let outside = "\(place.path)/outside"
        try manager.copyItem(atPath: try makeAbandoned(), toPath: outside)
        try #require(chmod(outside, 0o700) == 0)
        try manager.createSymbolicLink(atPath: "\(place.path)/nina-test-linked", withDestinationPath: outside)
        let locked = try makeAbandoned()
        try manager.removeItem(atPath: "\(locked)/lock")
        try manager.createSymbolicLink(atPath: "\(locked)/lock", withDestinationPath: "\(outside)/lock")
        let inside = try makeAbandoned()
        try manager.createSymbolicLink(atPath: "\(inside)/1/link", withDestinationPath: "\(outside)/1")
        sweep()
        #expect(try place.names("outside") == ["1", "lock"])
        #expect(try place.names("outside/1") == ["file"])
        #expect(try place.names() == ["outside", "nina-test-linked", String(locked.split(separator: "/").last ?? "")])
    }

    /// A folder that cannot be removed as a whole, here because it is too deep, keeps its lock file: the next sweep finds it.
    @Test func theLockFileIsTheLastToGo() throws {
        for number in 0..<8 {
            let folder = try make()
            let deep = ["d\(number)"] + (0..<12).map { "\($0)" }
            try FileManager.default.createDirectory(
                atPath: ([folder.directory.path] + deep).joined(separator: "/"), withIntermediateDirectories: true)
            folder.remove()
            #expect(FileManager.default.fileExists(atPath: folder.directory.path + "/lock"))
        }
    }

    @Test(.enabled(if: Apart.isAllowed, "needs root to be another user")) func strangersFoldersStay() throws {
        let (path, parent) = try Apart.asUser {
            (try makeAbandoned(), place.path)
        }
        TemporaryFolder.sweep(prefix: Self.prefix, in: parent)
        #expect(FileManager.default.fileExists(atPath: path + "/1/file"))
        // Nor does a stranger remove this user's.
        let own = try makeAbandoned()
        try Apart.asUser { TemporaryFolder.sweep(prefix: Self.prefix, in: parent) }
        #expect(FileManager.default.fileExists(atPath: own + "/1/file"))
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    /// What could not be removed is found by the next sweep, because the lock file is the last to go: here as a user who
    /// may not change a folder within. The order in which the kernel lists the two differs.
    @Test(.enabled(if: Apart.isAllowed, "needs root to be another user"), arguments: [true, false])
    func whatCannotBeRemovedKeepsItsLock(isLockFirst: Bool) throws {
        let path = "\(place.path)/nina-test-abcdef"
        try Apart.asUser {
            func makeLock() {
                FileDescriptor(adopting: open("\(path)/lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)).close()
            }
            #expect(mkdir(path, 0o700) == 0)
            if isLockFirst { makeLock() }
            #expect(mkdir("\(path)/1", 0o700) == 0 && mkdir("\(path)/1/kept", 0o700) == 0)
            #expect(chmod("\(path)/1", 0o500) == 0)
            if !isLockFirst { makeLock() }
            sweep()
        }
        #expect(try place.names("nina-test-abcdef") == ["1", "lock"])
        #expect(chmod("\(path)/1", 0o700) == 0)
        try Apart.asUser { sweep() }
        #expect(try place.names().isEmpty)
    }
}
