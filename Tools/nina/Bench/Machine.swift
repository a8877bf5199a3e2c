import LinuxLibc
import LinuxIO

/// The machine of a measurement, for those who read its figures later.
enum Machine {
    /// Processors and kernel.
    static var summary: String {
        let count = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        let model = processorModel.map { " of \($0)" } ?? ""
        return "\(count) processor\(count == 1 ? "" : "s")\(model), Linux \(release)"
    }

    private static var release: String {
        var names = utsname()
        guard uname(&names) == 0 else { return "?" }
        return withUnsafeBytes(of: &names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// Nil on machines whose kernel gives no name.
    private static var processorModel: String? {
        let number = open("/proc/cpuinfo", O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        let file = FileDescriptor(adopting: number)
        // The first processor's lines are enough.
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(file.rawValue, &bytes, bytes.count)
        guard count > 0 else { return nil }
        let lines = String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("model name") }), let colon = line.firstIndex(of: ":") else {
            return nil
        }
        return line[line.index(after: colon)...].split(separator: " ").joined(separator: " ")
    }
}
