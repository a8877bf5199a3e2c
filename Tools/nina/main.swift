import LinuxLibc
import LinuxIO
import NINALink
import NINATransport
import ToolSupport
import WiFiNINA

func fail(_ message: String, status: Int32) -> Never {
    StandardError.write("nina: \(message)\n")
    exit(status)
}

/// Where the help for the command on the command line is.
var helpHint: String {
    guard let command = CommandLine.arguments.dropFirst().first, Help.text(for: command) != nil else {
        return "Try 'nina help' or 'nina --help'."
    }
    return "Try 'nina help \(command)' or 'nina \(command) --help'."
}

/// Prints the page of a command, or the summary without one.
func printHelp(_ arguments: inout Arguments) throws {
    guard let command = try arguments.next() else { return StandardOutput.write(Help.summary) }
    guard let text = Help.text(for: command) else {
        throw UsageError("there is no help for '\(command)'; commands are \(Help.commandNames)")
    }
    guard try arguments.next() == nil else { throw arguments.unknown() }
    StandardOutput.write(text)
}

func runTool() throws {
    // Options after '--' are another program's.
    let own = CommandLine.arguments.dropFirst(2).prefix { $0 != "--" }
    if own.contains("--help") || own.contains("-h"), let text = Help.text(for: CommandLine.arguments[1]) {
        return StandardOutput.write(text)
    }
    var arguments = Arguments(CommandLine.arguments.dropFirst())
    switch try arguments.next(SummaryOption.self) {
    case .option(.help): StandardOutput.write(Help.summary)
    case .option(.version): StandardOutput.write("nina \(toolVersion)\n")
    case .word(let command): try runCommand(command, &arguments)
    case .separator, nil: throw UsageError("expected a command")
    }
}

func runCommand(_ command: String, _ arguments: inout Arguments) throws {
    switch command {
    case "demo": try DemoCommand(&arguments).run()
    case "run": exit(try RunCommand(&arguments).run())
    case "sketch": exit(try SketchCommand(&arguments).run())
    case "example": try ExampleCommand(&arguments).run()
    case "info": try InfoCommand(&arguments).run()
    case "probe":
        guard try ProbeCommand(&arguments).run() else { exit(3) }
    case "ctl": try CtlCommand(&arguments).run()
    case "decode":
        let status = try DecodeCommand(&arguments).run()
        guard status == 0 || StandardOutput.failure != nil else { exit(status) }
    case "watch": exit(try WatchCommand(&arguments).run())
    case "report":
        let status = try ReportCommand(&arguments).run()
        guard status == 0 || StandardOutput.failure != nil else { exit(status) }
    case "bench": try BenchCommand(&arguments).run()
    case "commands": try CommandsCommand(&arguments).run()
    case "manual": try ManualCommand(&arguments).run()
    case "completion": try CompletionCommand(&arguments).run()
    case EchoCommand.name: try EchoCommand(&arguments).run()
    case "help": try printHelp(&arguments)
    default:
        throw UsageError("unknown command '\(command)'; commands are \(Help.commandNames)")
    }
}

Signals.ignoreBrokenPipes()
do {
    try runTool()
    if let failure = StandardOutput.failure {
        // A reader that has read enough is told nothing.
        guard failure.errno != .brokenPipe else { exit(1) }
        fail("the output is not complete: \(failure)", status: 1)
    }
} catch let error as UsageError {
    fail("\(error)\n\(helpHint)", status: 2)
} catch let error as RunFailure {
    fail("\(error)", status: error.status)
} catch let error as Transport.ParseError {
    fail("\(error)\n\(helpHint)", status: 2)
} catch let error as TransportError {
    fail("\(error)", status: 3)
} catch {
    fail("\(error)", status: 1)
}
