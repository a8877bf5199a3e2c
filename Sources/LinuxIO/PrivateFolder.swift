import LinuxLibc

/// A folder in the directory for temporary files that only this user can enter, the same one for all programs that ask
/// for its name.
///
/// Other users can create whatever they like there first. So a folder counts only if it belongs to this user and is
/// closed to all others; if the name is taken by anything else, the folder is called NAME-XXXXXX.
public enum PrivateFolder {
    /// Returns the path of an existing folder; nil if it has not been created.
    /// - Parameter parent: the directory in which it is.
    public static func existing(_ name: String, in parent: String = Environment.temporaryDirectory) -> String? {
        let plain = "\(parent)/\(name)"
        if isPrivate(plain) { return plain }
        guard let directory = try? Directory(opening: parent), let names = try? directory.names() else { return nil }
        let prefix = Array("\(name)-".utf8)
        return names.filter { $0.count == prefix.count + 6 && $0.starts(with: prefix) }
            .map { "\(parent)/\(String(decoding: $0, as: UTF8.self))" }
            .sorted().first(where: isPrivate)
    }

    /// Returns the path of the folder, and creates the folder if needed.
    /// - Parameter parent: the directory in which it is.
    /// - Throws: ENOENT when there is no such directory, EACCES, EROFS, ENOSPC.
    public static func make(
        _ name: String, in parent: String = Environment.temporaryDirectory
    ) throws(LinuxError) -> String {
        if let path = existing(name, in: parent) { return path }
        let path = "\(parent)/\(name)"
        if mkdir(path, 0o700) == 0 { return path }
        let errno = Errno.current
        guard errno == .exists else { throw LinuxError("mkdir", errno, path) }
        // Another program of this user may have been faster.
        if let path = existing(name, in: parent) { return path }
        var template = Array("\(path)-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template).map({ String(cString: $0) }) else { throw .current("mkdtemp", path) }
        return made
    }

    private static func isPrivate(_ path: String) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT == S_IFDIR && status.st_mode & 0o077 == 0 && status.st_uid == geteuid()
    }
}
