/// What happens to a module while a host uses it, and what is expected of the host: steps, one after the other.
///
/// It knows no clock: ``ScenarioRun`` plays it in virtual time on the loopback, and in real time in the emulator.
public struct Scenario: Equatable, Sendable {
    /// A step: when it begins, what it does, how often.
    public struct Step: Equatable, Sendable {
        /// The name, for reports.
        public var name: String
        /// When it begins, at the earliest when the step before it has ended.
        public var start: Start
        /// What it does.
        public var action: Action
        /// How often it is done, at least once.
        public var times = 1
        /// The time from one to the next.
        public var interval = Duration.zero

        /// Makes a step that is done once.
        public init(_ name: String, _ action: Action, _ start: Start = .after(.zero)) {
            self.name = name
            self.start = start
            self.action = action
        }
    }

    /// When a step begins.
    public enum Start: Equatable, Sendable {
        /// So long after the end of the step before it.
        case after(Duration)
        /// So long after the start of the round.
        case at(Duration)
        /// When this holds; the scenario fails if it does not within the time.
        case when(Condition, within: Duration)
    }

    /// What a step does.
    public enum Action: Equatable, Sendable {
        /// Changes the module's surroundings.
        case change(Change)
        /// Waits until this holds; the scenario fails if it does not within the time.
        case expect(Condition, within: Duration)
    }

    /// The name, for reports.
    public var name: String
    /// The steps, in order.
    public var steps: [Step]
    /// How often all steps are done, at least once.
    public var rounds = 1

    /// Makes a scenario of one round.
    public init(_ name: String, _ steps: [Step]) {
        self.name = name
        self.steps = steps
    }

    /// How long a condition is waited for where nothing else is said.
    public static let usualPatience = Duration.seconds(60)

    /// The same scenario with its pauses and outages shortened by a factor.
    ///
    /// How long a condition is waited for stays: a host does not become faster.
    public func accelerated(by factor: Double) -> Scenario {
        guard factor > 0, factor.isFinite else { return self }
        var copy = self
        for index in copy.steps.indices { copy.steps[index].accelerate(by: factor) }
        return copy
    }
}

extension Scenario.Step {
    fileprivate mutating func accelerate(by factor: Double) {
        interval /= factor
        switch start {
        case .after(let pause): start = .after(pause / factor)
        case .at(let time): start = .at(time / factor)
        case .when: break
        }
        if case .change(.loseNetwork(let ssid, let time?)) = action {
            action = .change(.loseNetwork(ssid: ssid, for: time / factor))
        }
    }
}
