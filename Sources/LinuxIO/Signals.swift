import CLinux
import Glibc

/// Signals by name.
public enum Signals {
    /// SIGINT: Ctrl-C.
    public static let interrupt = SIGINT
    /// SIGTERM: request to terminate.
    public static let terminate = SIGTERM
    /// SIGHUP: the terminal was closed.
    public static let hangUp = SIGHUP
    /// SIGQUIT: Ctrl-\.
    public static let quit = SIGQUIT
    /// SIGCHLD: a child has ended.
    public static let childEnded = SIGCHLD
    /// SIGUSR1: what a program makes of it.
    public static let user1 = SIGUSR1
    /// SIGKILL: unconditional termination.
    public static let kill = SIGKILL

    /// Makes writing to a pipe or socket without a reader fail instead of terminating the process (SIGPIPE).
    public static func ignoreBrokenPipes() { clinux_ignore_broken_pipes() }
}
