import CLinux
import LinuxLibc

/// A folder in the directory for temporary files that belongs to one process.
///
/// The process holds a lock on the file `lock` in it. A process that is killed leaves the folder behind, but not the lock:
/// ``sweep(prefix:in:)`` removes such folders, and none that a living process holds.
public final class TemporaryFolder {
    private static let lockName = Array("lock".utf8)
    /// The number of characters that mkdtemp chooses.
    private static let suffixLength = 6

    /// The open folder.
    public let directory: Directory
    private let lock: FileDescriptor

    private init(_ directory: consuming Directory, _ lock: consuming FileDescriptor) {
        self.directory = directory
        self.lock = lock
    }

    /// Creates a folder with mode 0700, whose name is the prefix and six characters.
    /// - Parameter parent: the directory in which it is.
    /// - Throws: ENOENT when there is no such directory, EACCES, EROFS, ENOSPC.
    public static func make(
        prefix: String, in parent: String = Environment.temporaryDirectory
    ) throws(LinuxError) -> TemporaryFolder {
        // A process that sweeps may find the folder before it is locked.
        var attempts = 10
        while true {
            attempts -= 1
            do throws(LinuxError) {
                let directory = try Directory.temporary(prefix: prefix, in: parent)
                let lock = try directory.lock(lockName)
                guard try directory.size(lockName) != nil else { throw LinuxError("flock", .noEntry, directory.path) }
                return TemporaryFolder(directory, lock)
            } catch {
                guard attempts > 0, error.call == "flock", [.wouldBlock, .noEntry].contains(error.errno) else {
                    throw error
                }
            }
        }
    }

    /// Removes the folder and its contents.
    public func remove() { try? Self.remove(directory) }

    /// The lock file is the last one to go: a folder of which this was interrupted is found by the next sweep.
    private static func remove(_ folder: borrowing Directory) throws(LinuxError) {
        try folder.removeContents(except: lockName)
        try folder.removeContents()
        folder.removeEmpty()
    }

    /// Removes the folders of this user that killed processes have left behind: those of mode 0700 with a lock file
    /// that is not locked. Links are not followed.
    /// - Parameter parent: the directory in which they are.
    public static func sweep(prefix: String, in parent: String = Environment.temporaryDirectory) {
        guard let parent = try? Directory(opening: parent), let names = try? parent.names() else { return }
        let prefix = Array(prefix.utf8)
        for name in names where name.count == prefix.count + suffixLength && name.starts(with: prefix) {
            try? removeAbandoned(name, in: parent)
        }
    }

    private static func removeAbandoned(_ name: [UInt8], in parent: borrowing Directory) throws(LinuxError) {
        guard let folder = try parent.directory(name), folder.isPrivate,
            let lock = try folder.lock(existing: lockName)
        else { return }
        try remove(folder)
        lock.close()
    }
}

extension Directory {
    /// Whether it belongs to this user and is closed to all others.
    fileprivate var isPrivate: Bool {
        var status = stat()
        return fstat(descriptor.rawValue, &status) == 0 && status.st_uid == geteuid() && status.st_mode & 0o077 == 0
    }

    /// Locks an existing file of this user. Returns nil when the file does not exist or belongs to another user.
    /// - Throws: EAGAIN when a process holds the lock.
    fileprivate func lock(existing name: [UInt8]) throws(LinuxError) -> FileDescriptor? {
        guard let number = try call("flock", name, { clinux_lock_existing_file(descriptor.rawValue, $0) }) else {
            return nil
        }
        let lock = FileDescriptor(adopting: number)
        var status = stat()
        guard fstat(number, &status) == 0, status.st_uid == geteuid(), status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        return lock
    }
}
