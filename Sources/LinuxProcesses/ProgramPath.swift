import LinuxLibc

/// The location of the running program.
public enum ProgramPath {
    /// The path of its executable; nil when the kernel does not report it.
    public static var own: String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { space in
            guard let start = space.baseAddress else { return nil }
            let count = readlink("/proc/self/exe", start, space.count)
            guard count > 0, count < space.count else { return nil }
            return String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
        }
    }
}
