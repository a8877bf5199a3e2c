import CLinux

/// Whether calls on a descriptor wait.
public enum BlockingMode {
    /// Makes calls on the descriptor wait (clears O_NONBLOCK).
    /// - Throws: EBADF.
    public static func set(_ descriptor: Int32) throws(LinuxError) {
        guard clinux_set_blocking(descriptor) == 0 else { throw .current("fcntl", "descriptor \(descriptor)") }
    }
}
