import Glibc

/// Checks of files by their paths.
public enum FileAccess {
    /// Checks that this process may read a plain file, to report a user's mistake early; the result may change later.
    /// - Throws: EINVAL when it is not a plain file, ENOENT, EACCES, ENOTDIR and other errors of `stat` and `access`.
    public static func checkReadable(path: String) throws(LinuxError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .current("stat", path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw LinuxError("open", .invalidArgument, path) }
        guard access(path, R_OK) == 0 else { throw .current("open", path) }
    }
}
