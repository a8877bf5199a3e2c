import LinuxLibc

// LinuxIO wraps system calls for libraries: descriptors, the reactor with its timers and mailbox, sockets, files,
// threads and OpenSSL. Devices of boards are in LinuxBoards, child processes in LinuxProcesses. All three are
// independent of NINA.

/// An open file descriptor with one owner, closed when the owner releases it.
public struct FileDescriptor: ~Copyable, Sendable {
    /// The number, for calls that borrow the descriptor.
    public let rawValue: Int32

    /// Takes ownership of an open descriptor, which no other code may close from now on.
    public init(adopting rawValue: Int32) {
        self.rawValue = rawValue
    }

    deinit {
        _ = LinuxLibc.close(rawValue)
    }

    /// Closes the descriptor now. Linux closes it even if the call fails, so no error is reported.
    public consuming func close() {}

    /// Releases the descriptor without closing it; the caller must close it.
    public consuming func release() -> Int32 {
        let number = rawValue
        discard self
        return number
    }
}

/// Two related descriptors: the ends of a pipe or of a socket pair.
@frozen
public struct DescriptorPair: ~Copyable, Sendable {
    /// The first one (the read end of a pipe).
    public let first: FileDescriptor
    /// The second one (the write end of a pipe).
    public let second: FileDescriptor

    init(_ numbers: (Int32, Int32)) {
        first = FileDescriptor(adopting: numbers.0)
        second = FileDescriptor(adopting: numbers.1)
    }
}
