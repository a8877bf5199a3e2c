import Glibc

// This target, LinuxIO, holds the system calls of libraries: descriptors, the reactor with its timers and mailbox, sockets,
// files, threads and OpenSSL. Devices of boards are in LinuxBoards, child processes in LinuxProcesses. None of the three knows
// anything of NINA.

/// An open file descriptor with one owner, closed when the owner is done with it.
public struct FileDescriptor: ~Copyable, Sendable {
    /// The number, for calls that borrow the descriptor.
    public let rawValue: Int32

    /// Takes over an open descriptor, which no other code may close from now on.
    public init(adopting rawValue: Int32) {
        self.rawValue = rawValue
    }

    deinit {
        _ = Glibc.close(rawValue)
    }

    /// Closes the descriptor now. On Linux it is closed whatever the call says, so no error is reported.
    public consuming func close() {}

    /// Gives the descriptor up without closing it; whoever takes the number has to close it.
    public consuming func release() -> Int32 {
        let number = rawValue
        discard self
        return number
    }
}

/// Two descriptors that belong together: the ends of a pipe or of a socket pair.
@frozen
public struct DescriptorPair: ~Copyable, Sendable {
    /// The first one (of a pipe: the end to read from).
    public let first: FileDescriptor
    /// The second one (of a pipe: the end to write to).
    public let second: FileDescriptor

    init(_ numbers: (Int32, Int32)) {
        first = FileDescriptor(adopting: numbers.0)
        second = FileDescriptor(adopting: numbers.1)
    }
}
