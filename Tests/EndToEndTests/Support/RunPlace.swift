import Foundation
import LinuxIO
import LinuxProcesses
import TestPeers
import TestSupport

/// A directory for the temporary files of `nina run`, by which its processes are known too.
final class RunPlace {
    let path: String

    init() throws {
        path = "\(Environment.temporaryDirectory)/nina-test-run-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var environment: [String: String] {
        ["TMPDIR": path, "XDG_RUNTIME_DIR": "", "NINA_SOCKET": "", "NINA_TRANSPORT": "", "NINA_EMULATOR": ""]
    }

    var files: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path) } }

    /// The processes that have this directory in their environment.
    var processes: [String] {
        get throws {
            let needle = Data(path.utf8)
            return try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
                guard let pid = Int32(name), let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/environ")
                else { return false }
                return bytes.range(of: needle) != nil
            }
        }
    }

    /// What is left of the runs; empty as soon as nothing is, at the latest after 10 seconds.
    func leftovers() throws -> [String] {
        var rounds = Rounds(500)
        while rounds.next() {
            if try files.isEmpty && processes.isEmpty { return [] }
            try pause(milliseconds: 20)
        }
        return try files + processes.map { "process \($0)" }
    }

    /// A program of the shell in the directory, which is to be removed before `leftovers`.
    func script(_ name: String, _ text: String) throws -> String {
        let script = path + "/" + name
        try "#!/bin/sh\n\(text)\n".write(toFile: script, atomically: false, encoding: .utf8)
        guard chmod(script, 0o700) == 0 else { throw LinuxError.current("chmod") }
        return script
    }

    func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: path) }

    /// Runs a command that the limit ends. The limit counts from the start of `nina run`: on a busy machine it may be over
    /// before the command has started, and a longer one follows.
    func runLimited(_ command: [String]) throws -> (
        result: (status: LinuxProcesses.ExitStatus?, output: String, errors: String), seconds: Int
    ) {
        var seconds = 2
        while true {
            let result = try run(["--timeout", "\(seconds)", "--"] + command)
            guard result.errors.contains("the emulator was not ready"), seconds < 60 else { return (result, seconds) }
            seconds *= 3
        }
    }

    /// Runs `nina run` to its end.
    func run(_ arguments: [String], environment additions: [String: String] = [:]) throws -> (
        status: LinuxProcesses.ExitStatus?, output: String, errors: String
    ) {
        try ProcessTests.run(
            "nina", ["run"] + arguments, environment: environment.merging(additions) { $1 })
    }
}

/// A `nina run` that runs, and what its command prints.
final class RunUnderTest {
    let child: ChildProcess
    private let lines: LineReader
    let errors = LogCollector()
    private let end: SharedResults<Bool>

    init(_ place: RunPlace, _ arguments: [String]) throws {
        child = try ChildProcess(
            try EmulatorUnderTest.program("nina"), ["run"] + arguments, environment: place.environment, output: .pipe,
            errors: .pipe)
        guard let output = child.takeOutput(), let log = child.takeErrors() else { throw NoPipe() }
        lines = LineReader(output)
        end = errors.collect(log)
    }

    func line() throws -> String? {
        guard case .line(let line) = try lines.nextLine(deadline: MonotonicClock.deadline(after: 20_000_000_000)) else {
            return nil
        }
        return line
    }

    /// - Returns: its status, and all that was written to standard error.
    func wait() throws -> (status: LinuxProcesses.ExitStatus?, errors: String) {
        let status = try child.wait(timeoutNanoseconds: 20_000_000_000)
        if status != nil { _ = try end.wait() }
        return (status, errors.text)
    }
}
