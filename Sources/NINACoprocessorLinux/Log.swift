import LinuxIO
import NINACoprocessor

/// Writes log lines to stderr, whole lines at a time, and never waits: lines that a slow reader leaves no room for are
/// dropped and counted.
final class Log {
    let level: LogLevel
    private var dropped = 0

    init(level: LogLevel) { self.level = level }

    func write(_ level: LogLevel, _ text: @autoclosure () -> String) {
        guard level <= self.level else { return }
        if dropped > 0, StandardError.writeWithoutWaiting("nina-emulator: warning: \(dropped) log lines were dropped\n")
        {
            dropped = 0
        }
        if dropped > 0 || !StandardError.writeWithoutWaiting("nina-emulator: \(level): \(text())\n") { dropped += 1 }
    }
}
