import Glibc
import LinuxIO
import TestThreads
import Testing

/// What another user of the machine can do to sockets, locks and folders of this user.
@Suite(.timeLimit(.minutes(10))) struct TrustTests {
    /// A directory in which every user may create files, like /tmp.
    private func openScratch() throws -> Scratch {
        let scratch = try Scratch()
        try #require(chmod(scratch.path, 0o1777) == 0)
        return scratch
    }

    private func lock(_ path: String, _ flags: Int32) throws -> FileDescriptor {
        let number = open(path, flags | O_CLOEXEC, 0o666)
        try #require(number >= 0 && flock(number, LOCK_EX | LOCK_NB) == 0)
        return FileDescriptor(adopting: number)
    }

    @Test func theKernelTellsWhoListens() throws {
        let scratch = try openScratch()
        let own = try UnixSocket.listen(path: scratch.file("own"))
        let client = try UnixSocket.connect(path: scratch.file("own"), timeoutNanoseconds: patience)
        #expect(try UnixSocket.peerUser(client.rawValue) == Environment.userID)
        own.close()
    }

    @Test(.enabled(if: Apart.isAllowed, "needs root to be another user")) func theKernelTellsOfAStranger() throws {
        let scratch = try openScratch()
        let path = scratch.file("s")
        let number = try Apart.asUser { try UnixSocket.listen(path: path).release() }
        let listener = FileDescriptor(adopting: number)
        let client = try UnixSocket.connect(path: path, timeoutNanoseconds: patience)
        #expect(try UnixSocket.peerUser(client.rawValue) == Apart.stranger)
        listener.close()
    }

    /// A user who can read a directory can lock it.
    @Test func aLockOnASharedDirectoryStopsNobody() throws {
        let scratch = try openScratch()
        let held = try lock(scratch.path, O_RDONLY | O_DIRECTORY)
        let listener = try UnixSocket.listen(path: scratch.file("s"), backlog: 1, claimDeadline: 0)
        let client = try UnixSocket.connect(path: scratch.file("s"), timeoutNanoseconds: patience)
        client.close()
        listener.close()
        held.close()
    }

    @Test(.enabled(if: Apart.isAllowed, "needs root to be another user")) func aStrangersLockFileStopsNobody() throws {
        let scratch = try openScratch()
        let path = scratch.file("lock")
        let number = try Apart.asUser { try lock(path, O_RDWR | O_CREAT).release() }
        let strangers = FileDescriptor(adopting: number)
        let directory = try Directory(creating: scratch.path)
        let own = try directory.lock(Array("lock".utf8))
        var status = stat()
        #expect(lstat(path, &status) == 0 && status.st_uid == Environment.userID)
        #expect(errno { () throws(LinuxError) in _ = try directory.lock(Array("lock".utf8)) } == .wouldBlock)
        own.close()
        strangers.close()
    }

    /// In another user's directory the file can be neither checked nor removed.
    @Test(.enabled(if: Apart.isAllowed, "only root can be somebody else"))
    func aStrangersLockFileInADirectoryOfAnother() throws {
        let scratch = try openScratch()
        try #require(chown(scratch.path, 1, 1) == 0)
        let path = scratch.file("lock")
        let number = try Apart.asUser { try lock(path, O_RDWR | O_CREAT).release() }
        let strangers = FileDescriptor(adopting: number)
        let directory = try Directory(creating: scratch.path)
        #expect(errno { () throws(LinuxError) in _ = try directory.lock(Array("lock".utf8)) } == .notPermitted)
        strangers.close()
    }

    @Test func aPrivateFolderIsFoundAgain() throws {
        let scratch = try openScratch()
        #expect(PrivateFolder.existing("own", in: scratch.path) == nil)
        #expect(try PrivateFolder.make("own", in: scratch.path) == scratch.file("own"))
        #expect(FileMode.permissions(scratch.file("own")) == 0o700)
        #expect(try PrivateFolder.make("own", in: scratch.path) == scratch.file("own"))
        #expect(PrivateFolder.existing("own", in: scratch.path) == scratch.file("own"))
        #expect(errno { () throws(LinuxError) in _ = try PrivateFolder.make("own", in: "/no/such") } == .noEntry)
        rmdir(scratch.file("own"))
    }

    /// A file, a link, a folder that other users may enter.
    @Test(arguments: 0..<3) func aTakenNameIsNotAPrivateFolder(kind: Int) throws {
        let scratch = try openScratch()
        let (path, target) = (scratch.file("own"), scratch.file("target"))
        switch kind {
        case 0: FileDescriptor(adopting: open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)).close()
        case 1: #expect(mkdir(target, 0o700) == 0 && symlink(target, path) == 0)
        default: #expect(mkdir(path, 0o700) == 0 && chmod(path, 0o755) == 0)
        }
        #expect(PrivateFolder.existing("own", in: scratch.path) == nil)
        let made = try PrivateFolder.make("own", in: scratch.path)
        #expect(made.hasPrefix(path + "-") && FileMode.permissions(made) == 0o700)
        #expect(PrivateFolder.existing("own", in: scratch.path) == made)
        #expect(try PrivateFolder.make("own", in: scratch.path) == made)
        for folder in [made, target, path] { rmdir(folder) }
    }

    @Test(.enabled(if: Apart.isAllowed, "needs root to be another user")) func aStrangersFolderIsNotAPrivateOne()
        throws
    {
        let scratch = try openScratch()
        let names = [scratch.file("own"), scratch.file("own-ABCDEF")]
        #expect(try Apart.asUser { names.map { mkdir($0, 0o700) } } == [0, 0])
        let made = try PrivateFolder.make("own", in: scratch.path)
        #expect(!names.contains(made))
        for name in names + [made] { rmdir(name) }
    }

    @Test func onlyOnesOwnSocketFileIsRemoved() throws {
        let scratch = try Scratch()
        let path = scratch.file("s")
        #expect(SocketFile(path: path) == nil)
        let first = try UnixSocket.listen(path: path)
        let file = try #require(SocketFile(path: path))
        #expect(unlink(path) == 0)
        let second = try UnixSocket.listen(path: path)
        file.remove()
        #expect(FileMode.permissions(path) == 0o600)
        let client = try UnixSocket.connect(path: path, timeoutNanoseconds: patience)
        client.close()
        SocketFile(path: path)?.remove()
        #expect(FileMode.permissions(path) == nil)
        first.close()
        second.close()
    }

    /// Only names of the form that `make` gives count; of several folders it is the first.
    @Test func otherNamesAreNoPrivateFolder() throws {
        let scratch = try openScratch()
        for name in ["own-ABCDE", "own-ABCDEFG", "other-ABCDEF", "ownABCDEFG"] {
            #expect(mkdir(scratch.file(name), 0o700) == 0)
        }
        #expect(PrivateFolder.existing("own", in: scratch.path) == nil)
        for name in ["own-CCCCCC", "own-AAAAAA", "own-BBBBBB"] { #expect(mkdir(scratch.file(name), 0o700) == 0) }
        #expect(chmod(scratch.file("own-AAAAAA"), 0o710) == 0)
        #expect(PrivateFolder.existing("own", in: scratch.path) == scratch.file("own-BBBBBB"))
        #expect(try PrivateFolder.make("own", in: scratch.path) == scratch.file("own-BBBBBB"))
        #expect(PrivateFolder.existing("own", in: scratch.file("missing")) == nil)
        for name in [
            "own-ABCDE", "own-ABCDEFG", "other-ABCDEF", "ownABCDEFG", "own-CCCCCC", "own-AAAAAA", "own-BBBBBB",
        ] { rmdir(scratch.file(name)) }
    }
}
