import CLinux
import LinuxLibc

/// Checks of files by their paths.
public enum FileAccess {
    /// Checks that this process may read a plain file, to report a user's mistake early; the result may change later.
    /// - Throws: EISDIR for a folder, EINVAL for anything else that is not a plain file, ENOENT, EACCES, ENOTDIR and other errors of `stat` and `access`.
    public static func checkReadable(path: String) throws(LinuxError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .current("stat", path) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw LinuxError("open", .isDirectory, path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw LinuxError("open", .invalidArgument, path) }
        guard access(path, R_OK) == 0 else { throw .current("open", path) }
    }

    /// Whether this process may run a file; the result may change later.
    public static func isExecutable(path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        return access(path, X_OK) == 0
    }

    /// Whether two paths name one file, which need not exist yet.
    public static func isSame(_ path: String, _ other: String) -> Bool {
        if path == other { return true }
        guard let one = place(path), let two = place(other) else { return false }
        return one == two
    }

    /// A file's device and number; of one that does not exist those of its folder, and its name.
    private static func place(_ path: String) -> [String]? {
        var status = stat()
        if stat(path, &status) == 0 { return ["\(status.st_dev)", "\(status.st_ino)"] }
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { String(path[...$0]) } ?? "."
        guard stat(folder, &status) == 0 else { return nil }
        let name = slash.map { path[path.utf8.index(after: $0)...] } ?? path[...]
        return ["\(status.st_dev)", "\(status.st_ino)", String(name)]
    }

    /// Whether a path is on a file system in memory, where nothing waits for a disk.
    public static func isInMemory(path: String) -> Bool { clinux_is_in_memory(path) == 1 }
}
