import LinuxIO
import NINAControl
import NINACoprocessor
import NINACoprocessorLinux

/// The control thread's side: passes questions to the emulator's thread and brings back the answers.
///
/// Everything here belongs to the control thread, except what goes through ``ControlDeskHandle``.
final class ControlDesk: ReactorTimerHandler {
    private struct Question {
        let work: @Sendable (Emulator) -> Void
        let then: () -> Void
    }

    let reactor: Reactor
    let program: String
    let mode: UInt32
    private let emulator: EmulatorHandle
    private var budget = Budget(at: MonotonicClock.nanoseconds())
    private var questions: [Question] = []
    private var asked: Question?
    private var isDelayed = false
    private(set) lazy var waits = ControlWaits(self)
    private(set) lazy var watchers = ControlWatchers(self)

    init(_ reactor: Reactor, _ emulator: EmulatorHandle, _ options: ControlOptions) {
        self.reactor = reactor
        self.emulator = emulator
        program = options.program
        mode = options.mode
    }

    /// Does work on the emulator's thread, in turn, and then the rest here. The work must be short.
    func ask<Answer: Sendable>(
        _ work: @escaping @Sendable (Emulator) -> Answer, then: @escaping (Answer) -> Void
    ) {
        let result = Guarded<Answer?>(nil)
        let question = Question(
            work: { emulator in
                let answer = work(emulator)
                result.withLock { $0 = answer }
            },
            then: {
                if let answer = result.withLock({ $0 }) { then(answer) }
            })
        questions.append(question)
        askNext()
    }

    private func askNext() {
        guard asked == nil, !isDelayed, !questions.isEmpty else { return }
        let now = MonotonicClock.nanoseconds()
        let delay = budget.delay(at: now)
        guard delay == 0 else {
            isDelayed = true
            reactor.schedule(at: now + delay, handler: self)
            return
        }
        let question = questions.removeFirst()
        asked = question
        let desk = ControlDeskHandle(self)
        emulator.perform { [work = question.work] emulator in
            // Not the clock's time: on a busy machine the thread may have to wait for a processor.
            let start = MonotonicClock.threadNanoseconds()
            work(emulator)
            let time = MonotonicClock.threadNanoseconds() - start
            desk.perform { $0.receiveAnswer(after: time) }
        }
    }

    private func receiveAnswer(after nanoseconds: UInt64) {
        budget.spend(nanoseconds, at: MonotonicClock.nanoseconds())
        guard let question = asked else { return }
        asked = nil
        question.then()
        askNext()
    }

    func timerFired(token: UInt64) {
        isDelayed = false
        askNext()
    }
}

/// Runs work on the control thread, from any other.
struct ControlDeskHandle: Sendable {
    private let mailbox: ReactorMailbox
    private let desk: ReactorBound<ControlDesk>

    init(_ desk: ControlDesk) {
        mailbox = desk.reactor.mailbox
        self.desk = ReactorBound(desk, to: desk.reactor)
    }

    func perform(_ work: @escaping @Sendable (ControlDesk) -> Void) {
        mailbox.postWithReactor { [desk] reactor in work(desk.value(on: reactor)) }
    }
}

extension Emulator {
    /// The modules that a request means.
    /// - Parameter isPlural: whether all are meant if the request says none.
    func modules(_ selector: ModuleSelector?, isPlural: Bool) -> Result<[EmulatedModule], FieldError> {
        let modules = self.modules
        func error(_ expected: String, _ got: String) -> Result<[EmulatedModule], FieldError> {
            .failure(FieldError("module", expected: expected, got: got))
        }
        let numbers =
            modules.prefix(8).map { "\($0.number)" }.joined(separator: ", ") + (modules.count > 8 ? ", ..." : "")
        let on = modules.isEmpty ? "none is on" : "\(modules.count) are on: \(numbers)"
        switch selector {
        case nil where isPlural: return .success(modules)
        case nil:
            guard modules.count == 1 else {
                return modules.isEmpty
                    ? .failure(FieldError("module", "no module is on: no host is connected"))
                    : error("one of \(numbers), an address, or all", "none")
            }
            return .success(modules)
        case .all?:
            guard isPlural || !modules.isEmpty else {
                return .failure(FieldError("module", "no module is on: no host is connected"))
            }
            return .success(modules)
        case .number(let number)?:
            guard let module = module(number) else { return error("a module that is on (\(on))", "\(number)") }
            return .success([module])
        case .address(let address)?:
            let found = modules.filter { "\($0.address)" == address }
            guard !found.isEmpty else {
                return error("the number or address of a module that is on (\(on))", FieldError.quote(address))
            }
            guard isPlural || found.count == 1 else { return error("one module", "an address of \(found.count)") }
            return .success(found)
        }
    }
}

extension EmulatedModule {
    var snapshot: ModuleSnapshot {
        ModuleSnapshot(
            number: number, address: address, hardwareAddress: hardwareAddress, devicePath: devicePath,
            isGreeted: isGreeted, report: report())
    }
}
