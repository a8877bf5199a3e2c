import LinuxIO
import NINACoprocessor

/// Writes log lines to stderr, whole lines at a time.
///
/// Hosts and peers can cause any number of lines, and stderr may have no reader. Lines are therefore rate-limited, and
/// dropped instead of blocking; the next line written reports how many were dropped.
final class Log {
    /// The burst size, and the number of lines per second after that. Level `debug` is not limited.
    private static let burst = 1000
    private static let nanosecondsPerLine: UInt64 = 10_000_000
    /// How long to wait for a slow reader before lines are dropped: all coprocessors wait during that time.
    private static let longestWait: UInt64 = 100_000_000

    let level: LogLevel
    private let format: LogFormat
    private let isColored: Bool
    private var allowance = Log.burst
    /// When the allowance was last updated.
    private var grownAt = MonotonicClock.nanoseconds()
    private var linesLeftOut = 0
    private var isStuck = false

    init(level: LogLevel, format: LogFormat = .text) {
        self.level = level
        self.format = format
        isColored = StandardError.takesColors
    }

    /// - Parameter source: the coprocessor that the line is about; nil for the emulator.
    func write(_ level: LogLevel, from source: LogSource? = nil, _ text: @autoclosure () -> String) {
        guard level <= self.level else { return }
        guard mayWrite(), isRead() else {
            linesLeftOut += 1
            return
        }
        var lines = line(level, source, text())
        if linesLeftOut > 0 { lines = line(.warning, nil, "\(linesLeftOut) log lines were left out") + lines }
        linesLeftOut = 0
        StandardError.write(lines)
    }

    private func line(_ level: LogLevel, _ source: LogSource?, _ text: String) -> String {
        let line = LogLine(milliseconds: TimeOfDay.milliseconds(), level: level, source: source, text: text)
        return switch format {
        case .text: line.text(isColored: isColored) + "\n"
        case .json: line.json + "\n"
        }
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

    /// Whether a line can be written without blocking; waits for a slow reader, but only once.
    private func isRead() -> Bool {
        isStuck = !StandardError.hasRoom(deadline: MonotonicClock.deadline(after: isStuck ? 0 : Self.longestWait))
        return !isStuck
    }
}
