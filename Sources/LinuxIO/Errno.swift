import CLinux
import LinuxLibc

/// An error number of the kernel or the C library.
public struct Errno: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number as `errno` holds it; 0 means no error.
    public let rawValue: Int32

    /// Wraps an error number.
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// The calling thread's `errno`. Read it directly after the failed call.
    public static var current: Errno { Errno(rawValue: LinuxLibc.errno) }

    /// The symbolic name and the text, for example "EADDRINUSE (Address already in use)".
    public var description: String {
        let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer -> String in
            guard let base = buffer.baseAddress else { return "" }
            clinux_errno_text(rawValue, base, buffer.count)
            return String(cString: base)
        }
        guard let name = clinux_errno_name(rawValue) else { return "errno \(rawValue) (\(text))" }
        return "\(String(cString: name)) (\(text))"
    }

    /// Permission denied by the kernel's policy.
    public static let notPermitted = Errno(rawValue: EPERM)
    /// No such file or directory.
    public static let noEntry = Errno(rawValue: ENOENT)
    /// No such process.
    public static let noProcess = Errno(rawValue: ESRCH)
    /// Interrupted by a signal.
    public static let interrupted = Errno(rawValue: EINTR)
    /// Input or output error.
    public static let inputOutput = Errno(rawValue: EIO)
    /// Not an open descriptor.
    public static let badDescriptor = Errno(rawValue: EBADF)
    /// No child process.
    public static let noChild = Errno(rawValue: ECHILD)
    /// The call would have to wait (also EWOULDBLOCK).
    public static let wouldBlock = Errno(rawValue: EAGAIN)
    /// Out of memory.
    public static let noMemory = Errno(rawValue: ENOMEM)
    /// Permission denied by file modes.
    public static let accessDenied = Errno(rawValue: EACCES)
    /// It already exists.
    public static let exists = Errno(rawValue: EEXIST)
    /// Invalid argument.
    public static let invalidArgument = Errno(rawValue: EINVAL)
    /// The whole system's table of open files is full.
    public static let tooManyOpenFilesInSystem = Errno(rawValue: ENFILE)
    /// The process has too many open files.
    public static let tooManyOpenFiles = Errno(rawValue: EMFILE)
    /// The reading end is closed.
    public static let brokenPipe = Errno(rawValue: EPIPE)
    /// No such device.
    public static let noDevice = Errno(rawValue: ENODEV)
    /// It is in use.
    public static let busy = Errno(rawValue: EBUSY)
    /// Not a character device of the required kind.
    public static let notTerminal = Errno(rawValue: ENOTTY)
    /// Not a directory.
    public static let notDirectory = Errno(rawValue: ENOTDIR)
    /// A directory instead of a file.
    public static let isDirectory = Errno(rawValue: EISDIR)
    /// The file system is read-only.
    public static let readOnlyFileSystem = Errno(rawValue: EROFS)
    /// A directory that is not empty.
    public static let notEmpty = Errno(rawValue: ENOTEMPTY)
    /// No space left on the device.
    public static let noSpace = Errno(rawValue: ENOSPC)
    /// The user's quota is used up.
    public static let quotaExceeded = Errno(rawValue: EDQUOT)
    /// A symbolic link that is not followed, or too many of them.
    public static let tooManyLinks = Errno(rawValue: ELOOP)
    /// A name is too long.
    public static let nameTooLong = Errno(rawValue: ENAMETOOLONG)
    /// The call is not implemented.
    public static let notImplemented = Errno(rawValue: ENOSYS)
    /// Not a socket.
    public static let notSocket = Errno(rawValue: ENOTSOCK)
    /// Message too long.
    public static let messageTooLong = Errno(rawValue: EMSGSIZE)
    /// The socket at that address is of a different type.
    public static let wrongProtocolType = Errno(rawValue: EPROTOTYPE)
    /// The address is in use.
    public static let addressInUse = Errno(rawValue: EADDRINUSE)
    /// The address is not one of this machine's.
    public static let addressNotAvailable = Errno(rawValue: EADDRNOTAVAIL)
    /// The network is unreachable.
    public static let networkUnreachable = Errno(rawValue: ENETUNREACH)
    /// The host is unreachable.
    public static let hostUnreachable = Errno(rawValue: EHOSTUNREACH)
    /// The connection was aborted before it was accepted.
    public static let connectionAborted = Errno(rawValue: ECONNABORTED)
    /// The peer reset the connection.
    public static let connectionReset = Errno(rawValue: ECONNRESET)
    /// The connection was refused.
    public static let connectionRefused = Errno(rawValue: ECONNREFUSED)
    /// Already connected.
    public static let alreadyConnected = Errno(rawValue: EISCONN)
    /// Not connected.
    public static let notConnected = Errno(rawValue: ENOTCONN)
    /// The operation timed out.
    public static let timedOut = Errno(rawValue: ETIMEDOUT)
    /// The operation has started and is in progress.
    public static let inProgress = Errno(rawValue: EINPROGRESS)
}
