import LinuxLibc
import LinuxIO
import LinuxProcesses

/// The emulator's log: its last lines, and the file that has all of it.
final class RunLog: ReactorHandler {
    private enum Destination: ~Copyable {
        case nowhere, standardError
        case file(OutputFile)
    }

    private static let keptLines = 20
    /// What the emulator writes when its trace ends early, or lacks events.
    private static let traceNotices = [
        "the trace ends here: ", "the trace lacks its last ", " were left out of the trace: ",
    ]
    /// What is kept of them at least.
    private static let keptBytes = 64 * 1024
    /// How long standard error may be without room.
    private static let longestWait: UInt64 = 1_000_000_000

    private let destination: Destination
    private let reactor: Reactor
    private var source: FileDescriptor?
    private var registration: Registration?
    private var tail: [UInt8] = []
    /// What is said of a trace that is not complete: also of interest when the command has succeeded.
    private(set) var traceNotice: String?
    private let hasTrace: Bool
    /// The start of a line whose end has not come yet.
    private var openLine: [UInt8] = []
    /// Why the file is not complete.
    private(set) var failure: LinuxError?

    /// - Parameters:
    ///   - path: the file; `-` for standard error, nil for none.
    ///   - hasTrace: whether the emulator writes a trace.
    init(_ path: String?, hasTrace: Bool, _ reactor: Reactor) throws(RunFailure) {
        self.hasTrace = hasTrace
        self.reactor = reactor
        guard let path else {
            destination = .nowhere
            return
        }
        do throws(LinuxError) {
            destination = try path == "-" ? .standardError : .file(OutputFile(creating: path))
        } catch {
            throw RunFailure(RunFailure.noLog, "the log cannot be written to \(path): \(error.errno)")
        }
    }

    /// Whether the user has seen it.
    var isShown: Bool {
        switch destination {
        case .standardError: failure == nil
        case .nowhere: false
        case .file: false
        }
    }

    /// The last lines.
    var lastLines: [Substring] {
        Array(String(decoding: tail, as: UTF8.self).split(separator: "\n").suffix(Self.keptLines))
    }

    /// Reads from a pipe whenever the reactor runs, until its end.
    func read(_ pipe: consuming FileDescriptor) throws(LinuxError) {
        registration = try reactor.add(pipe.rawValue, .readable, handler: self)
        source = consume pipe
    }

    func ready(_ events: ReadyEvents, token: UInt64) { _ = readOnce() }

    /// Reads the rest, of an emulator that has ended.
    func drain() {
        let deadline = MonotonicClock.deadline(after: Self.longestWait)
        while let number = source?.rawValue {
            let ready = try? DescriptorWait.wait(number, for: .readable, deadline: deadline)
            guard ready?.isEmpty == false, readOnce() else { return }
        }
    }

    /// - Returns: false at the end.
    private func readOnce() -> Bool {
        guard let number = source?.rawValue else { return false }
        var bytes = [UInt8](repeating: 0, count: Self.keptBytes)
        var count = 0
        repeat { count = LinuxLibc.read(number, &bytes, bytes.count) } while count < 0 && Errno.current == .interrupted
        guard count > 0 else {
            if let registration { reactor.remove(registration) }
            source = nil
            return false
        }
        bytes.removeLast(bytes.count - count)
        if hasTrace { noticeTrace(in: bytes) }
        tail += bytes
        if tail.count > 2 * Self.keptBytes { tail.removeFirst(tail.count - Self.keptBytes) }
        if failure == nil { failure = pass(bytes) }
        return true
    }

    /// Keeps the last line that says so.
    private func noticeTrace(in bytes: [UInt8]) {
        var lines = (openLine + bytes).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        openLine = lines.popLast().map { Array($0.suffix(Self.keptBytes)) } ?? []
        for line in lines {
            let text = String(decoding: line, as: UTF8.self)
            if Self.traceNotices.contains(where: { text.contains($0) }) { traceNotice = text }
        }
    }

    private func pass(_ bytes: [UInt8]) -> LinuxError? {
        switch destination {
        case .nowhere: return nil
        case .file(let file): return file.write(bytes)
        case .standardError:
            guard StandardError.hasRoom(deadline: MonotonicClock.deadline(after: Self.longestWait)) else {
                return LinuxError("write", .timedOut, "standard error")
            }
            StandardError.write(String(decoding: bytes, as: UTF8.self))
            return nil
        }
    }
}

extension RunLog {
    /// Shows the last lines, unless the user sees them all.
    func showLastLines() {
        guard !isShown, !lastLines.isEmpty else { return }
        StandardError.write("nina: the last lines of the emulator's log:\n" + lastLines.joined(separator: "\n") + "\n")
    }
}

extension ExitStatus {
    /// For a sentence.
    var words: String {
        switch self {
        case .exited(let code): "ended with status \(code)"
        case .signaled(let signal): "was killed by signal \(signal) (\(Signals.words(signal)))"
        }
    }
}
