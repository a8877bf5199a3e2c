/// What is wrong with a scenario's file, and where.
public struct ScenarioFileError: Error, Equatable, Sendable {
    /// The file, as it was named.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// The step, such as `step 3 'the access point goes'`; nil outside the steps.
    public var step: String?
    /// The field with the fields around it, such as `expect.within`; empty for the whole.
    public var field: String
    /// What was expected, and what is there.
    public var problem: String
}

extension ScenarioFileError: CustomStringConvertible {
    /// `file:line: step: field: problem`, a form that editors know.
    public var description: String {
        let parts = ["\(file):\(line)", step, field.isEmpty ? nil : "\"\(field)\"", problem]
        return parts.compactMap { $0 }.joined(separator: ": ")
    }
}
