import Foundation
import LinuxIO
import Testing

/// The manual and the completions, which are made from the table of options.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ManualTests {
    /// The manual or a completion in a file of its own.
    private final class Output {
        let path: String

        init(_ arguments: [String]) throws {
            path = "\(Environment.temporaryDirectory)/nina-test-manual-\(UInt32.random(in: 0 ... .max)).1"
            let result = try ProcessTests.run("nina", arguments)
            try #require(result.status == .exited(0) && result.errors.isEmpty)
            try result.output.write(toFile: path, atomically: false, encoding: .utf8)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        var text: String { get throws { try String(contentsOfFile: path, encoding: .utf8) } }
    }

    private static func isInstalled(_ program: String) -> Bool {
        ["/usr/bin", "/bin"].contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }

    /// The options of the help texts of `nina` and `nina-emulator`, `--name` each.
    private static func options(of program: String) throws -> Set<String> {
        let commands = program == "nina" ? HelpTests.commands.map { ["help", $0] } + [["--help"]] : [["--help"]]
        var options: Set<String> = []
        for arguments in commands {
            for line in try ProcessTests.run(program, arguments).output.split(separator: "\n")
            where line.hasPrefix("  --") && !line.hasPrefix("   ") {
                options.insert(String(line.dropFirst(2).prefix { $0 != " " && $0 != "," }))
            }
        }
        return options
    }

    @Test(arguments: ["nina", "nina-emulator"]) func theManualNamesEachOption(program: String) throws {
        let text = try Output(["manual", program]).text
        let options = try Self.options(of: program)
        #expect(options.count >= (program == "nina" ? 25 : 30))
        for option in options { #expect(text.contains("\n.It Fl \(option.dropFirst())"), "\(option)") }
    }

    @Test(.enabled(if: isInstalled("mandoc")), arguments: ["nina", "nina-emulator"])
    func theManualHasNoFaults(program: String) throws {
        let page = try Output(["manual", program])
        let result = try ProcessTests.run(path: "/usr/bin/mandoc", ["-T", "lint", page.path])
        #expect(result.status == .exited(0) && result.output.isEmpty && result.errors.isEmpty, "\(result)")
    }

    private static let sketches =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
        + "/Adapters/arduino/sketches"

    /// Command lines, and some of what completes their last words.
    private static let lines: [(words: [String], completions: [String])] = [
        (["nina", "ru"], ["run"]), (["nina", "run", "--firmw"], ["--firmware"]),
        (["nina", "run", "--firmware", "ard"], ["arduino-1.4.8", "arduino-2.0.0"]),
        (["nina", "bench", "--sto"], ["--storage"]), (["nina", "example", "SimpleW"], ["SimpleWebServerWiFi"]),
        (["nina", "run", "--log", "/etc/pass"], ["/etc/passwd"]),
        (["nina", "run", "--", "cat", "/etc/pass"], ["/etc/passwd"]),
        (["nina", "sketch", "--timeout", "5", "\(sketches)/Version/V"], ["\(sketches)/Version/Version.ino"]),
        (["nina-emulator", "--sockets"], ["--sockets-without-join"]),
        (["nina-emulator", "--overflow", "dr"], ["drop"]), (["nina-emulator", "--storage", "/us"], ["/usr"]),
    ]

    @Test(.enabled(if: isInstalled("bash"))) func bashCompletes() throws {
        let script = try Output(["completion", "bash"])
        for (words, completions) in Self.lines {
            let program = """
                compopt() { :; }  # only for a completion that bash itself has asked for
                source "$0"
                COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
                $(complete -p "$1" | sed 's/.* -F \\([^ ]*\\) .*/\\1/')
                printf '%s\\n' "${COMPREPLY[@]}"
                """
            let result = try ProcessTests.run(path: "/bin/bash", ["-c", program, script.path] + words)
            #expect(result.errors.isEmpty, "\(result.errors)")
            let found = Set(result.output.split(separator: "\n").map(String.init))
            #expect(found.isSuperset(of: completions), "\(words): \(found)")
        }
    }

    @Test(.enabled(if: isInstalled("fish"))) func fishCompletes() throws {
        let script = try Output(["completion", "fish"])
        for (words, completions) in Self.lines {
            let result = try ProcessTests.run(
                path: "/usr/bin/fish",
                [
                    "--no-config", "-c", "source $argv[1]; complete -C $argv[2]", script.path,
                    words.joined(separator: " "),
                ])
            #expect(result.errors.isEmpty, "\(result.errors)")
            let found = result.output.split(separator: "\n").map { $0.prefix { $0 != "\t" } }
            for completion in completions { #expect(found.contains { $0.hasPrefix(completion) }, "\(words): \(found)") }
        }
    }

    /// In an interactive shell: only that completes.
    @Test(.enabled(if: isInstalled("zsh"))) func zshCompletes() throws {
        let script = try Output(["completion", "zsh"])
        let program = """
            zmodload zsh/zpty
            zpty shell zsh -f -i
            zpty -w shell "autoload -U compinit && compinit -u -D; source $1; setopt listrowsfirst noautolist"
            zpty -w shell "zstyle ':completion:*' insert-tab false; LISTMAX=1000; COLUMNS=500"
            zpty -w shell "bindkey '^I' list-choices; PS1='<rea''dy>'"
            zpty -r shell answer '*<ready>*'  # its editor has the terminal
            shift
            zpty -n -w shell "$*"$'\\t'
            zpty -n -w shell $'\\C-U'
            zpty -w shell "print finis''hed"
            zpty -r shell answer '*finished*'
            print -r -- $answer
            """
        for (words, completions) in Self.lines {
            let result = try ProcessTests.run(
                path: "/usr/bin/zsh", ["-f", "-c", program, "zsh", script.path, words.joined(separator: " ")])
            for completion in completions {
                #expect(result.output.contains(completion.split(separator: "/").last ?? ""), "\(words): \(result)")
            }
        }
    }
}
