/// Why a scenario has failed.
public struct ScenarioFailure: Error, Equatable, Sendable {
    /// What went wrong.
    public enum Reason: Equatable, Sendable {
        /// A condition did not hold in time; `toStart` tells the one that a step begins with from one that it expects.
        case notMet(String, within: Duration, seen: String, toStart: Bool)
        /// A change that this module cannot undergo.
        case impossible(String)
        /// The host ended before the last step.
        case unfinished(stepsLeft: Int)
    }

    /// The scenario's name.
    public var scenario: String
    /// The step's number, from 1.
    public var number: Int
    /// The step's name.
    public var step: String
    /// The round, from 1; nil when there is only one.
    public var round: Int?
    /// The time since the start.
    public var at: Duration
    /// What went wrong.
    public var reason: Reason
}

extension ScenarioFailure: CustomStringConvertible {
    /// For users.
    public var description: String {
        let place = "step \(number) '\(step)'" + (round.map { " of round \($0)" } ?? "")
        let prefix = "scenario '\(scenario)', \(place), at \(at.secondsText): "
        return switch reason {
        case .notMet(let condition, let time, let seen, false):
            prefix + "expected \(condition) within \(time.secondsText), seen: \(seen)"
        case .notMet(let condition, let time, let seen, true):
            prefix + "waited for \(condition) to begin, \(time.secondsText) long, seen: \(seen)"
        case .impossible(let reason): prefix + "this change cannot be made: \(reason)"
        case .unfinished(let count):
            prefix + "not done when the host ended" + (count > 1 ? ", nor the \(count - 1) after it" : "")
        }
    }
}

extension Duration {
    /// Seconds with at most three decimals: `30 s`, `0.25 s`.
    public var secondsText: String {
        let milliseconds = wholeMilliseconds
        var decimals = "\(1000 + milliseconds % 1000)".dropFirst()
        while decimals.last == "0" { decimals.removeLast() }
        return "\(milliseconds / 1000)" + (decimals.isEmpty ? "" : "." + decimals) + " s"
    }

    private var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return max(0, min(seconds, Int64.max / 1001)) * 1000 + max(0, attoseconds) / 1_000_000_000_000_000
    }
}
