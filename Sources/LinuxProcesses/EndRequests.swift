import CLinux
import LinuxIO

// LinuxProcesses is for tools and tests: it starts child processes and measures them, reads their output line by line,
// and reports requests to terminate this program. Libraries do not import it.

extension Signals {
    /// Makes SIGINT and SIGTERM set a flag, which ``wasEndRequested`` reads, instead of terminating the process.
    public static func catchEndRequests() { clinux_catch_end_requests() }

    /// Whether SIGINT or SIGTERM has arrived since ``catchEndRequests()``.
    public static var wasEndRequested: Bool { clinux_end_requested() != 0 }
}
