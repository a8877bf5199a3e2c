import LinuxIO
import ToolSupport

/// `nina completion`: the completion of options for a shell.
struct CompletionCommand {
    enum Shell: String, CaseIterable {
        case bash, zsh, fish
    }

    static var shells: [String] { Shell.allCases.map(\.rawValue) }

    private let shell: Shell

    init(_ arguments: inout Arguments) throws {
        guard case .word(let word)? = try arguments.next(NoOption.self), let shell = Shell(rawValue: word) else {
            throw UsageError("expected the name of a shell: \(Self.shells.joined(separator: ", "))")
        }
        self.shell = shell
        guard try arguments.next() == nil else { throw arguments.unknown() }
    }

    func run() {
        let completion = Completion(program: "nina", commands: Pages.all, others: [EmulatorOption.page])
        let script =
            switch shell {
            case .bash: completion.bash
            case .zsh: completion.zsh
            case .fish: completion.fish
            }
        StandardOutput.write(script)
    }
}
