import Glibc

@testable import LinuxIO

// Single changes of a directory, each durable when it returns: the storage makes several durable together.

extension Directory {
    /// Creates or replaces a file: it is on disk, with its name, when this returns.
    func replace(_ name: [UInt8], with bytes: [UInt8], number: UInt32) throws(LinuxError) {
        let file = try createTemporary(number)
        do throws(LinuxError) {
            try file.append(bytes)
            try commit(file, as: name)
        } catch {
            discard(file)
            throw error
        }
    }

    /// Renames a file durably to an unused name. Returns false when the file does not exist.
    /// - Throws: EEXIST when the new name is in use.
    func rename(_ name: [UInt8], to new: [UInt8]) throws(LinuxError) -> Bool {
        guard try move(name, toUnused: new) else { return false }
        try synchronize()
        return true
    }

    /// Synchronizes a file to disk: its bytes and its size, not its times.
    func synchronize(_ file: borrowing TemporaryFileHandle) throws(LinuxError) {
        guard fdatasync(file.descriptor.rawValue) == 0 else { throw .current("fdatasync", "\(path)") }
    }

    /// Synchronizes a file to disk and names it durably, replacing an existing file.
    /// - Throws: EINVAL when the name belongs to something other than a plain file.
    func commit(_ file: borrowing TemporaryFileHandle, as name: [UInt8]) throws(LinuxError) {
        _ = try size(name)
        try synchronize(file)
        try self.name(file, name)
        try synchronize()
    }
}
