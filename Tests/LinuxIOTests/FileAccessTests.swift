import Foundation
import LinuxIO
import TestThreads
import Testing

/// Files that a user names, checked by their paths.
@Suite(.timeLimit(.minutes(10))) struct FileAccessTests {
    @Test func onlyPlainFilesAreRead() {
        #expect(errno { () throws(LinuxError) in try FileAccess.checkReadable(path: "/bin/sh") } == nil)
        #expect(errno { () throws(LinuxError) in try FileAccess.checkReadable(path: "/") } == .isDirectory)
        #expect(errno { () throws(LinuxError) in try FileAccess.checkReadable(path: "/dev/null") } == .invalidArgument)
        #expect(errno { () throws(LinuxError) in try FileAccess.checkReadable(path: "/no/such/file") } == .noEntry)
        #expect(
            errno { () throws(LinuxError) in try FileAccess.checkReadable(path: "/bin/sh/file") } == .notDirectory)
        #expect(FileAccess.isExecutable(path: "/bin/sh"))
        for path in ["/", "/dev/null", "/etc/passwd", "/no/such/file"] { #expect(!FileAccess.isExecutable(path: path)) }
    }

    @Test(.enabled(if: Apart.isAllowed, "needs root to be another user")) func aStrangerMayNotReadPrivateFiles()
        throws
    {
        let scratch = try Scratch()
        try #require(chmod(scratch.path, 0o755) == 0)
        let (secret, open) = (scratch.file("secret"), scratch.file("open"))
        for (path, mode) in [(secret, 0o700), (open, 0o755)] as [(String, mode_t)] {
            try Data().write(to: URL(fileURLWithPath: path))
            try #require(chmod(path, mode) == 0)
        }
        try Apart.asUser {
            #expect(throws: LinuxError("open", .accessDenied, secret)) { try FileAccess.checkReadable(path: secret) }
            #expect(errno { () throws(LinuxError) in try FileAccess.checkReadable(path: open) } == nil)
            #expect(!FileAccess.isExecutable(path: secret) && FileAccess.isExecutable(path: open))
        }
        #expect(FileAccess.isExecutable(path: secret))
    }

    private static var hasSharedMemory: Bool {
        let mounts = try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)
        return mounts?.contains(" /dev/shm tmpfs ") == true
    }

    @Test(.enabled(if: hasSharedMemory, "needs a tmpfs")) func whatIsInMemoryIsKnown() {
        #expect(FileAccess.isInMemory(path: "/dev/shm"))
        #expect(!FileAccess.isInMemory(path: "/proc"))
        #expect(!FileAccess.isInMemory(path: "/no/such/file"))
    }

    /// Files of sysfs tell a size that they do not have.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/sys/kernel/cpu_byteorder"), "needs sysfs"))
    func aFileShorterThanItsSizeEndsWhereItEnds() throws {
        let directory = try Directory(creating: "/sys/kernel")
        let name = Array("cpu_byteorder".utf8)
        let whole = try #require(try directory.read(name))
        #expect(["little\n", "big\n"].contains(String(decoding: whole, as: UTF8.self)))
        #expect(try #require(try directory.size(name)) > whole.count)
        #expect(try directory.read(name, offset: 2) == Array(whole.dropFirst(2)))
        #expect(try directory.read(name, offset: 2, count: 1) == [whole[2]])
        #expect(try directory.read(name, offset: whole.count, count: 9) == [])
    }

    /// The slave of a terminal that is still locked cannot be opened.
    @Test func aDeviceThatCannotBeOpenedFails() throws {
        let terminal = try CharacterDevice.open(path: "/dev/ptmx")
        // TIOCGPTN of <asm/ioctls.h>.
        var number: UInt32 = 0
        try #require(ioctl(terminal.rawValue, 0x8004_5430, &number) == 0)
        let path = "/dev/pts/\(number)"
        #expect(throws: LinuxError("open", .inputOutput, path)) { _ = try CharacterDevice.open(path: path) }
        terminal.close()
    }
}
