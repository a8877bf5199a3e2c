import CLinux
import LinuxLibc

/// The process's standard output, unbuffered.
public enum StandardOutput {
    private static let stream = TextStream(STDOUT_FILENO)

    /// The first error of a write; nil without one. A program that prints results reports it before it exits.
    public static var failure: LinuxError? { stream.failure }

    /// How many characters a line has if it is a terminal that says so; otherwise nil.
    public static var columns: Int? {
        let columns = clinux_terminal_columns(STDOUT_FILENO)
        return columns > 0 ? Int(columns) : nil
    }

    /// Writes the whole text, blocking if the reader is slow; see ``failure``.
    public static func write(_ text: String) { stream.write(text) }

    /// Writes all of the bytes, blocking if the reader is slow; see ``failure``.
    public static func write(_ bytes: [UInt8]) { stream.write(bytes) }
}

/// The process's standard error, unbuffered.
public enum StandardError {
    private static let stream = TextStream(STDERR_FILENO)

    /// Writes the whole text, blocking if the reader is slow. Errors are ignored: they cannot be reported.
    public static func write(_ text: String) { stream.write(text) }

    /// Whether it is a terminal whose user has not declined colors (https://no-color.org).
    public static var takesColors: Bool {
        stream.takesColors(noColor: Environment.value("NO_COLOR"), terminal: Environment.value("TERM"))
    }

    /// Waits for room for a line of up to 4096 bytes (PIPE_BUF).
    ///
    /// - Parameter deadline: a time of `MonotonicClock` in nanoseconds.
    /// - Returns: false when there was no room before the deadline. True also when there is no reader any more.
    public static func hasRoom(deadline: UInt64) -> Bool { stream.hasRoom(deadline: deadline) }
}

/// Writes text to a descriptor, which it neither opens nor closes.
final class TextStream: Sendable {
    private let descriptor: Int32
    private var context: String { "descriptor \(descriptor)" }
    private let firstFailure = Guarded<LinuxError?>(nil)

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    var failure: LinuxError? { firstFailure.withLock { $0 } }

    func write(_ text: String) {
        var text = text
        guard let failure = text.withUTF8({ writeAll(descriptor, UnsafeRawBufferPointer($0), context) }) else { return }
        firstFailure.withLock { $0 = $0 ?? failure }
    }

    func write(_ bytes: [UInt8]) {
        guard let failure = bytes.withUnsafeBytes({ writeAll(descriptor, $0, context) }) else { return }
        firstFailure.withLock { $0 = $0 ?? failure }
    }

    /// Takes the values of NO_COLOR and TERM.
    func takesColors(noColor: String?, terminal: String?) -> Bool {
        isatty(descriptor) == 1 && (noColor ?? "").isEmpty && terminal != "dumb"
    }

    func hasRoom(deadline: UInt64) -> Bool {
        let ready = try? DescriptorWait.wait(descriptor, for: .writable, deadline: deadline)
        return ready?.isEmpty != true
    }
}

/// Writes all of the bytes to a descriptor that blocks.
/// - Parameter context: what an error names.
/// - Returns: the error that has ended the writing.
func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ context: @autoclosure () -> String) -> LinuxError?
{
    var rest = bytes
    while let start = rest.baseAddress, rest.count > 0 {
        let count = retrying { LinuxLibc.write(descriptor, start, rest.count) }
        guard count > 0 else { return .current("write", context()) }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    return nil
}
