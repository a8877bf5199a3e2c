import LinuxIO
import LinuxProcesses
import NINATransport
import ToolSupport

/// The process that has the emulator and the command for children. When it ends, neither they nor their descendants are
/// left, nor a file of them.
final class RunGuard {
    /// What the guard waits for.
    private enum Event {
        case emulatorReady
        case emulatorEnded(ExitStatus)
        case commandEnded(ExitStatus)
        /// Of the process that the user started.
        case signal(Int32)
        /// The terminal has sent one to that process, and to the command if there is one.
        case terminalSignal
        /// That process has ended: it was killed.
        case originalEnded
    }

    /// How it came to an end.
    private enum Outcome {
        case commandEnded(ExitStatus)
        case emulatorEnded(ExitStatus)
        case timeIsOver
        case originalEnded
        /// Before the command was started.
        case interrupted(Int32)
    }

    private let options: RunOptions
    private let group: Int32?
    private let deadline: UInt64?
    private let reactor: Reactor
    private let original: FileDescriptor
    private var events: [Event] = []
    private var emulator: EmulatorProcess?
    private var emulatorLines: LineReader?
    private var address: String?
    private var command: Int32?
    /// Whether the user wanted the command to end: then its failure needs no explanation.
    private var hasPassedEnding = false

    /// - Parameters:
    ///   - group: the process group for the command; nil for one of its own.
    ///   - start: when the time of the limit began.
    ///   - original: reports a hang-up when the process that the user started has ended.
    init(_ options: RunOptions, group: Int32?, start: UInt64, original: consuming FileDescriptor) throws {
        self.options = options
        self.group = group
        deadline = options.seconds.map { start + UInt64($0) * 1_000_000_000 }
        reactor = try Reactor()
        self.original = original
    }

    /// - Returns: the exit status of `nina run`.
    func run() throws -> Int32 {
        try reactor.onSignals(RunCommand.passedOn + [RunCommand.terminalNotice, Signals.childEnded]) { [unowned self] in
            note($0)
        }
        try watch(original.rawValue) { [unowned self] in
            events.append(.originalEnded)
            return false
        }
        let folder = try RunFolder()
        defer { folder.remove() }
        let log = try RunLog(options.log, hasTrace: options.trace != nil, reactor)
        let outcome: Outcome
        do {
            outcome = try start(folder, log) ?? runCommand(folder)
        } catch {
            try end([.terminate, .kill], log)
            throw error
        }
        switch outcome {
        case .originalEnded: try end([.kill], log)
        case .commandEnded: try end([.wait, .terminate, .kill], log)
        case .emulatorEnded, .timeIsOver, .interrupted: try end([.terminate, .kill], log)
        }
        return report(outcome, log)
    }

    private func end(_ steps: [Supervisor.Persuasion], _ log: RunLog) throws {
        // The emulator's log is read meanwhile: an emulator that cannot write stands still.
        try Supervisor.endDescendants(except: emulator?.pid, by: steps) { (descriptor, deadline) throws(LinuxError) in
            var isReadable = false
            let registration = try watch(descriptor) {
                isReadable = true
                return true
            }
            defer { reactor.remove(registration) }
            while !isReadable, MonotonicClock.remaining(until: deadline) > 0 { try runReactor(until: deadline) }
        }
        // An emulator waits up to 5 s for the disk of its trace (`TraceFile.longestClose`).
        for (signal, patience) in [(Signals.terminate, 8_000_000_000), (Signals.kill, 1_000_000_000)]
            as [(Int32, UInt64)]
        {
            let deadline = MonotonicClock.deadline(after: patience)
            emulator?.send(signal)
            while emulator?.hasEnded == false, MonotonicClock.remaining(until: deadline) > 0 {
                try runReactor(until: deadline)
            }
        }
        log.drain()
    }

    private func runReactor(until deadline: UInt64?) throws(LinuxError) {
        try reactor.runOnce(timeoutNanoseconds: deadline.map { $0 - min($0, MonotonicClock.nanoseconds()) })
    }

    // MARK: Events

    private func note(_ notice: SignalNotice) {
        guard notice.signal == Signals.childEnded else {
            events.append(notice.signal == RunCommand.terminalNotice ? .terminalSignal : .signal(notice.signal))
            return
        }
        while let pid = Supervisor.endedChild {
            if pid == emulator?.pid {
                guard let status = emulator?.status else { return }
                events.append(.emulatorEnded(status))
            } else if let status = Supervisor.reap(pid), pid == command {
                events.append(.commandEnded(status))
            }
        }
    }

    @discardableResult
    private func watch(_ descriptor: Int32, _ body: @escaping () -> Bool) throws(LinuxError) -> Registration {
        let watcher = Watcher(reactor, body)
        let registration = try reactor.add(descriptor, .readable, handler: watcher)
        watcher.registration = registration
        return registration
    }

    /// - Returns: nil when the deadline has passed.
    private func nextEvent(until deadline: UInt64?) throws -> Event? {
        while events.isEmpty {
            if let deadline, MonotonicClock.nanoseconds() >= deadline { return nil }
            try runReactor(until: deadline)
        }
        return events.removeFirst()
    }

    // MARK: Start

    /// Starts the emulator and waits until hosts can connect.
    /// - Returns: nil, or why there is no use in going on.
    private func start(_ folder: RunFolder, _ log: RunLog) throws -> Outcome? {
        let emulator: EmulatorProcess
        do {
            emulator = try EmulatorProcess(
                starting: ["--keep-address", "--control", control(folder)] + options.emulator,
                socketPath: folder.socketPath,
                environment: ["TMPDIR": folder.path], errors: .pipe)
        } catch {
            throw RunFailure(RunFailure.ownStatus, "the emulator cannot be started: \(error)")
        }
        self.emulator = emulator
        if let errors = emulator.takeLog() { try log.read(errors) }
        let output = try emulator.takeOutput()
        let number = output.rawValue
        emulatorLines = LineReader(output)
        try watch(number) { [unowned self] in readLines() }
        let latest = MonotonicClock.deadline(after: EmulatorProcess.longestStart)
        while let event = try nextEvent(until: min(latest, deadline ?? latest)) {
            switch event {
            case .emulatorReady: return nil
            case .emulatorEnded(let status): throw refusal(status, log)
            case .signal(let signal) where RunCommand.endings.contains(signal): return .interrupted(signal)
            case .terminalSignal: return .interrupted(Signals.interrupt)
            case .originalEnded: return .originalEnded
            // SIGUSR1 is for a command, which is not there yet.
            case .signal, .commandEnded: continue
            }
        }
        if let deadline, deadline <= latest { return .timeIsOver }
        throw RunFailure(
            RunFailure.ownStatus,
            "the emulator was not ready after \(EmulatorProcess.longestStart / 1_000_000_000) s")
    }

    /// Where the control channel is: in the folder, unless the user has said it.
    private func control(_ folder: RunFolder) -> String {
        options.emulatorValue(.control) ?? "unix:\(folder.controlPath)"
    }

    /// - Returns: false at the end.
    private func readLines() -> Bool {
        while true {
            switch try? emulatorLines?.nextLine(deadline: 0) {
            case .line(let line):
                let prefix = "nina-emulator address "
                if line.hasPrefix(prefix) { address = String(line.dropFirst(prefix.count)) }
                if line == emulator?.readyLine { events.append(.emulatorReady) }
            case .timedOut: return true
            case .endOfFile, nil: return false
            }
        }
    }

    /// What the emulator has written before it ended.
    private func refusal(_ status: ExitStatus, _ log: RunLog) -> any Error {
        log.drain()
        let lines = log.lastLines
        if status == .exited(2) { return EmulatorProcess.refusal(lines) }
        let sentences = EmulatorProcess.sentences(lines)
        let reason = sentences.isEmpty ? "it \(status.words)" : sentences.joined(separator: ". ")
        return RunFailure(RunFailure.ownStatus, "the emulator cannot be started: \(reason)")
    }

    // MARK: The command

    private func runCommand(_ folder: RunFolder) throws -> Outcome {
        let program = options.command[0]
        // It was found before, when the emulator was started.
        let emulatorPath = (try? EmulatorProcess.program()) ?? ""
        do throws(LinuxError) {
            command = try Supervisor.start(
                options.command,
                environment: [
                    "NINA_SOCKET": folder.socketPath, "NINA_TRANSPORT": "\(Transport.unix(path: folder.socketPath))",
                    "NINA_ADDRESS": address ?? "", "NINA_CONTROL": control(folder), "NINA_EMULATOR": emulatorPath,
                ], group: group)
        } catch {
            switch error.errno {
            case .noEntry where FileAccess.isExecutable(path: program) && program.contains("/"):
                throw RunFailure(127, "'\(program)' needs an interpreter that is not there: its first line names it")
            case .noEntry, .notDirectory:
                let place = program.contains("/") ? "" : " in PATH"
                throw RunFailure(127, "there is no program '\(program)'\(place)")
            case .accessDenied:
                throw RunFailure(
                    126, "'\(program)' cannot be run: \(error.errno); it needs to be executable, as by chmod +x")
            default: throw RunFailure(126, "'\(program)' cannot be run: \(error.errno)")
            }
        }
        while let event = try nextEvent(until: deadline) {
            switch event {
            case .commandEnded(let status): return .commandEnded(status)
            case .emulatorEnded(let status): return .emulatorEnded(status)
            case .originalEnded: return .originalEnded
            case .signal(let signal):
                if RunCommand.endings.contains(signal) { hasPassedEnding = true }
                if let command { Supervisor.send(signal, to: group == nil ? -command : command) }
            case .terminalSignal: hasPassedEnding = true
            case .emulatorReady: continue
            }
        }
        return .timeIsOver
    }

    // MARK: The end

    private func report(_ outcome: Outcome, _ log: RunLog) -> Int32 {
        if let failure = log.failure { StandardError.write("nina: the log is not complete: \(failure)\n") }
        if let notice = log.traceNotice, !log.isShown {
            StandardError.write("nina: the trace is not complete: \(notice)\n")
        }
        switch outcome {
        case .commandEnded(let status):
            if status == .exited(0), let failure = emulator?.scenarioFailure(options, log) {
                StandardError.write("nina: \(failure)\n")
                return RunFailure.scenarioFailed
            }
            guard status != .exited(0), status != .signaled(Signals.interrupt), !hasPassedEnding else {
                return status.number
            }
            if case .signaled = status { StandardError.write("nina: '\(options.shownName)' \(status.words)\n") }
            log.showLastLines()
            return status.number
        case .emulatorEnded(let status):
            StandardError.write("nina: the emulator \(status.words) while the command ran\n")
            log.showLastLines()
            return RunFailure.emulatorEnded
        case .timeIsOver:
            let late = command == nil ? "the emulator was not ready" : "'\(options.shownName)' was still running"
            StandardError.write("nina: \(late) after the \(options.seconds ?? 0) s of --timeout\n")
            log.showLastLines()
            return RunFailure.timeIsOver
        case .originalEnded: return RunFailure.ownStatus
        case .interrupted(let signal): return 128 + signal
        }
    }
}
