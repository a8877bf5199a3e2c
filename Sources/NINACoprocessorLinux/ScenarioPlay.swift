import NINACoprocessor

/// The scenario of an emulator. It happens to the coprocessor whose host sends the first command: a port check sends none.
final class ScenarioPlay {
    private let scenario: Scenario
    private let log: Log
    private var device: ScenarioDevice?

    init(_ scenario: Scenario, _ log: Log) {
        self.scenario = scenario
        self.log = log
    }

    /// The device for a new coprocessor.
    func device(for coprocessor: Coprocessor, _ source: LogSource) -> ScenarioDevice {
        weak var device: ScenarioDevice?
        let new = ScenarioDevice(coprocessor) { [unowned self] in claim(device, source) }
        device = new
        return new
    }

    private func claim(_ claimer: ScenarioDevice?, _ source: LogSource) -> Scenario? {
        guard device == nil else { return nil }
        device = claimer
        let name = scenario.name
        log.write(.info, from: source, "scenario '\(name)' begins")
        device?.onStep = { [log] in log.write(.info, from: source, "scenario, after \($1.secondsText): \($0)") }
        device?.onEnd = { [log] failure in
            if let failure {
                log.write(.error, from: source, "\(failure)")
            } else {
                log.write(.info, from: source, "scenario '\(name)' is over, all was as expected")
            }
        }
        return scenario
    }

    /// Why it has failed, or what is left of it; nil when it has passed.
    var failure: String? {
        guard let run = device?.run else { return "scenario '\(scenario.name)': no host has sent a command" }
        return run.failureAtEnd.map { "\($0)" }
    }
}
