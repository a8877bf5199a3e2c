import CLinux
import LinuxIO
import LinuxLibc

/// The terminal of this process as a page: its alternate screen, without echo, each key at once.
///
/// However the process ends, short of SIGKILL, the terminal is as before: by ``leave()``, by `exit`, or by a trap.
public enum Terminal {
    /// Whether there is one, for input and output, that can show a page.
    public static var isThere: Bool {
        isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 && Environment.value("TERM") != "dumb"
    }

    /// Whether its user has not declined colors (https://no-color.org).
    public static var takesColors: Bool { (Environment.value("NO_COLOR") ?? "").isEmpty }

    /// Its size in characters; 80 and 24 where it does not say.
    public static var size: (columns: Int, rows: Int) {
        let columns = clinux_terminal_columns(STDOUT_FILENO)
        let rows = clinux_terminal_rows(STDOUT_FILENO)
        return (columns > 0 ? Int(columns) : 80, rows > 0 ? Int(rows) : 24)
    }

    /// Its input.
    public static let descriptor = STDIN_FILENO

    /// Begins the page.
    public static func enter() throws(LinuxError) {
        guard clinux_terminal_enter(STDIN_FILENO, STDOUT_FILENO) == 0 else { throw .current("tcsetattr") }
    }

    /// Ends the page. Twice does nothing.
    public static func leave() { clinux_terminal_leave() }

    /// Stops this process as Ctrl-Z does, with the terminal as it was, and returns when it goes on.
    public static func stop() throws(LinuxError) {
        leave()
        kill(getpid(), SIGSTOP)
        try enter()
    }

    /// The bytes of the keys that were pressed; nil at the end of the input.
    public static func keys() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = bytes.withUnsafeMutableBytes { space in
            retrying { LinuxLibc.read(STDIN_FILENO, space.baseAddress, space.count) }
        }
        return count > 0 ? Array(bytes[..<count]) : nil
    }
}
