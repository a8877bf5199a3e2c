import Glibc
import LinuxIO
import NINALink
import NINATransport
import ToolSupport
import WiFiNINA

func fail(_ message: String, status: Int32) -> Never {
    StandardError.write("nina: \(message)\n")
    exit(status)
}

func runTool() throws {
    if CommandLine.arguments.dropFirst(2).contains("--help") {
        StandardOutput.write(Help.text(for: CommandLine.arguments[1]) ?? Help.summary)
        return
    }
    var arguments = Arguments(CommandLine.arguments.dropFirst())
    switch try arguments.next() {
    case "demo": try DemoCommand(&arguments).run()
    case "example": try ExampleCommand(&arguments).run()
    case "info": try InfoCommand(&arguments).run()
    case "probe":
        guard try ProbeCommand(&arguments).run() else { exit(3) }
    case "bench": try BenchCommand(&arguments).run()
    case "commands": try CommandsCommand(&arguments).run()
    case EchoCommand.name: try EchoCommand(&arguments).run()
    case "--help", "-h": StandardOutput.write(Help.summary)
    case "--version": StandardOutput.write("nina \(toolVersion)\n")
    case nil: throw UsageError("expected a command")
    case let command?:
        throw UsageError("unknown command '\(command)'; commands are demo, example, info, probe, bench and commands")
    }
}

Signals.ignoreBrokenPipes()
do {
    try runTool()
} catch let error as UsageError {
    fail("\(error)\nTry 'nina --help'.", status: 2)
} catch let error as Transport.ParseError {
    fail("\(error)", status: 2)
} catch let error as TransportError {
    fail("\(error)", status: 3)
} catch {
    fail("\(error)", status: 1)
}
