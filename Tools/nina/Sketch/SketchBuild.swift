import LinuxLibc
import LinuxIO
import LinuxProcesses

/// Compiles a sketch by g++, as many files at a time as there are processors.
struct SketchBuild {
    private let compiler: String
    private let folder: String
    private let libraries: SketchLibraries
    /// `-m32` where the machine can, as sketches expect a `long` of 32 bits.
    private var width: [String] = []

    /// A file may take so long, in nanoseconds.
    private static let longestCompilation: UInt64 = 300_000_000_000

    init(in folder: String, libraries: SketchLibraries) throws {
        self.libraries = libraries
        let name = Environment.value("CXX").flatMap { $0.isEmpty ? nil : $0 } ?? "g++"
        guard let program = SketchFiles.program(name, path: Environment.value("PATH") ?? "/usr/bin:/bin") else {
            throw RunFailure(
                SketchFailure.noCompiler, "there is no compiler \(name): install g++, for example by 'apt install g++'")
        }
        compiler = program
        self.folder = folder
        if try has32Bits() {
            width = ["-m32"]
        } else {
            StandardError.write(
                "nina: warning: this g++ makes no 32-bit programs, so that long has 64 bits, which some libraries do not "
                    + "expect; on x86-64 install g++-multilib\n")
        }
    }

    private func has32Bits() throws -> Bool {
        let path = "\(folder)/probe.cpp"
        try write(Array("#include <utility>\n#include <string.h>\nint main() { return 0; }\n".utf8), to: path)
        let child = try ChildProcess(
            compiler, ["-m32", "-o", "\(folder)/probe", path], environment: ["TMPDIR": folder], output: .discard,
            errors: .discard)
        return try wait(for: child) == .exited(0)
    }

    /// Starts g++, whose temporary files are in the folder too.
    private func start(_ arguments: [String]) throws -> ChildProcess {
        try ChildProcess(compiler, arguments, environment: ["TMPDIR": folder])
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = try OutputFile(creating: path)
        if let error = file.write(bytes) { throw error }
    }

    /// - Parameter program: the file to make.
    func run(_ parts: SketchParts, _ source: SketchSource, defines: [String], program: String) throws {
        var running: [Compilation] = []
        do {
            try compile(parts, source, defines, program, &running)
        } catch {
            // The compiler proper is a child of g++, and would be left.
            try? Supervisor.endDescendants(by: [.terminate, .kill])
            throw error
        }
    }

    private struct Compilation {
        let child: ChildProcess
        let deadline: UInt64
        /// The arguments that say what is compiled, and how.
        var input: [String] = []
    }

    private func compile(
        _ parts: SketchParts, _ source: SketchSource, _ defines: [String], _ program: String,
        _ running: inout [Compilation]
    ) throws {
        let main = "\(folder)/sketch.cpp"
        try write(source.text, to: main)
        // -O0: code without a return goes on with what follows it if the compiler optimizes. HOST: for ArduinoCore-API.
        // DWARF 4: of version 5 the linker takes the name of the file, but not of #line, for its messages.
        let common =
            width + ["-O0", "-gdwarf-4", "-w", "-DHOST", "-DARDUINO=10819", "-DARDUINO_ARCH_HOST", "-DNINA_HOST"]
            + defines.map { "-D\($0)" } + parts.includes.flatMap { ["-I", $0] }
        let sources = parts.sources + [main]
        var next = 0
        var objects: [String] = []
        while next < sources.count || !running.isEmpty {
            while next < sources.count, running.count < Self.processors {
                let object = "\(folder)/\(next).o"
                let path = sources[next]
                // -fpermissive: as Arduino's builder.
                let language = path.hasSuffix(".c") ? ["-x", "c"] : ["-std=gnu++17", "-fpermissive"]
                let input = common + language + [path]
                let child = try start(input + ["-c", "-o", object])
                let deadline = MonotonicClock.deadline(after: Self.longestCompilation)
                running.append(Compilation(child: child, deadline: deadline, input: input))
                objects.append(object)
                next += 1
            }
            guard let first = running.first else { break }
            let status = try wait(for: first.child, deadline: first.deadline)
            running.removeFirst()
            guard status == .exited(0) else {
                let header = try missingHeader(first.input)
                throw Self.refused("does not compile: \(header.map(libraries.advice) ?? "g++ has said why")")
            }
        }
        try link(objects, of: parts.tabs[0].path, program, &running)
    }

    /// The first header of a file that was not found.
    private func missingHeader(_ input: [String]) throws -> String? {
        let child = try ChildProcess(
            compiler, input + ["-M", "-MG"], environment: ["TMPDIR": folder], output: .pipe, errors: .discard)
        guard let output = child.takeOutput() else { return nil }
        let deadline = MonotonicClock.deadline(after: Self.longestCompilation)
        let lines = LineReader(output)
        var rule = ""
        while case .line(let line) = try lines.nextLine(deadline: deadline) { rule += line + "\n" }
        return SketchDependencies.missing(in: rule).first
    }

    private func link(
        _ objects: [String], of sketch: String, _ program: String, _ running: inout [Compilation]
    ) throws {
        // C: what is missing is looked for in the messages.
        let child = try ChildProcess(
            compiler, width + ["-o", program] + objects, environment: ["TMPDIR": folder, "LC_ALL": "C"], errors: .pipe)
        guard let errors = child.takeErrors() else { throw Self.refused("cannot be linked") }
        let deadline = MonotonicClock.deadline(after: Self.longestCompilation)
        running.append(Compilation(child: child, deadline: deadline))
        let missing = try missingFunctions(LineReader(errors, longestLine: 1 << 24), deadline)
        guard try wait(for: child, deadline: deadline) == .exited(0) else {
            guard missing.isEmpty else {
                let names = missing.joined(separator: " or ")
                throw RunFailure(SketchFailure.noSketch, "the sketch \(sketch) has no function \(names)")
            }
            throw Self.refused("cannot be linked: g++ has said why")
        }
    }

    /// Passes on what the linker says.
    /// - Returns: what the core calls and the linker has not found.
    private func missingFunctions(_ lines: LineReader, _ deadline: UInt64) throws -> [String] {
        var missing: [String] = []
        while MonotonicClock.nanoseconds() < deadline {
            try Self.checkSignals()
            switch try lines.nextLine(deadline: MonotonicClock.deadline(after: 100_000_000)) {
            case .timedOut: continue
            case .endOfFile: return missing
            case .line(let line):
                StandardError.write(line + "\n")
                for name in ["setup()", "loop()"] where Self.says(line, isUndefined: name) && !missing.contains(name) {
                    missing.append(name)
                }
            }
        }
        throw Self.refused("takes g++ longer than 5 minutes to link")
    }

    private static func says(_ line: String, isUndefined name: String) -> Bool {
        // Without brackets where the API declares it as a function of C.
        [name, String(name.dropLast(2))].contains {
            line.hasSuffix("undefined reference to `\($0)'") || line.hasSuffix("undefined reference to '\($0)'")
                || line.hasSuffix("undefined symbol: \($0)")
        }
    }

    private static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    private static func refused(_ what: String) -> RunFailure {
        RunFailure(SketchFailure.doesNotCompile, "the sketch \(what)")
    }

    private func wait(
        for child: ChildProcess, deadline: UInt64 = MonotonicClock.deadline(after: longestCompilation)
    ) throws -> ExitStatus {
        while MonotonicClock.nanoseconds() < deadline {
            let status = try child.wait(timeoutNanoseconds: 100_000_000)
            // A signal of the terminal ends g++ too, which is no fault of the sketch.
            try Self.checkSignals()
            if let status { return status }
        }
        throw Self.refused("takes g++ longer than 5 minutes for one file")
    }

    /// Makes the signals of ``checkSignals()`` wait for it. A hang-up and Ctrl-\ stay blocked, and what has not been seen
    /// here is for `nina run`, which takes them from a queue.
    static func catchSignals() {
        Signals.catchEndRequests()
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGHUP)
        sigaddset(&signals, SIGQUIT)
        // For the sketch, which gets them when it has started.
        sigaddset(&signals, SIGUSR1)
        sigaddset(&signals, SIGUSR2)
        sigprocmask(SIG_BLOCK, &signals, nil)
    }

    /// Throws if the user wants the end.
    static func checkSignals() throws(RunFailure) {
        var pending = sigset_t()
        sigemptyset(&pending)
        sigpending(&pending)
        if Signals.wasEndRequested || sigismember(&pending, SIGHUP) == 1 || sigismember(&pending, SIGQUIT) == 1 {
            throw RunFailure(130, "ended before the start of the sketch")
        }
    }
}
