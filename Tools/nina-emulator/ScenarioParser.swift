import LinuxIO
import NINAControl
import NINACoprocessor
import ToolSupport

/// Collects the options of a scenario, which come in any order.
struct ScenarioParser {
    private var scenario: Scenario?
    /// How many times shorter its pauses are.
    var speed: Int?

    /// Reads the file.
    mutating func read(_ arguments: inout Arguments) throws {
        let path = try arguments.value()
        do {
            scenario = try ScenarioFile.read(try InputFile.read(path, limit: ScenarioFile.limit), file: path)
        } catch let error as ScenarioFileError {
            throw UsageError("--scenario: \(error)")
        } catch let error as LinuxError {
            throw UsageError("--scenario: \(error)")
        }
    }

    /// Nil without a scenario.
    func options() throws -> Scenario? {
        guard speed == nil || scenario != nil else { throw UsageError("--scenario-speed needs --scenario") }
        return speed.map { scenario?.accelerated(by: Double($0)) } ?? scenario
    }
}
