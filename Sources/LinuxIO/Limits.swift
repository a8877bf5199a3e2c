import CLinux

/// Limits of the process.
public enum Limits {
    /// Raises the number of files the process may have open as far as it is allowed to.
    ///
    /// - Returns: the number in force afterwards (RLIMIT_NOFILE); -1 when the kernel reports an error.
    @discardableResult
    public static func raiseOpenFiles() -> Int {
        Int(clinux_raise_open_files())
    }
}

/// Which processor a thread runs on.
public enum CPUAffinity {
    /// The processor the calling thread runs on, counted from 0.
    public static func current() throws(LinuxError) -> Int32 {
        let cpu = clinux_current_cpu()
        guard cpu >= 0 else { throw .current("getcpu") }
        return cpu
    }

    /// Keeps the calling thread, and those it starts from now on, on one processor.
    ///
    /// - Parameter cpu: counted from 0.
    /// - Throws: EINVAL when there is no such processor or it may not be used.
    public static func pin(to cpu: Int32) throws(LinuxError) {
        guard clinux_pin(cpu) == 0 else { throw .current("sched_setaffinity", "processor \(cpu)") }
    }
}
