import Glibc

/// The process's standard output, unbuffered.
public enum StandardOutput {
    /// Writes text whole, waiting where the reader is slow. Errors are ignored: there is nowhere to tell them.
    public static func write(_ text: String) { writeAll(STDOUT_FILENO, text) }
}

/// The process's standard error, unbuffered.
public enum StandardError {
    /// Writes a line without ever waiting: false when the reader is slow or gone, and nothing was written.
    ///
    /// Lines of more than 4096 bytes are cut, because a pipe takes no more than that at once for sure.
    public static func writeWithoutWaiting(_ line: String) -> Bool {
        var ready = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        guard poll(&ready, 1, 0) == 1, ready.revents & Int16(POLLOUT) != 0 else { return false }
        let bytes = line.utf8.count <= 4096 ? Array(line.utf8) : Array(line.utf8.prefix(4095)) + [0x0A]
        return bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) } == bytes.count
    }

    /// Writes text whole, waiting where the reader is slow. Errors are ignored: there is nowhere to tell them.
    public static func write(_ text: String) { writeAll(STDERR_FILENO, text) }
}

private func writeAll(_ descriptor: Int32, _ text: String) {
    var text = text
    text.withUTF8 { bytes in
        var rest = UnsafeRawBufferPointer(bytes)
        while let start = rest.baseAddress, rest.count > 0 {
            let count = retrying { Glibc.write(descriptor, start, rest.count) }
            guard count > 0 else { return }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}
