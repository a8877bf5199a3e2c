import LinuxIO
import NINACoprocessor

/// Writes log lines to stderr, whole lines at a time.
///
/// Hosts and peers can cause any number of lines, and stderr may have no reader. So lines are limited in rate, and dropped
/// rather than waited for; the next line that is written reports how many were dropped.
final class Log {
    /// Lines in a row, and lines per second after those. The level `debug` is for watching closely and has no limit.
    private static let burst = 1000
    private static let nanosecondsPerLine: UInt64 = 10_000_000
    /// How long a reader may take before lines are left out: all coprocessors wait with it.
    private static let longestWait: UInt64 = 100_000_000

    let level: LogLevel
    private var allowance = Log.burst
    /// Since when the allowance grows.
    private var grownAt = MonotonicClock.nanoseconds()
    private var linesLeftOut = 0
    private var isStuck = false

    init(level: LogLevel) { self.level = level }

    func write(_ level: LogLevel, _ text: @autoclosure () -> String) {
        guard level <= self.level else { return }
        guard mayWrite(), isRead() else {
            linesLeftOut += 1
            return
        }
        var lines = "nina-emulator: \(level): \(text())\n"
        if linesLeftOut > 0 { lines = "nina-emulator: warning: \(linesLeftOut) log lines were left out\n" + lines }
        linesLeftOut = 0
        StandardError.write(lines)
    }

    private func mayWrite() -> Bool {
        guard level != .debug else { return true }
        let now = MonotonicClock.nanoseconds()
        let lines = (now - grownAt) / Self.nanosecondsPerLine
        grownAt += lines * Self.nanosecondsPerLine
        allowance = min(allowance + Int(clamping: lines), Self.burst)
        guard allowance > 0 else { return false }
        allowance -= 1
        return true
    }

    /// Whether a line can be written without waiting for its reader; waits for a slow one, but only once.
    private func isRead() -> Bool {
        isStuck = !StandardError.hasRoom(deadline: MonotonicClock.deadline(after: isStuck ? 0 : Self.longestWait))
        return !isStuck
    }
}
