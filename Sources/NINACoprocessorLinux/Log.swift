import LinuxIO
import NINACoprocessor

/// Writes log lines to stderr, whole lines at a time.
struct Log: Sendable {
    let level: LogLevel

    func write(_ level: LogLevel, _ text: @autoclosure () -> String) {
        guard level <= self.level else { return }
        StandardError.write("nina-emulator: \(level): \(text())\n")
    }
}
