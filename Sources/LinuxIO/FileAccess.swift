import Glibc

/// Questions about files by their paths.
public enum FileAccess {
    /// Checks that this process may read a file, so that a user's mistake is told at once; it may change later.
    /// - Throws: ENOENT, EACCES, ENOTDIR and what else `access` finds wrong.
    public static func checkReadable(path: String) throws(LinuxError) {
        guard access(path, R_OK) == 0 else { throw .current("open", path) }
    }
}
