import CLinux
import Glibc

/// Signals by name, and a flag that they raise.
public enum Signals {
    /// SIGINT: Ctrl-C.
    public static let interrupt = SIGINT
    /// SIGTERM: the polite request to end.
    public static let terminate = SIGTERM
    /// SIGHUP: the terminal has gone.
    public static let hangUp = SIGHUP
    /// SIGKILL: the end, unconditionally.
    public static let kill = SIGKILL

    /// From now on writing to a pipe or socket whose reader is gone fails instead of ending the process (SIGPIPE).
    public static func ignoreBrokenPipes() { clinux_ignore_broken_pipes() }

    /// From now on SIGINT and SIGTERM do not end the process but raise a flag, which ``wasEndRequested`` tells.
    public static func catchEndRequests() { clinux_catch_end_requests() }

    /// Whether SIGINT or SIGTERM has come since ``catchEndRequests()``.
    public static var wasEndRequested: Bool { clinux_end_requested() != 0 }
}
