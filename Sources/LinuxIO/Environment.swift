import LinuxLibc

/// The environment of the process.
public enum Environment {
    /// The value of an environment variable; nil when it is not set.
    public static func value(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// The directory for temporary files: TMPDIR if it is set and not empty, otherwise /tmp.
    public static var temporaryDirectory: String { temporaryDirectory(value("TMPDIR")) }

    static func temporaryDirectory(_ value: String?) -> String {
        guard let value, !value.isEmpty else { return "/tmp" }
        return value
    }

    /// The absolute path of the folder in which relative paths begin; nil when it was removed.
    public static var currentFolder: String? {
        guard let path = getcwd(nil, 0) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }

    /// The effective user ID.
    public static var userID: UInt32 { geteuid() }

    /// The process ID.
    public static var processID: Int32 { getpid() }
}
