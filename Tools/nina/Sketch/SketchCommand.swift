import LinuxLibc
import LinuxIO
import LinuxProcesses
import ToolSupport

/// `nina sketch`: compiles an Arduino sketch for this machine, and runs it as `nina run` runs a command.
struct SketchCommand {
    private var options = RunOptions()
    private var sketch: String?
    private var libraries: [String] = []
    private var api: String?
    private var defines: [String] = []
    private var delayCap: Int?
    private var output: String?

    init(_ arguments: inout Arguments) throws {
        while let argument = try arguments.next(OwnOrEmulatorOption<SketchCommandOption>.self) {
            switch argument {
            case .option(.own(let option)): try take(option, &arguments)
            case .option(.emulator(let option)):
                guard !RunCommand.own.contains(option) else {
                    throw UsageError(
                        "\(option.rawValue) is not for 'nina sketch', which starts and ends the emulator itself")
                }
                let value = option.entry.placeholder == nil ? [] : [try arguments.value()]
                options.emulator += [option.rawValue] + value
            case .separator: throw UsageError("unexpected '--': a sketch has no arguments")
            case .word(let word):
                guard sketch == nil else { throw arguments.unknown() }
                sketch = word
            }
        }
        guard let sketch, !sketch.isEmpty else {
            throw UsageError("expected a sketch: nina sketch [OPTIONS] SKETCH.ino")
        }
        options.name = sketch
        if output != nil, let option = runningOptions.first {
            throw UsageError("\(option) is for running the sketch, and --output only compiles it")
        }
    }

    /// The options that a compilation has no use for.
    private var runningOptions: [String] {
        let own: [(SketchCommandOption, Bool)] = [
            (.delayCap, delayCap != nil), (.timeout, options.seconds != nil), (.log, options.log != nil),
        ]
        return own.filter { $0.1 }.map { $0.0.rawValue } + options.emulator.prefix(1)
    }

    private mutating func take(_ option: SketchCommandOption, _ arguments: inout Arguments) throws {
        switch option {
        case .library: libraries.append(try arguments.value())
        case .api: api = try arguments.value()
        case .define: defines.append(try arguments.value())
        case .delayCap: delayCap = try arguments.number(0...86_400_000)
        case .output:
            output = try arguments.value()
            guard output != "" else { throw arguments.error(expected: "a file", got: "") }
        case .timeout: options.seconds = try arguments.number(1...86_400)
        case .log:
            options.log = try arguments.value()
            guard options.log != "" else { throw arguments.error(expected: "a file, or -", got: "") }
        }
    }

    private static let folderPrefix = "nina-sketch-"

    /// - Returns: the exit status, in the process that the user started and in the copy that `nina run` makes.
    func run() throws -> Int32 {
        guard let sketch else { return 2 }
        let parts = try SketchParts(sketch: sketch, libraries: libraries, api: api)
        if let output, let file = SketchFiles.resolved(output), parts.contain(file) {
            throw UsageError("--output: '\(output)' is one of the files that are compiled")
        }
        let source = SketchSource(parts.tabs)
        // Before the compilation, which takes a while.
        try EmulatorProcess.check(options.emulator)
        SketchBuild.catchSignals()
        TemporaryFolder.sweep(prefix: Self.folderPrefix)
        let folder: TemporaryFolder
        do throws(LinuxError) {
            folder = try TemporaryFolder.make(prefix: Self.folderPrefix)
        } catch {
            throw RunFailure(RunFailure.noFolder, "no folder for the program can be made: \(error)")
        }
        // The copy removes it also if this process is killed.
        defer { folder.remove() }
        let program = output ?? "\(folder.directory.path)/sketch"
        let build = try SketchBuild(in: folder.directory.path, libraries: SketchLibraries(libraries, sketch: sketch))
        try build.run(parts, source, defines: defines, program: program)
        try SketchBuild.checkSignals()
        guard output == nil else { return 0 }
        if let delayCap { setenv("NINA_DELAY_CAP", "\(delayCap)", 1) }
        var options = options
        options.command = [program]
        return try RunCommand(options).run()
    }
}
