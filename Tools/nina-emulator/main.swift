import LinuxLibc
import LinuxIO
import NINAControlLinux
import NINACoprocessorLinux
import NINATransport
import ToolSupport

func fail(_ message: String, status: Int32) -> Never {
    StandardError.write("nina-emulator: \(message)\n")
    exit(status)
}

/// Prints what was asked for.
func show(_ text: String) {
    StandardOutput.write(text)
    guard let failure = StandardOutput.failure else { return }
    // A reader that has read enough is told nothing.
    guard failure.errno != .brokenPipe else { exit(1) }
    fail("the output is not complete: \(failure)", status: 1)
}

/// Advice for an error of a device.
func deviceHint(_ errno: Errno) -> String {
    switch errno {
    case .noEntry: "\nThere is no such device; is the kernel module of Tools/kernel loaded?"
    case .busy: "\nAnother program already serves that device."
    case .accessDenied: "\nThis user may not open the device; see Tools/kernel/README.md."
    case .isDirectory: "\nThat is a folder, not a device such as /dev/nina0."
    case .tooManyLinks: "\nThe path has symbolic links that lead in a circle."
    case .readOnlyFileSystem: "\nThat file system is read-only."
    case .notTerminal, .notPermitted: "\nThat is not a device of the kernel module of Tools/kernel."
    default: ""
    }
}

/// Advice for an error of the file of authorities.
func authoritiesHint(_ errno: Errno) -> String {
    switch errno {
    case .noEntry, .notDirectory: "\n--ca-file: there is no such file."
    case .isDirectory, .invalidArgument: "\n--ca-file needs a file with certificates in PEM."
    case .accessDenied, .notPermitted: "\n--ca-file: this user may not read that file."
    case .tooManyLinks: "\n--ca-file: the path has symbolic links that lead in a circle."
    default: "\n--ca-file cannot be read."
    }
}

/// Advice for an error of the trace's file.
func traceHint(_ errno: Errno) -> String {
    switch errno {
    case .invalidArgument, .isDirectory: "\n--trace needs a plain file."
    case .tooManyLinks: "\n--trace: the file may not be a symbolic link."
    case .notPermitted: "\n--trace: the file belongs to another user."
    default: "\n--trace: the file cannot be written."
    }
}

/// Advice for an error of the control channel or the metrics; nil for another error.
func controlHint(_ error: LinuxError, _ control: ControlOptions?) -> String? {
    if let path = control?.path, error.context == path {
        return switch error.errno {
        case .addressInUse: "\n--control: another emulator has its control channel there."
        case .notSocket: "\n--control: the path exists and is not a socket; it was left unchanged."
        default: "\n--control: the socket cannot be created there."
        }
    }
    if let place = control?.metrics, error.context == "\(place)" { return "\n--metrics: that port cannot be served." }
    return nil
}

/// Advice for an error of the link's socket, of a device or of the storage.
func hint(_ error: LinuxError, _ options: EmulatorOptions?) -> String {
    if options?.devicePaths.contains(error.context) ?? false { return deviceHint(error.errno) }
    if let authorities = options?.authorities, error.context == authorities { return authoritiesHint(error.errno) }
    if let trace = options?.trace?.path, error.context == trace { return traceHint(error.errno) }
    let isStorage = options?.storagePath.map { error.context == $0 || error.context.hasPrefix($0 + "/") } ?? false
    return switch error.errno {
    case .wouldBlock where isStorage: "\nAnother nina-emulator stores its files there; choose another --storage."
    case .notDirectory where isStorage, .noEntry where isStorage, .accessDenied where isStorage:
        "\nFiles cannot be stored there; choose another --storage."
    case .isDirectory where isStorage:
        "\nA folder is where the storage needs a file; choose another --storage."
    case .tooManyLinks where isStorage:
        "\nThe path has symbolic links that lead in a circle, or that the storage does not follow; choose another --storage."
    case .readOnlyFileSystem where isStorage: "\nThat file system is read-only; choose another --storage."
    case .notPermitted where isStorage:
        "\nThe lock file belongs to another user, who could keep it locked: remove it, or choose another --storage."
    case .wouldBlock: "\nAnother program of this user has locked the folder of the socket; choose another --socket."
    case .noProcess: "\nThe process named by --end-with has ended already."
    case .addressInUse: "\nAnother nina-emulator listens there; choose another --socket."
    case .notSocket: "\nThe path exists and is not a socket; it was left unchanged."
    case .isDirectory: "\nThe path of the link's socket is a folder; choose another --socket."
    case .tooManyLinks:
        "\nThe path of the link's socket has symbolic links that lead in a circle; choose another --socket."
    case .readOnlyFileSystem: "\nThe link's socket would be on a read-only file system; choose another --socket."
    case .noEntry, .notDirectory, .accessDenied: "\nThe link's socket cannot be created there; choose another --socket."
    case .addressNotAvailable: "\nThe address is not one of this machine."
    default: ""
    }
}

/// What is said when the time of `--timeout` was over; nil when it was not.
func timeIsOver(_ ending: Emulator.Ending, _ limit: Duration?) -> String? {
    let seconds = limit?.components.seconds ?? 0
    return switch ending {
    case .done: nil
    case .noHostCame: "no host has come within the \(seconds) s of --timeout"
    case .hostStayed: "a host was still there after the \(seconds) s of --timeout"
    }
}

Signals.ignoreBrokenPipes()
var optionsInUse: EmulatorOptions?
var controlInUse: ControlOptions?
do {
    var parser = OptionParser(CommandLine.arguments.dropFirst())
    switch try parser.parse() {
    case .help: show(EmulatorOption.page.help(columns: StandardOutput.columns))
    case .version: show("nina-emulator \(toolVersion)\n")
    case .listFirmware: show(Capabilities.table)
    case .capabilities: show(Capabilities.json)
    case .run(var options, let controlOptions, let usesStandardSocket, let keepsAddress):
        if usesStandardSocket { options.socketPath = try Transport.makeStandardSocketPath() }
        optionsInUse = options
        controlInUse = controlOptions
        if let authorities = options.authorities { try FileAccess.checkReadable(path: authorities) }
        try options.checkTLS()
        let control = controlOptions.isEmpty ? nil : ControlService(controlOptions)
        let emulator = try Emulator(options, service: control)
        let places = (options.socketPath.map { ["unix:" + $0] } ?? []) + options.devicePaths
        if keepsAddress { StandardOutput.write("nina-emulator address \(try emulator.keepAddress())\n") }
        if let place = control?.metricsPlace { StandardOutput.write("nina-emulator metrics http://\(place)/metrics\n") }
        StandardOutput.write("nina-emulator ready \(places.joined(separator: " "))\n")
        let ending = try emulator.run()
        if let text = timeIsOver(ending, options.timeLimit) { fail(text, status: 42) }
    }
} catch let error as UsageError {
    fail("\(error)\nTry 'nina-emulator --help'.", status: 2)
} catch let error as TLSUnavailable {
    fail("TLS is not available: \(error)\nChoose another --ca-file or --tls-library.", status: 3)
} catch let error as LinuxError {
    fail("\(error)\(controlHint(error, controlInUse) ?? hint(error, optionsInUse))", status: 3)
}
