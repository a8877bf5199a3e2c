import LinuxLibc

/// The file of a listening Unix socket, as it was when the socket was bound.
///
/// A path may have been taken by another process since: only while the socket is open, the file's number is its own.
public struct SocketFile: Equatable, Sendable {
    /// The path.
    public let path: String
    private let device: UInt
    private let inode: UInt

    /// Identifies the socket at a path; nil if the path is not a socket.
    public init?(path: String) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
        self.path = path
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
    }

    /// Removes the file if it is still the same. To be called before the socket is closed.
    public func remove() {
        if SocketFile(path: path) == self { _ = unlink(path) }
    }
}
