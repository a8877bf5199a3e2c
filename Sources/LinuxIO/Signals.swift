import CLinux
import Glibc

/// Signals by name.
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
}
