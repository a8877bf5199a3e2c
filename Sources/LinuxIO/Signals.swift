import CLinux
import LinuxLibc

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
    /// SIGUSR2: what a program makes of it.
    public static let user2 = SIGUSR2
    /// SIGURG: ignored by programs that do not ask for it.
    public static let urgent = SIGURG
    /// SIGTSTP: Ctrl-Z.
    public static let terminalStop = SIGTSTP
    /// SIGWINCH: the terminal has another size.
    public static let windowChanged = SIGWINCH
    /// SIGKILL: unconditional termination.
    public static let kill = SIGKILL

    /// What a shell says of a program that a signal has killed, such as "Segmentation fault".
    public static func words(_ signal: Int32) -> String { strsignal(signal).map { String(cString: $0) } ?? "unknown" }

    /// Makes writing to a pipe or socket without a reader fail instead of terminating the process (SIGPIPE).
    public static func ignoreBrokenPipes() { clinux_ignore_broken_pipes() }
}
