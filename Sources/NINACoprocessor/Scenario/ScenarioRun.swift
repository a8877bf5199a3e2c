import NINALink

/// A scenario in progress. It does no I/O and reads no clock: whoever has the module asks it for changes and applies them.
///
///     while let change = run.next(at: now, seeing: { coprocessor.report(at: now) }) {
///         try coprocessor.apply(change, at: now)
///     }
///
/// again when ``nextDeadline`` has come, and while it ``waitsForCondition`` after each command and event.
public struct ScenarioRun {
    /// How it stands.
    public enum Outcome: Equatable, Sendable {
        /// Steps are left.
        case running
        /// Every step was done, and all expectations were met.
        case passed
        /// A step has failed; no other follows.
        case failed(ScenarioFailure)
    }

    /// The scenario.
    public let scenario: Scenario
    /// How it stands.
    public private(set) var outcome = Outcome.running
    /// Receives the name of each step that is done, with the time since the start.
    public var onStep: ((String, Duration) -> Void)?

    private let start: MonotonicInstant
    private var roundStart: MonotonicInstant
    /// When the step before the current one ended, or its last repetition began.
    private var last: MonotonicInstant
    private var round = 0
    private var index = 0
    private var repetition = 0
    private var phase = Phase.starting
    /// The step of the change that was returned last.
    private var changed = 0
    /// The last time it was asked.
    private var now: MonotonicInstant

    private enum Phase { case starting, acting(since: MonotonicInstant) }

    /// Starts a scenario.
    public init(_ scenario: Scenario, at start: MonotonicInstant) {
        self.scenario = scenario
        self.start = start
        roundStart = start
        last = start
        now = start
        if scenario.steps.isEmpty { outcome = .passed }
    }

    /// The next change that is due; nil when none is due now.
    /// - Parameter report: how the module stands; called for conditions only.
    public mutating func next(at time: MonotonicInstant, seeing report: () -> ModuleReport) -> Change? {
        now = max(now, time)
        while outcome == .running {
            if case .starting = phase {
                guard begin(report) else { return nil }
            }
            guard outcome == .running, case .acting(let since) = phase else { return nil }
            switch scenario.steps[index].action {
            case .change(let change):
                changed = index
                end()
                return change
            case .expect(let condition, let patience):
                guard isMet(condition, since: since, patience: patience, starts: false, report) else { return nil }
                end()
            }
        }
        return nil
    }

    /// When ``next(at:seeing:)`` is due again; nil when no step is left.
    public var nextDeadline: MonotonicInstant? {
        guard outcome == .running else { return nil }
        let step = scenario.steps[index]
        if case .acting(let since) = phase, case .expect(_, let patience) = step.action {
            return since.advanced(by: patience)
        }
        switch due(step) {
        case .time(let time): return time
        case .condition(_, let patience): return last.advanced(by: patience)
        }
    }

    /// Whether it waits for a condition, which anything may have fulfilled that happened in the module.
    public var waitsForCondition: Bool {
        guard outcome == .running else { return false }
        let step = scenario.steps[index]
        if case .acting = phase, case .expect = step.action { return true }
        if case .condition = due(step) { return true }
        return false
    }

    /// The failure of a run that has ended before its last step; nil when it has passed.
    public var failureAtEnd: ScenarioFailure? {
        switch outcome {
        case .passed: return nil
        case .failed(let failure): return failure
        case .running:
            let left = scenario.steps.count - index + (scenario.rounds - round - 1) * scenario.steps.count
            return failure(.unfinished(stepsLeft: left))
        }
    }

    // MARK: Steps

    private enum Due { case time(MonotonicInstant), condition(Condition, Duration) }

    private func due(_ step: Scenario.Step) -> Due {
        if repetition > 0 { return .time(last.advanced(by: step.interval)) }
        switch step.start {
        case .after(let pause): return .time(last.advanced(by: pause))
        case .at(let time): return .time(max(last, roundStart.advanced(by: time)))
        case .when(let condition, let patience): return .condition(condition, patience)
        }
    }

    /// - Returns: whether the current step has begun.
    private mutating func begin(_ report: () -> ModuleReport) -> Bool {
        switch due(scenario.steps[index]) {
        case .time(let time):
            guard time <= now else { return false }
            // Steps keep their distance also when a call comes late.
            last = time
        case .condition(let condition, let patience):
            guard isMet(condition, since: last, patience: patience, starts: true, report) else { return false }
            last = now
        }
        phase = .acting(since: now)
        return true
    }

    private mutating func isMet(
        _ condition: Condition, since: MonotonicInstant, patience: Duration, starts: Bool, _ report: () -> ModuleReport
    ) -> Bool {
        let report = report()
        if condition.holds(report) { return true }
        if since.advanced(by: patience) <= now {
            let missing = ScenarioFailure.Reason.notMet(
                "\(condition)", within: patience, seen: condition.seen(in: report), toStart: starts)
            outcome = .failed(failure(missing))
        }
        return false
    }

    private mutating func end() {
        let step = scenario.steps[index]
        onStep?(step.name, elapsed)
        phase = .starting
        repetition += 1
        // The time of a repetition counts from the beginning of the one before it, that of the next step from the end.
        guard repetition >= step.times else { return }
        if case .expect = step.action { last = now }
        repetition = 0
        index += 1
        guard index == scenario.steps.count else { return }
        index = 0
        round += 1
        roundStart = now
        guard round >= scenario.rounds else { return }
        index = scenario.steps.count
        outcome = .passed
    }

    /// The change that was returned last cannot be made: the scenario fails.
    public mutating func refuse(_ error: ChangeError) {
        if case .failed = outcome { return }
        index = changed
        outcome = .failed(failure(.impossible("\(error)")))
    }

    private func failure(_ reason: ScenarioFailure.Reason) -> ScenarioFailure {
        ScenarioFailure(
            scenario: scenario.name, number: index + 1, step: scenario.steps[index].name,
            round: scenario.rounds > 1 ? min(round + 1, scenario.rounds) : nil, at: elapsed, reason: reason)
    }

    private var elapsed: Duration { .nanoseconds(Int64(clamping: now.nanoseconds(since: start))) }
}
