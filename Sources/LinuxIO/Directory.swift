import CLinux
import Glibc

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
        for name in try names() where name.starts(with: Self.temporaryPrefix) { _ = try remove(name) }
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

    // MARK: Files

    /// The size of a file in bytes; nil when it does not exist.
    /// - Throws: EINVAL when it is not a plain file.
    public func size(_ name: [UInt8]) throws(LinuxError) -> Int? {
        var size: Int64 = 0
        guard let kind = try call("fstatat", name, { clinux_regular_size_at(descriptor.rawValue, $0, &size) }) else {
            return nil
        }
        guard kind == 1 else { throw LinuxError("fstatat", .invalidArgument, place(name)) }
        return Int(size)
    }

    /// Bytes of a file, fewer at its end; nil when it does not exist.
    /// - Throws: EINVAL when it is not a plain file, ELOOP for a link.
    public func read(_ name: [UInt8], offset: Int = 0, count: Int = .max) throws(LinuxError) -> [UInt8]? {
        guard let number = try call("openat", name, { clinux_open_file(descriptor.rawValue, $0) }) else { return nil }
        let file = FileDescriptor(adopting: number)
        var size: Int64 = 0
        let kind = clinux_regular_size(file.rawValue, &size)
        guard kind >= 0 else { throw .current("fstat", place(name)) }
        guard kind == 1 else { throw LinuxError("open", .invalidArgument, place(name)) }
        guard offset >= 0, offset < Int(size) else { return [] }
        let wanted = min(max(0, count), Int(size) - offset)
        var bytes = [UInt8](repeating: 0, count: wanted)
        var done = 0
        while done < wanted {
            let count = bytes.withUnsafeMutableBytes { buffer in
                retrying {
                    pread(file.rawValue, buffer.baseAddress.map { $0 + done }, wanted - done, off_t(offset + done))
                }
            }
            guard count >= 0 else { throw .current("pread", place(name)) }
            if count == 0 { break }
            done += count
        }
        bytes.removeLast(wanted - done)
        return bytes
    }

    /// Creates or replaces a file: it is on disk, with its name, when this returns.
    public func replace(_ name: [UInt8], with bytes: [UInt8], number: UInt32) throws(LinuxError) {
        let file = try createTemporary(number)
        do throws(LinuxError) {
            try file.append(bytes)
            try commit(file, as: name)
        } catch {
            discard(file)
            throw error
        }
    }

    /// Renames a file to an unused name. Returns false when the file does not exist.
    /// - Throws: EEXIST when the new name is in use.
    public func rename(_ name: [UInt8], to new: [UInt8]) throws(LinuxError) -> Bool {
        guard try size(name) != nil else { return false }
        var size: Int64 = 0
        if try call("fstatat", new, { clinux_regular_size_at(descriptor.rawValue, $0, &size) }) != nil {
            throw LinuxError("rename", .exists, place(new))
        }
        try move(name, to: new)
        return true
    }

    /// Removes a file durably. Returns false when it does not exist.
    public func remove(_ name: [UInt8]) throws(LinuxError) -> Bool {
        guard try call("unlinkat", name, { clinux_remove_file(descriptor.rawValue, $0) }) != nil else { return false }
        try synchronize()
        return true
    }

    // MARK: Files without a name

    /// Creates a file without a name. `number` must differ from those of other such files in the directory.
    public func createTemporary(_ number: UInt32) throws(LinuxError) -> TemporaryFileHandle {
        let name = Self.temporaryPrefix + Array(String(number).utf8)
        guard let descriptor = try call("openat", name, { clinux_create_file(self.descriptor.rawValue, $0) }) else {
            throw LinuxError("openat", .noEntry, place(name))
        }
        return TemporaryFileHandle(FileDescriptor(adopting: descriptor), name, place(name))
    }

    /// Synchronizes a file to disk and names it, replacing an existing file.
    /// - Throws: EINVAL when the name belongs to something other than a plain file.
    public func commit(_ file: borrowing TemporaryFileHandle, as name: [UInt8]) throws(LinuxError) {
        _ = try size(name)
        guard retrying({ fsync(file.descriptor.rawValue) }) == 0 else { throw .current("fsync", place(name)) }
        try move(file.name, to: name)
    }

    /// Removes a file without a name.
    public func discard(_ file: borrowing TemporaryFileHandle) { _ = try? remove(file.name) }

    private func move(_ name: [UInt8], to new: [UInt8]) throws(LinuxError) {
        let result = try withName(name) { old throws(LinuxError) in
            try withName(new) { renameat(descriptor.rawValue, old, descriptor.rawValue, $0) }
        }
        guard result == 0 else { throw .current("rename", place(new)) }
        try synchronize()
    }

    private func synchronize() throws(LinuxError) {
        guard retrying({ fsync(descriptor.rawValue) }) == 0 else { throw .current("fsync", path) }
    }

    // MARK: Names

    private func place(_ name: [UInt8]) -> String { "\(path)/\(String(decoding: name, as: UTF8.self))" }

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

    private func withName<Result>(
        _ name: [UInt8], _ body: (UnsafePointer<CChar>) throws(LinuxError) -> Result
    ) throws(LinuxError) -> Result {
        guard !name.isEmpty, name.count <= Self.longestName, !name.contains(0), !name.contains(UInt8(ascii: "/")),
            name != Array(".".utf8), name != Array("..".utf8)
        else { throw LinuxError("open", .invalidArgument, "a name in \(path)") }
        let terminated = name.map { CChar(bitPattern: $0) } + [0]
        return try body(terminated)
    }
}

/// A file being written that has no name yet.
public struct TemporaryFileHandle: ~Copyable, Sendable {
    let descriptor: FileDescriptor
    let name: [UInt8]
    private let path: String

    init(_ descriptor: consuming FileDescriptor, _ name: [UInt8], _ path: String) {
        self.descriptor = descriptor
        self.name = name
        self.path = path
    }

    /// Appends bytes.
    public borrowing func append(_ bytes: [UInt8]) throws(LinuxError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                retrying { write(descriptor.rawValue, buffer.baseAddress.map { $0 + done }, bytes.count - done) }
            }
            guard count >= 0 else { throw .current("write", path) }
            done += count
        }
    }
}
