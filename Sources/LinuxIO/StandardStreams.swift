import Glibc

/// The process's standard output, unbuffered.
public enum StandardOutput {
    private static let firstFailure = Guarded<LinuxError?>(nil)

    /// The first error of a write; nil without one. A program that prints results reports it before it exits.
    public static var failure: LinuxError? { firstFailure.withLock { $0 } }

    /// Writes the whole text, blocking if the reader is slow; see ``failure``.
    public static func write(_ text: String) {
        guard let failure = writeAll(STDOUT_FILENO, text) else { return }
        firstFailure.withLock { $0 = $0 ?? failure }
    }
}

/// The process's standard error, unbuffered.
public enum StandardError {
    /// Writes the whole text, blocking if the reader is slow. Errors are ignored: they cannot be reported.
    public static func write(_ text: String) { _ = writeAll(STDERR_FILENO, text) }

    /// Whether it is a terminal whose user has not declined colors (https://no-color.org).
    public static var takesColors: Bool {
        takesColors(
            isTerminal: isatty(STDERR_FILENO) == 1, noColor: Environment.value("NO_COLOR"),
            terminal: Environment.value("TERM"))
    }

    static func takesColors(isTerminal: Bool, noColor: String?, terminal: String?) -> Bool {
        isTerminal && (noColor ?? "").isEmpty && terminal != "dumb"
    }

    /// Waits for room for a line of up to 4096 bytes (PIPE_BUF).
    ///
    /// - Parameter deadline: a time of `MonotonicClock` in nanoseconds.
    /// - Returns: false when there was no room before the deadline. True also when there is no reader any more.
    public static func hasRoom(deadline: UInt64) -> Bool {
        let ready = try? DescriptorWait.wait(STDERR_FILENO, for: .writable, deadline: deadline)
        return ready?.isEmpty != true
    }
}

/// - Returns: the error that has ended the writing.
func writeAll(_ descriptor: Int32, _ text: String) -> LinuxError? {
    var text = text
    return text.withUTF8 { bytes in
        var rest = UnsafeRawBufferPointer(bytes)
        while let start = rest.baseAddress, !rest.isEmpty {
            let count = retrying { Glibc.write(descriptor, start, rest.count) }
            guard count > 0 else { return .current("write", "descriptor \(descriptor)") }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        return nil
    }
}
