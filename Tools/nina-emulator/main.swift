import Glibc
import LinuxIO
import NINACoprocessorLinux
import NINATransport
import ToolSupport

func fail(_ message: String, status: Int32) -> Never {
    StandardError.write("nina-emulator: \(message)\n")
    exit(status)
}

/// Advice for an error of a device.
func deviceHint(_ errno: Errno) -> String {
    switch errno {
    case .noEntry: "\nThere is no such device; is the kernel module of Tools/kernel loaded?"
    case .busy: "\nAnother program already serves that device."
    case .accessDenied: "\nThis user may not open the device; see Tools/kernel/README.md."
    case .notTerminal, .notPermitted: "\nThat is not a device of the kernel module of Tools/kernel."
    default: ""
    }
}

/// Advice for an error of the link's socket, of a device or of the storage.
func hint(_ error: LinuxError, _ options: EmulatorOptions?) -> String {
    if options?.devicePaths.contains(error.context) ?? false { return deviceHint(error.errno) }
    let isStorage = options?.storagePath.map { error.context.hasPrefix($0) } ?? false
    return switch error.errno {
    case .wouldBlock where isStorage: "\nAnother nina-emulator stores its files there; choose another --storage."
    case .notDirectory where isStorage, .noEntry where isStorage, .accessDenied where isStorage:
        "\nFiles cannot be stored there; choose another --storage."
    case .notPermitted where isStorage:
        "\nThe lock file belongs to another user, who could keep it locked: remove it, or choose another --storage."
    case .wouldBlock: "\nAnother program of this user has locked the folder of the socket; choose another --socket."
    case .noProcess: "\nThe process named by --end-with has ended already."
    case .addressInUse: "\nAnother nina-emulator listens there; choose another --socket."
    case .notSocket: "\nThe path exists and is not a socket; it was left unchanged."
    case .noEntry, .accessDenied: "\nThe link's socket cannot be created there; choose another --socket."
    case .addressNotAvailable: "\nThe address is not one of this machine."
    default: ""
    }
}

Signals.ignoreBrokenPipes()
var optionsInUse: EmulatorOptions?
do {
    var parser = OptionParser(CommandLine.arguments.dropFirst())
    switch try parser.parse() {
    case .help: StandardOutput.write(usage)
    case .version: StandardOutput.write("nina-emulator \(toolVersion)\n")
    case .listFirmware: StandardOutput.write(Capabilities.table)
    case .capabilities: StandardOutput.write(Capabilities.json)
    case .run(var options, let usesStandardSocket):
        if usesStandardSocket { options.socketPath = try Transport.makeStandardSocketPath() }
        optionsInUse = options
        let emulator = try Emulator(options)
        let places = (options.socketPath.map { ["unix:" + $0] } ?? []) + options.devicePaths
        StandardOutput.write("nina-emulator ready \(places.joined(separator: " "))\n")
        try emulator.run()
    }
} catch let error as UsageError {
    fail("\(error)\nTry 'nina-emulator --help'.", status: 2)
} catch let error as LinuxError {
    fail("\(error)\(hint(error, optionsInUse))", status: 3)
}
