import LinuxLibc

/// The mode of files.
public enum FileMode {
    /// The permission bits of a file, for example 0o600; nil when the file does not exist.
    public static func permissions(_ path: String) -> UInt32? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }
}
