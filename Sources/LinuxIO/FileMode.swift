import Glibc

/// The mode of files.
public enum FileMode {
    /// The permission bits of a file, 0o600 for example; nil when there is no such file.
    public static func permissions(_ path: String) -> UInt32? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }
}
