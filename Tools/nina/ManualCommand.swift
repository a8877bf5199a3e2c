import LinuxIO
import ToolSupport

/// `nina manual`: the page of a program for `man`.
struct ManualCommand {
    static let programs = ["nina", "nina-emulator"]

    private let program: String

    init(_ arguments: inout Arguments) throws {
        guard case .word(let word)? = try arguments.next(NoOption.self), Self.programs.contains(word) else {
            throw UsageError("expected the name of a program: \(Self.programs.joined(separator: " or "))")
        }
        program = word
        guard try arguments.next() == nil else { throw arguments.unknown() }
    }

    func run() {
        let manual =
            program == "nina"
            ? Manual(Pages.summary, commands: Pages.all, seeAlso: "nina-emulator")
            : Manual(EmulatorOption.page, seeAlso: "nina")
        StandardOutput.write(manual.text)
    }
}
