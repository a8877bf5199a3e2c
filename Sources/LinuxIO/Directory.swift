import CLinux
import LinuxLibc

/// An open directory and its plain files. Names are resolved in this directory only: they are not paths, and symbolic
/// links are not followed. Calls block for disk I/O.
///
/// Files are replaced as a whole: other processes, and this one after a crash, see either the old or the new contents.
public struct Directory: ~Copyable, Sendable {
    /// Prefix of the names of unfinished files.
    public static let temporaryPrefix = Array(".being-written-and-not-yet-whole.".utf8)
    private static let longestName = 255

    let descriptor: FileDescriptor
    /// The path, for messages.
    public let path: String

    private init(_ descriptor: consuming FileDescriptor, _ path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Opens a directory by its path; creates it with mode 0700 if it does not exist.
    /// - Throws: ENOENT when the parent directory does not exist, ENOTDIR, EACCES.
    public init(creating path: String) throws(LinuxError) {
        if mkdir(path, 0o700) != 0, Errno.current != .exists { throw .current("mkdir", path) }
        try self.init(opening: path)
        // The parent may be unreadable, and then cannot be synchronized here.
        if let holder = try? Directory(opening: path + "/..") { try? holder.synchronize() }
    }

    init(opening path: String) throws(LinuxError) {
        let number = clinux_open_directory_path(path)
        guard number >= 0 else { throw .current("open", path) }
        self.init(FileDescriptor(adopting: number), path)
    }

    /// Creates a directory with a unique name and mode 0700 in the directory for temporary files.
    public static func temporary(
        prefix: String, in parent: String = Environment.temporaryDirectory
    ) throws(LinuxError) -> Directory {
        var template = Array("\(parent)/\(prefix)XXXXXX".utf8CString)
        guard let path = mkdtemp(&template).map({ String(cString: $0) }) else {
            throw .current("mkdtemp", parent)
        }
        return try Directory(opening: path)
    }

    // MARK: Directories

    /// Opens a subdirectory; nil when it does not exist.
    public func directory(_ name: [UInt8]) throws(LinuxError) -> Directory? {
        let number = try call("openat", name) { clinux_open_directory(descriptor.rawValue, $0) }
        return number.map { Directory(FileDescriptor(adopting: $0), place(name)) }
    }

    /// Opens a subdirectory, creating it if missing; it is on disk when this returns.
    public func madeDirectory(_ name: [UInt8]) throws(LinuxError) -> Directory {
        if try directory(name) == nil {
            _ = try call("mkdirat", name) { clinux_make_directory(descriptor.rawValue, $0) }
        }
        // The process that created it may have been interrupted before synchronizing.
        try synchronize()
        guard let directory = try directory(name) else { throw LinuxError("openat", .noEntry, place(name)) }
        return directory
    }

    /// The names of its entries.
    public func names() throws(LinuxError) -> [[UInt8]] {
        guard let list = clinux_list_open(descriptor.rawValue) else { throw .current("fdopendir", path) }
        defer { clinux_list_close(list) }
        var names: [[UInt8]] = []
        while let entry = clinux_list_next(list) {
            let name = UnsafeRawBufferPointer(start: entry, count: strlen(entry))
            if !name.elementsEqual(".".utf8), !name.elementsEqual("..".utf8) { names.append(Array(name)) }
        }
        guard Errno.current.rawValue == 0 else { throw .current("readdir", path) }
        return names
    }

    /// Removes its contents, including subdirectories; does not follow links.
    /// - Parameters:
    ///   - depth: the maximum depth of subdirectories.
    ///   - kept: an entry that stays.
    public func removeContents(depth: Int = 8, except kept: [UInt8]? = nil) throws(LinuxError) {
        for name in try names() where name != kept {
            if depth > 0, let inner = try? directory(name) {
                try inner.removeContents(depth: depth - 1)
                _ = try call("rmdir", name) { clinux_remove_directory(descriptor.rawValue, $0) }
            } else {
                _ = try call("unlinkat", name) { clinux_remove_file(descriptor.rawValue, $0) }
            }
        }
    }

    /// Removes the directory itself by its path, if it is empty.
    public func removeEmpty() { _ = rmdir(path) }

    /// Removes the files left by interrupted writers.
    public func removeTemporaries() throws(LinuxError) {
        for name in try names() where name.starts(with: Self.temporaryPrefix) { _ = try unlink(name) }
    }

    /// Locks the directory with a lock file of this name, as long as the descriptor is open.
    ///
    /// A lock file of another user is removed if the directory is this user's: that user could hold the lock for ever.
    ///
    /// - Throws: EAGAIN when another process, or this one, holds the lock; EPERM when the lock file belongs to another
    ///   user and cannot be removed.
    public func lock(_ name: [UInt8]) throws(LinuxError) -> FileDescriptor {
        try refuseForeignFile(name)
        guard let number = try call("flock", name, { clinux_lock_file(descriptor.rawValue, $0) }) else {
            throw LinuxError("flock", .noEntry, place(name))
        }
        let lock = FileDescriptor(adopting: number)
        // Another user may have made a new one in the meantime.
        try refuseForeignFile(name)
        return lock
    }

    /// Removes a file of another user from a directory of this user. Root also works in directories of others, with
    /// the files of their owners.
    private func refuseForeignFile(_ name: [UInt8]) throws(LinuxError) {
        var file = stat()
        var directory = stat()
        let found = try call("fstatat", name) { fstatat(descriptor.rawValue, $0, &file, AT_SYMLINK_NOFOLLOW) }
        guard found != nil, file.st_uid != geteuid() else { return }
        guard fstat(descriptor.rawValue, &directory) == 0 else { throw .current("fstat", path) }
        if directory.st_uid == geteuid() {
            _ = try remove(name)
        } else if file.st_uid != directory.st_uid {
            throw LinuxError("flock", .notPermitted, place(name))
        }
    }

    /// Synchronizes the directory: what was named, renamed and removed in it is on disk when this returns.
    public func synchronize() throws(LinuxError) {
        guard retrying({ fsync(descriptor.rawValue) }) == 0 else { throw .current("fsync", path) }
    }

    // MARK: Names

    func place(_ name: [UInt8]) -> String { "\(path)/\(String(decoding: name, as: UTF8.self))" }

    /// The result of a call with a name; nil for ENOENT.
    func call(
        _ what: CallName, _ name: [UInt8], _ body: (UnsafePointer<CChar>) -> Int32
    ) throws(LinuxError) -> Int32? {
        let result = try withName(name) { name in retrying { body(name) } }
        if result >= 0 { return result }
        let errno = Errno.current
        if errno == .noEntry { return nil }
        throw LinuxError(what, errno, place(name))
    }

    func withName<Result>(
        _ name: [UInt8], _ body: (UnsafePointer<CChar>) throws(LinuxError) -> Result
    ) throws(LinuxError) -> Result {
        guard !name.isEmpty, name.count <= Self.longestName, !name.contains(0), !name.contains(UInt8(ascii: "/")),
            name != Array(".".utf8), name != Array("..".utf8)
        else { throw LinuxError("open", .invalidArgument, "a name in \(path)") }
        let terminated = name.map { CChar(bitPattern: $0) } + [0]
        return try body(terminated)
    }
}
