import FoundationEssentials
import NINACoprocessor

/// Scenarios as JSON: Protocol/scenario.md.
public enum ScenarioFile {
    /// The version that this program reads and writes.
    public static let format = 1
    /// The most steps.
    public static let mostSteps = 10_000
    /// The longest file, in bytes.
    public static let limit = 1 << 20

    /// Reads a scenario.
    /// - Parameters:
    ///   - bytes: the text, UTF-8.
    ///   - file: its name, for errors.
    /// - Throws: an error that names line, step and field.
    public static func read(_ bytes: [UInt8], file: String) throws(ScenarioFileError) -> Scenario {
        guard bytes.count <= limit else {
            throw ScenarioFileError(file: file, line: 1, field: "", problem: "longer than \(limit) bytes")
        }
        let places: JSONPlaces
        do throws(JSONPlaces.Failure) {
            places = try JSONPlaces(bytes, keeping: 2)
        } catch {
            let field = error.path.joined(separator: ".")
            throw ScenarioFileError(file: file, line: error.line, field: field, problem: error.problem)
        }
        return try Reading(places: places, bytes: bytes, file: file).scenario()
    }

    /// The text of a scenario.
    public static func text(_ scenario: Scenario, about: String? = nil) -> String {
        var lines = [#""nina-scenario": \#(format)"#, #""name": \#(quoted(scenario.name))"#]
        if let about { lines.append(#""about": \#(quoted(about))"#) }
        if scenario.rounds > 1 { lines.append(#""repeat": \#(scenario.rounds)"#) }
        // The name first, for whoever reads the file.
        let steps = scenario.steps.map { step in
            "    {\"name\": \(quoted(step.name)), " + json(StepForm(step: step)).dropFirst()
        }
        lines.append("\"steps\": [\n" + steps.joined(separator: ",\n") + "\n  ]")
        return "{\n  " + lines.joined(separator: ",\n  ") + "\n}\n"
    }

    private static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Nothing in a scenario is infinite, which would be all that cannot be encoded.
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    private static func quoted(_ text: String) -> String { json([text]).dropFirst().dropLast() + "" }
}

/// A file that is read: the text outside the steps as one object, and each step as one, so that an error has its place.
private struct Reading {
    let places: JSONPlaces
    let bytes: [UInt8]
    let file: String

    func scenario() throws(ScenarioFileError) -> Scenario {
        let head: HeadForm
        do throws(FieldError) {
            head = try ControlCoding.decode(HeadForm.self, from: bytes)
        } catch {
            throw failure(error, in: [], step: nil)
        }
        var scenario = Scenario(head.name, [])
        scenario.rounds = head.rounds
        for index in 0..<head.stepCount { scenario.steps.append(try step(index)) }
        try checkOrder(scenario.steps)
        return scenario
    }

    private func step(_ index: Int) throws(ScenarioFileError) -> Scenario.Step {
        let path = ["steps", "\(index)"]
        let text = places.value(at: path) ?? []
        do throws(FieldError) {
            return try ControlCoding.decode(StepForm.self, from: text).step
        } catch {
            let name = (try? ControlCoding.decode(NameForm.self, from: text))?.name
            throw failure(error, in: path, step: Self.title(index, name))
        }
    }

    private func checkOrder(_ steps: [Scenario.Step]) throws(ScenarioFileError) {
        var latest = Duration.zero
        for (index, step) in steps.enumerated() {
            guard case .at(let time) = step.start else { continue }
            guard time >= latest else {
                let error = FieldError(
                    "at", expected: "at least the \(latest.secondsText) of a step above: they are done in order",
                    got: time.secondsText)
                throw failure(error, in: ["steps", "\(index)"], step: Self.title(index, step.name))
            }
            latest = time
        }
    }

    private static func title(_ index: Int, _ name: String?) -> String {
        "step \(index + 1)" + (name.map { " " + FieldError.quote($0) } ?? "")
    }

    private func failure(_ error: FieldError, in path: [String], step: String?) -> ScenarioFileError {
        // An unknown field is named in quotes.
        let name = error.field.hasPrefix("'") ? String(error.field.dropFirst().dropLast()) : error.field
        let line = places.line(of: name, in: path)
        return ScenarioFileError(
            file: file, line: line, step: step, field: name == "line" ? "" : name, problem: error.problem)
    }
}

/// What is outside the steps.
private struct HeadForm: Decodable {
    let name: String
    let rounds: Int
    let stepCount: Int

    init(from decoder: any Decoder) throws {
        var fields = try Fields(decoder)
        let format = try fields.number("nina-scenario", 0...Int.max)
        guard format == ScenarioFile.format else {
            throw FieldError("nina-scenario", expected: "\(ScenarioFile.format)", got: "\(format)")
        }
        name = try fields.text("name", 1...100)
        // For whoever reads the file.
        _ = try fields.optionalText("about", 0...10_000)
        rounds = try fields.optionalNumber("repeat", 1...1_000_000) ?? 1
        stepCount = try fields.required("steps", [Anything].self, "a list of steps").count
        guard (1...ScenarioFile.mostSteps).contains(stepCount) else {
            throw FieldError("steps", expected: "1 to \(ScenarioFile.mostSteps) steps", got: "\(stepCount)")
        }
        try fields.finish("a scenario")
    }
}

/// The name of a step that may have an error.
private struct NameForm: Decodable {
    let name: String?

    init(from decoder: any Decoder) throws {
        var fields = try Fields(decoder)
        name = try fields.optionalText("name", 1...100)
    }
}

/// Any value; it is read elsewhere.
private struct Anything: Decodable {
    init(from decoder: any Decoder) throws {}
}
