import Glibc
import Testing

@testable import LinuxIO

/// Which parts of files are read, and what is done with names that something else has.
@Suite(.timeLimit(.minutes(10))) struct DirectoryLimitTests {
    /// A directory that is removed with its contents, also those of subdirectories.
    private final class Place {
        let path: String

        init() throws {
            let directory = try Directory.temporary(prefix: "linuxio-")
            path = directory.path
        }

        deinit {
            guard let directory = try? Directory(opening: path) else { return }
            try? directory.removeContents()
            directory.removeEmpty()
        }

        func names() throws -> [String] {
            try Directory(opening: path).names().map { String(decoding: $0, as: UTF8.self) }.sorted()
        }
    }

    private let place: Place

    init() throws { place = try Place() }

    private func bytes(_ name: String) -> [UInt8] { Array(name.utf8) }

    @Test func partsOfAFileAreRead() throws {
        let directory = try Directory(opening: place.path)
        let name = bytes("a")
        try directory.replace(name, with: [1, 2, 3], number: 1)
        #expect(try directory.read(name) == [1, 2, 3])
        for (offset, count, part) in [
            (0, 3, [1, 2, 3]), (0, 2, [1, 2]), (1, 1, [2]), (2, 1, [3]), (2, 2, [3]), (1, .max, [2, 3]), (3, 1, []),
            (4, 1, []),
            (0, 0, []), (0, -1, []), (1, .min, []), (-1, 3, []), (.min, .max, []), (.max, .max, []),
        ] as [(Int, Int, [UInt8])] {
            #expect(try directory.read(name, offset: offset, count: count) == part, "\(count) bytes from \(offset)")
        }
        try directory.replace(name, with: [], number: 2)
        #expect(try directory.read(name) == [])
        #expect(try directory.size(name) == 0)
    }

    /// 255 bytes are a name, 256 are none.
    @Test func theLongestNameIsOne() throws {
        let directory = try Directory(opening: place.path)
        let longest = String(repeating: "n", count: 255)
        try directory.replace(bytes(longest), with: [7], number: 1)
        #expect(try directory.read(bytes(longest)) == [7])
        #expect(errno { () throws(LinuxError) in _ = try directory.read(bytes(longest + "n")) } == .invalidArgument)
        for name in ["...", "..a", ".a", "a..", " "] {
            try directory.replace(bytes(name), with: [8], number: 1)
            #expect(try directory.remove(bytes(name)))
        }
        #expect(try place.names() == [longest])
    }

    /// A directory or a link has a name: it is neither read nor replaced, and no unfinished file is left.
    @Test func whatIsNoPlainFileStays() throws {
        let directory = try Directory(opening: place.path)
        _ = try directory.madeDirectory(bytes("directory"))
        #expect(symlink("plain", place.path + "/link") == 0)
        try directory.replace(bytes("plain"), with: [1], number: 1)
        for (name, expected) in [("directory", Errno.invalidArgument), ("link", .invalidArgument)] {
            #expect(errno { () throws(LinuxError) in _ = try directory.size(bytes(name)) } == expected)
            #expect(
                errno { () throws(LinuxError) in try directory.replace(bytes(name), with: [9], number: 2) } == expected)
            #expect(
                errno { () throws(LinuxError) in _ = try directory.rename(bytes(name), to: bytes("x")) } == expected)
            #expect(
                errno { () throws(LinuxError) in _ = try directory.rename(bytes("plain"), to: bytes(name)) } == .exists)
        }
        #expect(errno { () throws(LinuxError) in _ = try directory.read(bytes("directory")) } == .invalidArgument)
        #expect(errno { () throws(LinuxError) in _ = try directory.read(bytes("link")) } != nil)
        #expect(try place.names() == ["directory", "link", "plain"])
        #expect(try directory.rename(bytes("plain"), to: bytes("moved")))
        #expect(try place.names() == ["directory", "link", "moved"])
        #expect(try directory.read(bytes("moved")) == [1])
    }

    /// One that exists is opened; nothing in it changes.
    @Test func aDirectoryIsMadeOnce() throws {
        let directory = try Directory(opening: place.path)
        let isMissing = try directory.directory(bytes("a")) == nil
        #expect(isMissing)
        try directory.madeDirectory(bytes("a")).replace(bytes("f"), with: [1], number: 1)
        let again = try directory.madeDirectory(bytes("a"))
        #expect(try again.read(bytes("f")) == [1])
        #expect(again.path == place.path + "/a")
        try directory.replace(bytes("file"), with: [], number: 1)
        #expect(errno { () throws(LinuxError) in _ = try directory.madeDirectory(bytes("file")) } == .notDirectory)
    }

    /// Only unfinished files are removed, and with all contents one entry may stay.
    @Test func whatIsRemovedIsChosen() throws {
        let directory = try Directory(opening: place.path)
        try directory.createTemporary(7).append([1])
        try directory.createTemporary(8).append([])
        #expect(try place.names().count == 2)
        for name in ["kept", ".hidden", "other"] { try directory.replace(bytes(name), with: [1], number: 1) }
        try directory.removeTemporaries()
        #expect(try place.names() == [".hidden", "kept", "other"])
        try directory.madeDirectory(bytes("inner")).replace(bytes("kept"), with: [1], number: 1)
        try directory.removeContents(except: bytes("kept"))
        #expect(try place.names() == ["kept"])
    }

    /// Deeper than it says it does not go: what it cannot remove is an error.
    @Test func removingHasADepth() throws {
        let directory = try Directory(opening: place.path)
        let inner = try directory.madeDirectory(bytes("1"))
        try inner.madeDirectory(bytes("2")).replace(bytes("f"), with: [1], number: 1)
        #expect(errno { () throws(LinuxError) in try directory.removeContents(depth: 1) } != nil)
        #expect(try place.names() == ["1"])
        try directory.removeContents(depth: 2)
        #expect(try place.names().isEmpty)
    }

    /// Errors name the call and the path.
    @Test func whatCannotBeOpenedIsNamed() throws {
        let missing = place.path + "/missing"
        #expect(throws: LinuxError("open", .noEntry, missing)) { _ = try Directory(opening: missing) }
        #expect(throws: LinuxError("mkdir", .noEntry, missing + "/inner")) {
            _ = try Directory(creating: missing + "/inner")
        }
        #expect(throws: LinuxError("mkdtemp", .noEntry, missing)) {
            _ = try Directory.temporary(prefix: "x", in: missing)
        }
        let directory = try Directory(opening: place.path)
        try directory.replace(bytes("file"), with: [1], number: 1)
        #expect(throws: LinuxError("open", .notDirectory, place.path + "/file")) {
            _ = try Directory(creating: place.path + "/file")
        }
        #expect(throws: LinuxError("openat", .notDirectory, place.path + "/file")) {
            _ = try directory.directory(bytes("file"))
        }
        #expect(throws: LinuxError("open", .invalidArgument, "a name in \(place.path)")) {
            _ = try directory.unlink(bytes("a/b"))
        }
        #expect(try !directory.unlink(bytes("missing")))
        // A directory is not empty until it is: its removal by path does nothing before.
        directory.removeEmpty()
        #expect(try place.names() == ["file"])
    }

    /// Every write to this device fails as on a full disk.
    @Test func bytesThatAreNotTakenAreAnError() throws {
        let number = open("/dev/full", O_WRONLY | O_CLOEXEC)
        try #require(number >= 0)
        let file = TemporaryFileHandle(FileDescriptor(adopting: number), bytes("full"), in: "/dev")
        #expect(throws: LinuxError("write", .noSpace, "/dev/full")) { try file.append([1]) }
        try file.append([])
    }
}
