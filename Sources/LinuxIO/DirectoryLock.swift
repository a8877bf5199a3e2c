import CLinux
import Glibc

/// An exclusive advisory lock on a directory, held as long as the value lives.
struct DirectoryLock: ~Copyable {
    private let descriptor: FileDescriptor?

    private static let pauseNanoseconds: UInt64 = 2_000_000

    /// Locks the directory that contains a path.
    ///
    /// A directory with search and write permission but without read permission cannot be locked; it is used without a
    /// lock.
    ///
    /// - Throws: EAGAIN when the deadline passes first; ENOENT, ENOTDIR, ELOOP, EMFILE.
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
            guard errno == .interrupted || (errno == .wouldBlock && !expired) else {
                throw LinuxError(errno == .wouldBlock ? "flock" : "open", errno, directory)
            }
            var pause = timespec(tv_sec: 0, tv_nsec: Int(Self.pauseNanoseconds))
            _ = nanosleep(&pause, nil)
        }
    }

    /// Releases the lock here.
    consuming func release() {}

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
