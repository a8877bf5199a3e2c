import LinuxLibc
import LinuxIO

/// The floor of the storage bench: how a file is usually replaced durably, and nothing else: write and fsync of a new file,
/// rename, fsync of the folder.
final class StorageFloor {
    private let folder: Int32

    /// Uses a folder, which exists.
    init(_ path: String) throws {
        folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw LinuxError("open", .current, path) }
    }

    deinit { _ = close(folder) }

    /// Replaces a file.
    func replace(_ name: String, with bytes: [UInt8]) throws {
        let file = openat(folder, "new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw LinuxError("openat", .current, "new") }
        let isDone =
            write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
            && renameat(folder, "new", folder, name) == 0 && fsync(folder) == 0
        let errno = Errno.current
        _ = close(file)
        guard isDone else { throw LinuxError("fsync", errno, name) }
    }
}
