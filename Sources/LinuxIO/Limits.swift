import CLinux

/// Limits of the process.
public enum Limits {
    /// Raises the process's limit of open files to the maximum allowed.
    ///
    /// - Returns: the resulting limit (RLIMIT_NOFILE); -1 when the kernel reports an error.
    @discardableResult
    public static func raiseOpenFiles() -> Int {
        Int(clinux_raise_open_files())
    }
}

/// The processor that a thread runs on.
public enum CPUAffinity {
    /// The processor the calling thread runs on, counted from 0.
    public static func current() throws(LinuxError) -> Int32 {
        let cpu = clinux_current_cpu()
        guard cpu >= 0 else { throw .current("getcpu") }
        return cpu
    }

    /// Pins the calling thread, and threads it starts from now on, to one processor.
    ///
    /// - Parameter cpu: counted from 0.
    /// - Throws: EINVAL when the processor does not exist or may not be used.
    public static func pin(to cpu: Int32) throws(LinuxError) {
        guard clinux_pin(cpu) == 0 else { throw .current("sched_setaffinity", "processor \(cpu)") }
    }
}
