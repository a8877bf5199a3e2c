/// What is wrong with a line, a file or an argument: in which field, what was expected and what came.
package struct FieldError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The key, or `line` for the text as a whole.
    package var field: String
    package var problem: String

    package init(_ field: String, _ problem: String) {
        self.field = field
        self.problem = problem
    }

    package init(_ field: String, expected: String, got: String) {
        self.init(field, "expected \(expected), got \(got)")
    }

    package var description: String { "\(field): \(problem)" }

    /// A piece of the input, without what a terminal would interpret, and not long: whoever sent it chose it.
    package static func quote(_ text: some StringProtocol) -> String {
        var shown = ""
        for scalar in text.unicodeScalars.prefix(40) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                shown += scalar.escaped(asASCII: true)
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return "'\(shown)\(text.unicodeScalars.dropFirst(40).isEmpty ? "" : "...")'"
    }
}
