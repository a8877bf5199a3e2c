import Glibc

/// Where the running program is.
public enum ProgramPath {
    /// The path of its executable; nil when the kernel does not tell.
    public static var own: String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { space in
            guard let start = space.baseAddress else { return nil }
            let count = readlink("/proc/self/exe", start, space.count)
            guard count > 0, count < space.count else { return nil }
            return String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
        }
    }
}

/// The mode of files.
public enum FileMode {
    /// The permission bits of a file, 0o600 for example; nil when there is no such file.
    public static func permissions(_ path: String) -> UInt32? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }
}
