import NINACoprocessor

/// Makes a scenario of what happens to a module: each change is a step, so long after what happened before it, and what became of
/// the module is expected again.
package struct ScenarioRecorder {
    /// The module whose event came first; others are left out.
    private var module: UInt64?
    /// The steps, and when they happened, in nanoseconds.
    private var steps: [(step: Scenario.Step, time: UInt64)] = []
    private var begin: UInt64 = 0
    /// Within so many nanoseconds before a change comes what it has brought about: it is told of last.
    private static let consequence: UInt64 = 20_000_000

    package init() {}

    /// Whether there is nothing to write yet.
    package var isEmpty: Bool { steps.isEmpty }

    /// Takes over an event.
    package mutating func note(_ event: ControlEvent) {
        if module == nil {
            module = event.module
            begin = event.time
        }
        guard event.module == module, steps.count < ScenarioFile.mostSteps else { return }
        switch event.event {
        case .changed(let change): record(change, at: event.time)
        case .joined: expect("the host joins", .joined(true), at: event.time)
        case .left: expect("the station is without a network", .joined(false), at: event.time)
        case .listening(_, let port): expect("the host listens", .listening(port: port), at: event.time)
        case .booted, .joinFailed, .stoppedListening, .clientCame, .connected, .clientLeft, .command, .faultFired: break
        }
    }

    private mutating func record(_ change: Change, at time: UInt64) {
        var index = steps.endIndex
        while index > 0, case .expect = steps[index - 1].step.action, steps[index - 1].time + Self.consequence > time {
            index -= 1
        }
        let last = index > 0 ? steps[index - 1].time : begin
        let pause = Duration.milliseconds(Int64((time - min(last, time)) / 1_000_000))
        let step = Scenario.Step(Self.title(change), .change(change), .after(pause))
        steps.insert((step, time), at: index)
    }

    private mutating func expect(_ name: String, _ condition: Condition, at time: UInt64) {
        steps.append((Scenario.Step(name, .expect(condition, within: Scenario.usualPatience)), time))
    }

    /// What was recorded.
    package func scenario(named name: String) -> Scenario { Scenario(name, steps.map(\.step)) }

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
