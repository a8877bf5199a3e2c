import LinuxIO

/// The output of `nina --help` and `nina COMMAND --help`.
enum Help {
    static var summary: String { Pages.summary.help(columns: StandardOutput.columns) }

    /// The commands that have a page.
    static var commandNames: String {
        let names = Pages.all.map { String($0.name.dropFirst("nina ".count)) }
        return names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
    }

    /// The help of a command; nil for an unknown word.
    static func text(for command: String) -> String? {
        Pages.all.first { $0.name == "nina \(command)" }?.help(columns: StandardOutput.columns)
    }
}
