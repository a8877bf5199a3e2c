import Glibc
import LinuxIO
import NINACoprocessorLinux
import ToolSupport

func fail(_ message: String, status: Int32) -> Never {
    StandardError.write("nina-emulator: \(message)\n")
    exit(status)
}

do {
    var parser = OptionParser(CommandLine.arguments.dropFirst())
    switch try parser.parse() {
    case .help: StandardOutput.write(usage)
    case .version: StandardOutput.write("nina-emulator \(toolVersion)\n")
    case .run(let options):
        // A log that nobody reads any more is no reason to end.
        Signals.ignoreBrokenPipes()
        let emulator = try Emulator(options)
        StandardOutput.write("nina-emulator ready unix:\(options.socketPath)\n")
        try emulator.run()
    }
} catch let error as UsageError {
    fail("\(error)\nTry 'nina-emulator --help'.", status: 2)
} catch let error as LinuxError {
    fail("\(error)", status: 3)
}
