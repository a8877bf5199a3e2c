import Glibc

/// Questions about files by their paths.
public enum FileAccess {
    /// Checks that this process may read a plain file, so that a user's mistake is reported at the start; it may change later.
    /// - Throws: EINVAL for what is no plain file, ENOENT, EACCES, ENOTDIR and what else `stat` and `access` find wrong.
    public static func checkReadable(path: String) throws(LinuxError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .current("stat", path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw LinuxError("open", .invalidArgument, path) }
        guard access(path, R_OK) == 0 else { throw .current("open", path) }
    }
}
