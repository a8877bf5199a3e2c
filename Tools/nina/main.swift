import Glibc
import LinuxIO
import NINALink
import NINATransport
import ToolSupport
import WiFiNINA

let usage = """
    nina: tools for WiFiNINA coprocessors

      nina demo [--for SECONDS] [--port N] [--quiet] [--max-sockets N] [--overflow queue|reset|drop] [--address ADDR]
                                 starts an emulator and serves a web site through it
      nina demo --transport T [--for SECONDS] [--port N] [--quiet]
                                 the same through a coprocessor that is there, which joins the network lab-net
      nina example NAME [--ssid S] [--pass P] [--user U] [--host H] [--port N] [--led PIN] [--rounds N] [--every SECONDS]
                        [--transport T | -- OPTIONS OF NINA-EMULATOR]
                                 one of Arduino's sketches; its own emulator unless T or NINA_TRANSPORT names another
      nina example               lists them
      nina info [--transport T]  firmware, hardware address, networks, address of a coprocessor
      nina probe [--transport T] looks at the wires of a module one after the other and says what is wrong; see RaspberryPi.md
      nina bench [--pin] [--json] [--seconds N] [--bsd]
                                 commands per second and bytes per second, against a raw socket echo;
                                 --bsd: the bytes go over BSD sockets
      nina bench --fleet N       N coprocessors in one process: memory for each, commands per second in total
      nina commands              every command of the protocol as JSON
      nina commands --coverage   which firmware profile serves which command, as Markdown
      nina --version, --help

    A transport is unix:PATH, the socket of an emulator, or spi:DEVICE,cs=LINE,ready=LINE[,reset=LINE][,irq=LINE][,hz=N], a
    module that is wired to this machine; a LINE is CHIP:OFFSET or a name. Without one NINA_TRANSPORT counts, else the
    emulator's default socket.
    Exit status: 0, 1 for a failure, 2 for wrong usage, 3 when no coprocessor is there, or a step of the probe has failed.

    """

func fail(_ message: String, status: Int32) -> Never {
    StandardError.write("nina: \(message)\n")
    exit(status)
}

func runTool() throws {
    if CommandLine.arguments.dropFirst(2).contains("--help") {
        StandardOutput.write(usage)
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
    case "--help", "-h": StandardOutput.write(usage)
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
