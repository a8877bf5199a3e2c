import LinuxProcesses
import ToolSupport

extension EmulatorProcess {
    /// What the emulator has said of its scenario, if that has failed; nil otherwise.
    func scenarioFailure(_ options: RunOptions, _ log: RunLog) -> String? {
        guard options.emulator.contains(EmulatorOption.scenario.rawValue), status == .exited(1) else { return nil }
        return Self.sentences(log.lastLines).joined(separator: ". ")
    }
}
