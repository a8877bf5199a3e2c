import LinuxIO
import LinuxProcesses
import ToolSupport

/// `nina run`: an emulator for the time of one command.
///
/// It is two processes. The one that the user started passes signals on and ends with the status. Its copy, `RunGuard`,
/// has the emulator and the command for children and ends them, also when the first is killed.
struct RunCommand {
    private var options = RunOptions()

    init(_ arguments: inout Arguments) throws {
        while let argument = try arguments.next(OwnOrEmulatorOption<RunOption>.self) {
            switch argument {
            case .option(.own(.timeout)): options.seconds = try arguments.number(1...86_400)
            case .option(.own(.log)):
                options.log = try arguments.value()
                guard options.log != "" else { throw arguments.error(expected: "a file, or -", got: "") }
            case .option(.emulator(let option)):
                guard !Self.own.contains(option) else {
                    throw UsageError(
                        "\(option.rawValue) is not for 'nina run', which starts and ends the emulator itself")
                }
                let value = option.entry.placeholder == nil ? [] : [try arguments.value()]
                if option == .trace { options.trace = value.first }
                options.emulator += [option.rawValue] + value
            case .separator: options.command = arguments.remaining()
            case .word(let word): throw UsageError("\(Self.expected); '\(word)' is in front of '--'")
            }
        }
        guard let program = options.command.first, !program.isEmpty else {
            throw UsageError(Self.expected)
        }
        if let log = options.log, let trace = options.trace, log != "-", FileAccess.isSame(log, trace) {
            throw UsageError("--log and --trace need a file each, and both name \(trace)")
        }
    }

    /// Options of the emulator that contradict what `nina run` does with it.
    static let own: [EmulatorOption] = [
        .socket, .once, .endWith, .keepAddress, .listFirmware, .printCapabilities, .version,
    ]
    private static let expected = "expected '--' and a command: nina run [OPTIONS] -- COMMAND [ARGUMENTS]"

    init(_ options: RunOptions) { self.options = options }

    /// Runs the command.
    /// - Returns: the exit status, in the process that the user started and in its copy.
    func run() throws -> Int32 {
        do {
            return try runToEnd()
        } catch let error as LinuxError {
            throw RunFailure(RunFailure.ownStatus, "'nina run' has failed: \(error)")
        }
    }

    private func runToEnd() throws -> Int32 {
        let start = MonotonicClock.nanoseconds()
        // A terminal sends its signals to a process group, and lets only that read: the command stays in it. Otherwise
        // the command leads a group of its own, which gets the signals as a whole.
        let group = Supervisor.groupInTerminal
        let signals = try SignalQueue(Self.passedOn + [Signals.childEnded])
        switch try Supervisor.split() {
        case .original(let copy): return try Self.wait(for: copy, signals, inTerminal: group != nil)
        case .copy(let original):
            return try RunGuard(options, group: group, start: start, original: original).run()
        }
    }

    /// Sent to the copy for a signal that the terminal has sent to the command, if there is one by then. No user sends it.
    static let terminalNotice = Signals.urgent

    /// They ask a command to end.
    static let endings = [Signals.interrupt, Signals.terminate, Signals.hangUp, Signals.quit]
    static let passedOn = endings + [Signals.user1, Signals.user2]

    /// Passes signals on until the copy has ended.
    private static func wait(
        for copy: Int32, _ signals: borrowing SignalQueue, inTerminal: Bool
    ) throws -> Int32 {
        while let notice = try signals.next() {
            if passedOn.contains(notice.signal) {
                // Ctrl-C and Ctrl-\ go to the whole group, but the hang-up of a terminal to the leader of its session. The
                // sender is 0 for processes outside a container, too.
                let isFromTerminal =
                    inTerminal && notice.sender == 0 && [Signals.interrupt, Signals.quit].contains(notice.signal)
                Supervisor.send(isFromTerminal ? terminalNotice : notice.signal, to: copy)
                continue
            }
            switch Supervisor.reap(copy) {
            case .exited(let status): return status
            case .signaled(let signal):
                // The emulator ends by itself, and removes its socket.
                try Supervisor.endDescendants(by: [.wait, .terminate, .kill])
                RunFolder.sweep()
                throw RunFailure(
                    125, "the process of 'nina run' that guards the command was killed by signal \(signal)")
            case nil: continue
            }
        }
        return RunFailure.ownStatus
    }
}

/// What `nina run` is asked for.
struct RunOptions {
    /// The time limit; nil for none.
    var seconds: Int?
    /// The file of the emulator's log; `-` for standard error, nil for none.
    var log: String?
    /// The file of the emulator's trace; nil for none.
    var trace: String?
    /// Options of the emulator.
    var emulator: [String] = []
    /// The command and its arguments.
    var command: [String] = []
    /// What messages call the command; nil for its first word.
    var name: String?

    var shownName: String { name ?? command.first ?? "" }

    /// The value of an option of the emulator, if it is given.
    func emulatorValue(_ option: EmulatorOption) -> String? {
        emulator.lastIndex(of: option.rawValue).map { emulator[$0 + 1] }
    }
}

/// A failure with an exit status of its own.
struct RunFailure: Error, CustomStringConvertible {
    static let scenarioFailed: Int32 = 1
    static let emulatorEnded: Int32 = 121
    static let noFolder: Int32 = 122
    static let noLog: Int32 = 123
    /// `nina run` itself has failed.
    static let ownStatus: Int32 = 125
    static let timeIsOver: Int32 = 42

    let status: Int32
    let description: String

    init(_ status: Int32, _ description: String) {
        self.status = status
        self.description = description
    }
}

extension ExitStatus {
    /// As a shell has it.
    var number: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}
