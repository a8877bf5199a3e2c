import CLinux
import LinuxLibc

// The plain files of a directory. A file is replaced as a whole: other processes, and this one after a crash, see
// either the old or the new contents.

extension Directory {
    /// The size of a file in bytes; nil when it does not exist.
    /// - Throws: EINVAL when it is not a plain file.
    public func size(_ name: [UInt8]) throws(LinuxError) -> Int? {
        var size: Int64 = 0
        guard let kind = try call("fstatat", name, { clinux_regular_size_at(descriptor.rawValue, $0, &size) }) else {
            return nil
        }
        guard kind == 1 else { throw LinuxError("fstatat", .invalidArgument, place(name)) }
        return Int(size)
    }

    /// Bytes of a file, fewer at its end; nil when it does not exist.
    /// - Throws: EINVAL when it is not a plain file, ELOOP for a link.
    public func read(_ name: [UInt8], offset: Int = 0, count: Int = .max) throws(LinuxError) -> [UInt8]? {
        guard let number = try call("openat", name, { clinux_open_file(descriptor.rawValue, $0) }) else { return nil }
        let file = FileDescriptor(adopting: number)
        var size: Int64 = 0
        let kind = clinux_regular_size(file.rawValue, &size)
        guard kind >= 0 else { throw .current("fstat", place(name)) }
        guard kind == 1 else { throw LinuxError("open", .invalidArgument, place(name)) }
        guard offset >= 0, offset < Int(size) else { return [] }
        let wanted = min(max(0, count), Int(size) - offset)
        var bytes = [UInt8](repeating: 0, count: wanted)
        var done = 0
        while done < wanted {
            let count = bytes.withUnsafeMutableBytes { buffer in
                retrying {
                    pread(file.rawValue, buffer.baseAddress.map { $0 + done }, wanted - done, off_t(offset + done))
                }
            }
            guard count >= 0 else { throw .current("pread", place(name)) }
            if count == 0 { break }
            done += count
        }
        bytes.removeLast(wanted - done)
        return bytes
    }

    /// Renames a file to an unused name, durably once the directory is synchronized. Returns false when the file does
    /// not exist.
    /// - Throws: EEXIST when the new name is in use.
    public func move(_ name: [UInt8], toUnused new: [UInt8]) throws(LinuxError) -> Bool {
        guard try size(name) != nil else { return false }
        var size: Int64 = 0
        if try call("fstatat", new, { clinux_regular_size_at(descriptor.rawValue, $0, &size) }) != nil {
            throw LinuxError("rename", .exists, place(new))
        }
        try move(name, onto: new)
        return true
    }

    /// Removes a file durably. Returns false when it does not exist.
    public func remove(_ name: [UInt8]) throws(LinuxError) -> Bool {
        guard try unlink(name) else { return false }
        try synchronize()
        return true
    }

    /// Removes a file, durably once the directory is synchronized. Returns false when it does not exist.
    public func unlink(_ name: [UInt8]) throws(LinuxError) -> Bool {
        try call("unlinkat", name, { clinux_remove_file(descriptor.rawValue, $0) }) != nil
    }

    // MARK: Files without a name

    /// Creates a file without a name. `number` must differ from those of other such files in the directory.
    public func createTemporary(_ number: UInt32) throws(LinuxError) -> TemporaryFileHandle {
        let name = Self.temporaryPrefix + Array(String(number).utf8)
        guard let descriptor = try call("openat", name, { clinux_create_file(self.descriptor.rawValue, $0) }) else {
            throw LinuxError("openat", .noEntry, place(name))
        }
        return TemporaryFileHandle(FileDescriptor(adopting: descriptor), name, in: path)
    }

    /// Names a file, replacing an existing one, durably once file and directory are synchronized: in this order, so that
    /// the name belongs to a whole file at any time.
    /// - Throws: EISDIR when the name belongs to a directory; it replaces anything else.
    public func name(_ file: borrowing TemporaryFileHandle, _ name: [UInt8]) throws(LinuxError) {
        try move(file.name, onto: name)
    }

    /// Removes a file without a name.
    public func discard(_ file: borrowing TemporaryFileHandle) { _ = try? unlink(file.name) }

    private func move(_ name: [UInt8], onto new: [UInt8]) throws(LinuxError) {
        let result = try withName(name) { old throws(LinuxError) in
            try withName(new) { renameat(descriptor.rawValue, old, descriptor.rawValue, $0) }
        }
        guard result == 0 else { throw .current("rename", place(new)) }
    }
}

/// A file being written that has no name yet.
public struct TemporaryFileHandle: ~Copyable, Sendable {
    let descriptor: FileDescriptor
    let name: [UInt8]
    private let folder: String

    init(_ descriptor: consuming FileDescriptor, _ name: [UInt8], in folder: String) {
        self.descriptor = descriptor
        self.name = name
        self.folder = folder
    }

    /// The path, for messages.
    var path: String { "\(folder)/\(String(decoding: name, as: UTF8.self))" }

    /// Appends bytes.
    public borrowing func append(_ bytes: [UInt8]) throws(LinuxError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                retrying { write(descriptor.rawValue, buffer.baseAddress.map { $0 + done }, bytes.count - done) }
            }
            guard count >= 0 else { throw .current("write", path) }
            done += count
        }
    }
}
