import LinuxLibc

/// A file that a program writes line by line for its user, such as a log.
public struct OutputFile: ~Copyable {
    /// How long a reader of a pipe or a terminal may take.
    private static let longestWait: UInt64 = 1_000_000_000

    private let descriptor: FileDescriptor
    private let path: String

    /// Creates a file, or empties the one that is there.
    /// - Throws: EACCES, EISDIR, ENOENT, EROFS; ENXIO for a FIFO without a reader.
    public init(creating path: String) throws(LinuxError) {
        // Without O_NONBLOCK a FIFO would wait for its reader.
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK
        let number = retrying { LinuxLibc.open(path, flags, 0o666) }
        guard number >= 0 else { throw .current("open", path) }
        descriptor = FileDescriptor(adopting: number)
        self.path = path
    }

    /// Writes all of the bytes.
    /// - Returns: the error that has ended the writing; ETIMEDOUT when a reader was too slow.
    public func write(_ bytes: [UInt8]) -> LinuxError? {
        let deadline = MonotonicClock.deadline(after: Self.longestWait)
        return bytes.withUnsafeBytes { bytes in
            var rest = UnsafeRawBufferPointer(rebasing: bytes[...])
            while let start = rest.baseAddress, rest.count > 0 {
                let count = retrying { LinuxLibc.write(descriptor.rawValue, start, rest.count) }
                if count > 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                    continue
                }
                guard Errno.current == .wouldBlock else { return .current("write", path) }
                let ready = try? DescriptorWait.wait(descriptor.rawValue, for: .writable, deadline: deadline)
                guard ready?.isEmpty == false else { return LinuxError("write", .timedOut, path) }
            }
            return nil
        }
    }
}
