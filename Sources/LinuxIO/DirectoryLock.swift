import CLinux
import LinuxLibc

/// An exclusive advisory lock on a directory, held as long as the value lives.
struct DirectoryLock: ~Copyable {
    private let descriptor: FileDescriptor?

    private static let pauseNanoseconds: UInt64 = 2_000_000

    /// Locks the directory that contains a path.
    ///
    /// A directory with search and write permission but without read permission cannot be locked; it is used without a
    /// lock. So is one that stays locked and that other users may read: the lock may be a stranger's, who must not be
    /// able to stop this program.
    ///
    /// - Throws: EAGAIN when the deadline passes first and the directory is private; ENOENT, ENOTDIR, ELOOP, EMFILE.
    init(holding path: String, deadline: UInt64) throws(LinuxError) {
        let directory = Self.parent(of: path)
        while true {
            let number = clinux_lock_directory(directory)
            if number >= 0 {
                descriptor = FileDescriptor(adopting: number)
                return
            }
            let errno = Errno.current
            if errno == .accessDenied {
                descriptor = nil
                return
            }
            let expired = MonotonicClock.remaining(until: deadline) == 0
            if expired, errno == .wouldBlock, !Self.isPrivate(directory) {
                descriptor = nil
                return
            }
            guard errno == .interrupted || (errno == .wouldBlock && !expired) else {
                throw LinuxError(errno == .wouldBlock ? "flock" : "open", errno, directory)
            }
            var pause = timespec(tv_sec: 0, tv_nsec: Int(Self.pauseNanoseconds))
            _ = nanosleep(&pause, nil)
        }
    }

    /// Releases the lock here.
    consuming func release() {}

    /// Whether only this user, and root, can open a directory.
    private static func isPrivate(_ directory: String) -> Bool {
        var status = stat()
        guard stat(directory, &status) == 0 else { return false }
        return status.st_uid == geteuid() && status.st_mode & 0o044 == 0
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
