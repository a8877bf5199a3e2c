import CLinux

/// Other processes as descriptors.
public enum ProcessDescriptor {
    /// A descriptor that becomes readable when the process ends.
    /// - Throws: ESRCH when there is no such process, ENOSYS before Linux 5.3, EMFILE, ENFILE.
    public static func open(_ pid: Int32) throws(LinuxError) -> FileDescriptor {
        let number = clinux_pidfd_open(pid)
        guard number >= 0 else { throw .current("pidfd_open", "process \(pid)") }
        return FileDescriptor(adopting: number)
    }
}
