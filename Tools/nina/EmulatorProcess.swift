import LinuxIO
import LinuxProcesses
import NINATransport
import ToolSupport

/// An emulator started by this tool, on its own socket.
final class EmulatorProcess {
    let transport: Transport
    private let child: ChildProcess

    /// How long an emulator may take until hosts can connect, in nanoseconds.
    static let longestStart: UInt64 = 10_000_000_000

    /// Starts the `nina-emulator` in the directory of this program, and does not wait. It ends with this process.
    /// - Parameters:
    ///   - environment: variables that it gets besides those of this process, or instead.
    ///   - errors: where its log goes.
    init(
        starting options: [String], socketPath path: String, environment: [String: String] = [:], errors: ChildOutput
    ) throws {
        transport = .unix(path: path)
        child = try ChildProcess(
            try Self.program(), ["--socket", path, "--end-with", "\(Environment.processID)"] + options,
            environment: environment, output: .pipe, errors: errors)
    }

    /// Starts one for one host, and waits until that can connect.
    convenience init(_ options: [String], socketPath: String? = nil, logsToStandardError: Bool = true) throws {
        // Nobody else can put a socket of that name there.
        let path = try socketPath ?? "\(Transport.makePrivateFolder())/\(Environment.processID).sock"
        try self.init(
            starting: ["--once"] + options, socketPath: path, errors: logsToStandardError ? .inherit : .discard)
        let reader = LineReader(try takeOutput())
        let ready = try reader.nextLine(deadline: MonotonicClock.deadline(after: Self.longestStart))
        guard ready == .line(readyLine) else {
            // It has written what it refuses.
            if (try? child.wait(timeoutNanoseconds: 3_000_000_000)) == .exited(2) {
                throw UsageError("the emulator refused an option")
            }
            throw ToolError("the emulator did not start; its log says why")
        }
    }

    /// What it prints when hosts can connect.
    var readyLine: String { "nina-emulator ready \(transport)" }

    /// Its output, once.
    func takeOutput() throws -> FileDescriptor {
        guard let output = child.takeOutput() else { throw ToolError("the emulator has no output") }
        return output
    }

    /// Its log, once; nil when that does not go to a pipe.
    func takeLog() -> FileDescriptor? { child.takeErrors() }

    /// Its exit status, if it has ended.
    var status: ExitStatus? { try? child.wait(timeoutNanoseconds: 0) }

    /// The path of the program.
    static func program() throws -> String {
        if let path = Environment.value("NINA_EMULATOR"), !path.isEmpty {
            guard FileAccess.isExecutable(path: path) else {
                throw ToolError("NINA_EMULATOR names \(path), which is no program that this user may run")
            }
            return path
        }
        guard let own = ProgramPath.own, let slash = own.lastIndex(of: "/") else {
            throw ToolError("cannot determine the path of this program; set NINA_EMULATOR to the path of nina-emulator")
        }
        let path = String(own[..<slash]) + "/nina-emulator"
        guard FileAccess.isExecutable(path: path) else {
            throw ToolError(
                "there is no nina-emulator beside this program: looked for \(path). "
                    + "Build it with 'swift build', or set NINA_EMULATOR to its path")
        }
        return path
    }

    var pid: Int32 { child.pid }

    var hasEnded: Bool { status != nil }

    func send(_ signal: Int32) { try? child.terminate(signal) }

    /// Throws what it would refuse in its options.
    static func check(_ options: [String]) throws {
        guard !options.isEmpty else { return }
        let child = try ChildProcess(
            try program(), options + ["--print-capabilities"], output: .discard, errors: .pipe)
        guard let errors = child.takeErrors() else { throw ToolError("the emulator has no output") }
        let deadline = MonotonicClock.deadline(after: longestStart)
        let lines = LineReader(errors)
        var words: [String] = []
        while case .line(let line) = try lines.nextLine(deadline: deadline) { words.append(line) }
        let status = try child.wait(timeoutNanoseconds: UInt64(MonotonicClock.remaining(until: deadline)))
        if status == .exited(2) { throw refusal(words) }
    }

    /// The error for an emulator that has refused its options with these lines.
    static func refusal(_ lines: [some StringProtocol]) -> UsageError {
        UsageError("the emulator refuses: \(sentences(lines).joined(separator: ". "))")
    }

    /// What the emulator says before it ends, of the last lines of its log.
    static func sentences(_ lines: [some StringProtocol]) -> [String] {
        let prefix = "nina-emulator: "
        let own = lines.lastIndex { $0.hasPrefix(prefix) } ?? lines.startIndex
        return lines[own...].map { String($0.hasPrefix(prefix) ? $0.dropFirst(prefix.count) : $0[...]) }
            .filter { !$0.hasPrefix("Try 'nina-emulator") }
    }

    /// Its memory in bytes; nil when it has ended.
    var residentBytes: Int? { ProcessTimes.residentBytes(pid: child.pid) }

    /// The port of this machine for a server in an emulator without port options: the server's own, or 8000 more if
    /// this user may not bind it.
    static func hostPort(_ port: UInt16) -> UInt16 {
        do throws(LinuxError) {
            _ = try TCPSocket.listen(on: IPv4Endpoint(address: probeAddress, port: port), backlog: 1)
        } catch {
            if error.errno == .accessDenied, port < 57536 { return port + 8000 }
        }
        return port
    }

    /// 127.255.255.254, an address of this machine that no coprocessor uses.
    private static let probeAddress: UInt32 = 0x7FFF_FFFE

    /// Stops the emulator, which removes its socket.
    func stop() {
        try? child.terminate(Signals.terminate)
        if (try? child.wait(timeoutNanoseconds: 3_000_000_000)) == nil {
            try? child.terminate(Signals.kill)
            _ = try? child.wait(timeoutNanoseconds: 1_000_000_000)
        }
    }
}

/// A failure of a tool, described for its user.
struct ToolError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
