import Testing
import ToolSupport

/// The help texts of both tools.
@Suite(.serialized, .timeLimit(.minutes(10))) struct HelpTests {
    static let commands = [
        "demo", "run", "example", "info", "probe", "ctl", "decode", "bench", "commands", "manual", "completion",
    ]

    private func expectNarrow(_ text: String) {
        for line in text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        #expect(!text.contains("\u{1B}"))
    }

    @Test(arguments: commands) func eachCommandHasAPage(command: String) throws {
        let page = try ProcessTests.run("nina", ["help", command])
        #expect(page.status == .exited(0))
        #expect(page.output.hasPrefix("nina \(command)"))
        for arguments in [[command, "--help"], [command, "-h"]] {
            let same = try ProcessTests.run("nina", arguments)
            #expect(same.status == .exited(0))
            #expect(same.output == page.output)
        }
        expectNarrow(page.output)
    }

    @Test func theSummaryNamesEveryCommand() throws {
        let summary = try ProcessTests.run("nina", ["help"])
        #expect(summary.status == .exited(0))
        for command in Self.commands { #expect(summary.output.contains("nina \(command) ")) }
        #expect(try ProcessTests.run("nina", ["--help"]).output == summary.output)
        expectNarrow(summary.output)
        expectNarrow(try ProcessTests.run("nina-emulator", ["--help"]).output)
    }

    /// In a narrow terminal only names that cannot be divided are longer than its lines.
    @Test func theHelpFitsANarrowTerminal() {
        for line in EmulatorOption.page.help(columns: 40).split(separator: "\n") where line.count > 40 {
            #expect(line.hasPrefix("  --") && line.split(separator: " ").count == 2, "\(line)")
        }
        #expect(EmulatorOption.page.help(columns: 100) == EmulatorOption.page.help(columns: nil))
    }

    @Test func theTablesAreNarrow() throws {
        let profiles = try ProcessTests.run("nina-emulator", ["--list-firmware"])
        #expect(profiles.status == .exited(0))
        expectNarrow(profiles.output)
        #expect(profiles.output.contains("\narduino-2.0.0 ") && profiles.output.contains("\n    WRITE_FILE appends\n"))
        let examples = try ProcessTests.run("nina", ["example"])
        #expect(examples.status == .exited(0))
        expectNarrow(examples.output)
    }

    /// From the line that begins with the option to the next one.
    @Test(arguments: [("nina-emulator", ["--help"])] + commands.map { ("nina", ["help", $0]) })
    func eachOptionHasItsDefault(program: String, arguments: [String]) throws {
        let help = try ProcessTests.run(program, arguments).output
        var options: [String] = []
        for line in help.split(separator: "\n", omittingEmptySubsequences: false) {
            let text = line.drop { $0 == " " }
            if text.hasPrefix("--"), line.count > text.count, line.count - text.count < 8 {
                options.append(String(line))
            } else if text.isEmpty || line.count == text.count {
                options.append("")
            } else if let last = options.last, last != "" {
                options[options.count - 1] = last + "\n" + line
            }
        }
        // Those print something and end, and one has its default with its first form.
        let without = ["--list-firmware", "--print-capabilities", "--version", "--help", "--firmware arduino"]
        for option in options where !option.isEmpty {
            let text = option.drop { $0 == " " }
            #expect(option.contains("Default:") || without.contains { text.hasPrefix($0) }, "\(program): \(option)")
        }
    }

    @Test(arguments: [
        (["demo", "--no-such-option"], "nina help demo"), (["demo", "--port", "0"], "nina help demo"),
        (["demo", "--transport", "none"], "nina help demo"), (["demo", "--overflow", "wait"], "nina help demo"),
        (["example", "NoSuchExample"], "nina help example"), (["bench", "stray"], "nina help bench"),
        (["help", "none"], "nina help"), (["help", "demo", "more"], "nina help"), (["none"], "nina help"),
        ([], "nina help"),
    ])
    func wrongUsageNamesTheHelp(arguments: [String], hint: String) throws {
        let result = try ProcessTests.run("nina", arguments, environment: ["NINA_TRANSPORT": ""])
        #expect(result.status == .exited(2))
        #expect(result.errors.contains("Try '\(hint)'"), "\(result.errors)")
        #expect(result.output.isEmpty)
    }
}
