import LinuxLibc

/// A plain file of this user alone, written from its start: for what others must not read.
public struct PrivateFile: ~Copyable, Sendable {
    private let descriptor: FileDescriptor
    private let path: String

    /// Creates a file, or empties the one that is there; its mode is 0600 then. Until it is closed nobody else can do the same.
    /// - Throws: EAGAIN for a file that another process writes so, EINVAL for something that is not a plain file, ELOOP for a symbolic link, EPERM for a file of another user,
    ///   EACCES, EISDIR, ENOENT, EROFS and others of `open`.
    public init(creating path: String) throws(LinuxError) {
        descriptor = try Self.open(path)
        self.path = path
    }

    private static func open(_ path: String) throws(LinuxError) -> FileDescriptor {
        // Without O_NONBLOCK a FIFO would wait for its reader. Emptied only when it is known to be a plain file of this user.
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK
        let number = retrying { LinuxLibc.open(path, flags, 0o600) }
        guard number >= 0 else {
            // A FIFO without a reader.
            guard Errno.current.rawValue != ENXIO else { throw LinuxError("open", .invalidArgument, path) }
            throw .current("open", path)
        }
        let descriptor = FileDescriptor(adopting: number)
        var status = stat()
        guard fstat(number, &status) == 0 else { throw .current("fstat", path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw LinuxError("open", .invalidArgument, path) }
        guard retrying({ flock(number, LOCK_EX | LOCK_NB) }) == 0 else { throw .current("flock", path) }
        guard fchmod(number, 0o600) == 0 else { throw .current("fchmod", path) }
        guard retrying({ ftruncate(number, 0) }) == 0 else { throw .current("ftruncate", path) }
        return descriptor
    }

    /// Appends all of the bytes. The calling thread waits for the disk.
    public func write(_ bytes: [UInt8]) throws(LinuxError) {
        let failure = bytes.withUnsafeBytes { writeAll(descriptor.rawValue, $0, path) }
        if let failure { throw failure }
    }

    /// Gives a file another name, in place of the file that has it.
    public static func rename(_ path: String, to other: String) throws(LinuxError) {
        guard LinuxLibc.rename(path, other) == 0 else { throw .current("rename", other) }
    }
}
