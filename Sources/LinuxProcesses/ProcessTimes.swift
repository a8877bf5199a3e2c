import CLinux
import LinuxLibc
import LinuxIO

/// Resource usage of processes.
public enum ProcessTimes {
    /// The number of ticks per second.
    public static let ticksPerSecond = Int(clinux_ticks_per_second())

    /// The processor time of a process, user and system, in ticks; nil when the process does not exist.
    public static func cpuTimeTicks(pid: Int32) -> UInt64? {
        let userTime = 14 - 3
        guard let fields = statFields(pid), fields.count > userTime + 1,
            let user = UInt64(String(decoding: fields[userTime], as: UTF8.self)),
            let system = UInt64(String(decoding: fields[userTime + 1], as: UTF8.self))
        else { return nil }
        return user + system
    }

    /// The parent of a process; nil when the process has ended, or does not exist.
    static func livingParent(pid: Int32) -> Int32? {
        guard let fields = statFields(pid), fields.count > 1, let state = fields[0].first,
            state != UInt8(ascii: "Z"), state != UInt8(ascii: "X")
        else { return nil }
        return Int32(String(decoding: fields[1], as: UTF8.self))
    }

    /// The fields of /proc/PID/stat from the third on, the state. The name before it, in parentheses, may contain any bytes.
    private static func statFields(_ pid: Int32) -> [ArraySlice<UInt8>]? {
        guard let bytes = read("stat", pid), let nameEnd = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        return bytes[(nameEnd + 1)...].split(separator: UInt8(ascii: " "))
    }

    /// The resident memory of a process in bytes; nil when the process does not exist.
    public static func residentBytes(pid: Int32) -> Int? {
        guard let fields = read("statm", pid)?.split(separator: UInt8(ascii: " ")), fields.count > 1 else { return nil }
        return Int(String(decoding: fields[1], as: UTF8.self)).map { $0 * Int(getpagesize()) }
    }

    private static func read(_ name: String, _ pid: Int32) -> ArraySlice<UInt8>? {
        let number = retrying { LinuxLibc.open("/proc/\(pid)/\(name)", O_RDONLY | O_CLOEXEC) }
        guard number >= 0 else { return nil }
        let file = FileDescriptor(adopting: number)
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = retrying { LinuxLibc.read(file.rawValue, &bytes, bytes.count) }
        return count > 0 ? bytes[..<count] : nil
    }
}
