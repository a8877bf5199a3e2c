import NINACoprocessor

/// Makes a scenario of what happens to a module: each change is a step, so long after what happened before it, and what became of
/// the module is expected again.
package struct ScenarioRecorder {
    /// The module whose event came first; others are left out.
    private var module: UInt64?
    private var steps: [Scenario.Step] = []
    /// When the last step was recorded, in nanoseconds.
    private var last: UInt64 = 0

    package init() {}

    /// Whether there is nothing to write yet.
    package var isEmpty: Bool { steps.isEmpty }

    /// Takes over an event.
    package mutating func note(_ event: ControlEvent) {
        if module == nil {
            module = event.module
            last = event.time
        }
        guard event.module == module, steps.count < ScenarioFile.mostSteps else { return }
        switch event.event {
        case .changed(let change):
            let pause = Duration.milliseconds(Int64((event.time - min(last, event.time)) / 1_000_000))
            add(Scenario.Step(Self.title(change), .change(change), .after(pause)), at: event.time)
        case .joined: expect("the host joins", .joined(true), at: event.time)
        case .left: expect("the station is without a network", .joined(false), at: event.time)
        case .listening(_, let port): expect("the host listens", .listening(port: port), at: event.time)
        case .booted, .joinFailed, .stoppedListening, .clientCame, .connected, .clientLeft, .command, .faultFired: break
        }
    }

    private mutating func expect(_ name: String, _ condition: Condition, at time: UInt64) {
        add(Scenario.Step(name, .expect(condition, within: Scenario.usualPatience)), at: time)
    }

    private mutating func add(_ step: Scenario.Step, at time: UInt64) {
        steps.append(step)
        last = time
    }

    /// What was recorded.
    package func scenario(named name: String) -> Scenario { Scenario(name, steps) }

    private static func title(_ change: Change) -> String {
        switch change {
        case .addNetwork: "a network comes"
        case .removeNetwork: "a network goes for ever"
        case .loseNetwork: "a network goes"
        case .secret: "a network has another secret"
        case .signal: "the signal changes"
        case .joinDelay: "joins take another time"
        case .failJoins: "joins fail, or not any more"
        case .stationJoins: "a station joins"
        case .stationLeaves: "a station leaves"
        case .pin(let number, _): "pin \(number)"
        case .analog(let number, _): "voltage at pin \(number)"
        case .time: "the time changes"
        case .addFault(let fault): "fault \(fault.id)"
        case .removeFault(let id): "end of fault \(id)"
        case .removeAllFaults: "end of all faults"
        case .reset: "the supply breaks down"
        }
    }
}
