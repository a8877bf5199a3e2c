import LinuxLibc

/// Reads whole files for programs.
public enum InputFile {
    /// The bytes of a file, or of standard input for `-`.
    ///
    /// - Parameter limit: the most bytes that are read.
    /// - Throws: EFBIG when there are more, EISDIR for a folder, ENOENT, EACCES, EIO.
    public static func read(_ path: String, limit: Int) throws(LinuxError) -> [UInt8] {
        guard path != "-" else { return try readAll(STDIN_FILENO, "standard input", limit) }
        let number = retrying { LinuxLibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) }
        guard number >= 0 else { throw .current("open", path) }
        let descriptor = FileDescriptor(adopting: number)
        return try readAll(descriptor.rawValue, path, limit)
    }

    private static func readAll(_ number: Int32, _ path: String, _ limit: Int) throws(LinuxError) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = piece.withUnsafeMutableBytes { space in
                retrying { LinuxLibc.read(number, space.baseAddress, space.count) }
            }
            guard count >= 0 else { throw .current("read", path) }
            guard count > 0 else { return bytes }
            guard bytes.count + count <= limit else { throw LinuxError("read", Errno(rawValue: EFBIG), path) }
            bytes.append(contentsOf: piece[..<count])
        }
    }
}
