import LinuxLibc

/// Character devices that transfer whole messages, such as those of the kernel module.
public enum CharacterDevice {
    /// Opens a device for reading and writing, non-blocking and close-on-exec.
    ///
    /// - Throws: ENOENT, EACCES, EBUSY (only one program may open the device), ENXIO; ENOTTY when it is not a character
    ///   device.
    public static func open(path: String) throws(LinuxError) -> FileDescriptor {
        // Check before opening: opening a FIFO, for example, would have side effects.
        var status = stat()
        guard stat(path, &status) == 0 else { throw .current("open", path) }
        guard status.st_mode & S_IFMT == S_IFCHR else { throw LinuxError("open", .notTerminal, path) }
        let number = retrying { LinuxLibc.open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY) }
        guard number >= 0 else { throw .current("open", path) }
        return FileDescriptor(adopting: number)
    }

    /// Reads the available messages; a buffer too small for a message gets an error.
    public static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> ReceiveResult {
        let count = retrying { LinuxLibc.read(descriptor, buffer.baseAddress, buffer.count) }
        if count > 0 { return .received(count) }
        if count == 0 { return .endOfFile }
        let errno = Errno.current
        return errno == .wouldBlock ? .wouldBlock : .failed(errno)
    }

    /// Writes; the device may take fewer bytes than given, up to the end of a message.
    public static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> SendResult {
        let count = retrying { LinuxLibc.write(descriptor, bytes.baseAddress, bytes.count) }
        if count >= 0 { return .sent(count) }
        let errno = Errno.current
        return errno == .wouldBlock ? .wouldBlock : .failed(errno)
    }
}
