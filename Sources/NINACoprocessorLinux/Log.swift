import LinuxIO
import NINACoprocessor

/// Where log lines go.
struct LogOutput {
    /// Whether it is a terminal that shows colors.
    var isColored: Bool
    /// Waits for room for a line, at most this many nanoseconds; returns false on time-out.
    var hasRoom: (UInt64) -> Bool
    /// Writes whole lines.
    var write: (String) -> Void

    static var standardError: LogOutput {
        LogOutput(
            isColored: StandardError.takesColors,
            hasRoom: { StandardError.hasRoom(deadline: MonotonicClock.deadline(after: $0)) },
            write: { StandardError.write($0) })
    }
}

/// Writes log lines, whole lines at a time, usually to stderr.
///
/// Hosts and peers can cause any number of lines, and stderr may have no reader. Lines are therefore rate-limited, and
/// dropped instead of blocking; the next line written reports how many were dropped.
final class Log {
    /// The burst size, and the number of lines per second after that. Level `debug` is not limited.
    private static let burst = 1000
    private static let nanosecondsPerLine: UInt64 = 10_000_000
    /// How long to wait for a slow reader before lines are dropped: all coprocessors wait during that time.
    private static let longestWait: UInt64 = 100_000_000

    /// The least important level that is written.
    var level: LogLevel
    private let format: LogFormat
    private let output: LogOutput
    private let now: () -> UInt64
    private var allowance = Log.burst
    /// When the allowance was last updated.
    private var grownAt: UInt64
    private var linesLeftOut = 0
    private var isStuck = false

    /// - Parameter now: the clock, in nanoseconds.
    init(
        level: LogLevel, format: LogFormat = .text, to output: LogOutput = .standardError,
        now: @escaping () -> UInt64 = MonotonicClock.nanoseconds
    ) {
        self.level = level
        self.format = format
        self.output = output
        self.now = now
        grownAt = now()
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
        output.write(lines)
    }

    private func line(_ level: LogLevel, _ source: LogSource?, _ text: String) -> String {
        let line = LogLine(milliseconds: TimeOfDay.milliseconds(), level: level, source: source, text: text)
        return switch format {
        case .text: line.text(isColored: output.isColored) + "\n"
        case .json: line.json + "\n"
        }
    }

    private func mayWrite() -> Bool {
        guard level != .debug else { return true }
        let lines = (now() - grownAt) / Self.nanosecondsPerLine
        grownAt += lines * Self.nanosecondsPerLine
        allowance = min(allowance + Int(clamping: lines), Self.burst)
        guard allowance > 0 else { return false }
        allowance -= 1
        return true
    }

    /// Whether a line can be written without blocking; waits for a slow reader, but only once.
    private func isRead() -> Bool {
        isStuck = !output.hasRoom(isStuck ? 0 : Self.longestWait)
        return !isStuck
    }
}
