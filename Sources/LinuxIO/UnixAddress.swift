import LinuxLibc

/// The address of a Unix socket, with its length checked.
struct UnixAddress {
    private var raw = sockaddr_un()
    private let length: socklen_t

    /// The maximum length of a name; one byte of `sun_path` is the terminator or the abstract marker.
    static let longestName = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    /// The address for a path.
    init(path: String) throws(LinuxError) {
        try self.init(name: path, offset: 0, what: "path")
    }

    /// An address in the abstract namespace, which has no file.
    init(abstract name: String) throws(LinuxError) {
        try self.init(name: name, offset: 1, what: "abstract name")
    }

    private init(name: String, offset: Int, what: StaticString) throws(LinuxError) {
        let bytes = name.utf8
        guard !bytes.isEmpty, !bytes.contains(0) else {
            throw LinuxError("bind", .invalidArgument, "\(what) \"\(name)\" is empty or has a zero byte")
        }
        guard bytes.count <= Self.longestName else {
            throw LinuxError(
                "bind", .nameTooLong, "\(what) \(name) has \(bytes.count) bytes, at most \(Self.longestName) fit")
        }
        raw.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &raw.sun_path) { space in
            for (index, byte) in bytes.enumerated() { space[index + offset] = byte }
        }
        let header = MemoryLayout<sockaddr_un>.size - MemoryLayout.size(ofValue: raw.sun_path)
        // A path has a terminating zero byte, an abstract name a leading one.
        length = socklen_t(header + bytes.count + 1)
    }

    /// Passes the kernel's form to a call.
    func withPointer(_ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        withUnsafePointer(to: raw) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, length) }
        }
    }
}
