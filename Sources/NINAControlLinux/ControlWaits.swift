import LinuxIO
import NINAControl
import NINACoprocessor
import NINACoprocessorLinux

/// The requests that wait for a condition. While there is one, modules are looked at again and again.
final class ControlWaits: ReactorTimerHandler {
    /// The most at the same time.
    static let limit = 64
    /// From one look to the next.
    private static let interval: UInt64 = 10_000_000

    /// What the emulator's thread has to know of a wait.
    private struct Question: Sendable {
        var number: Int
        var module: ModuleSelector?
        var condition: Condition
        /// Its time is over: what is there instead is to be said.
        var isLast: Bool
    }

    /// How a wait has ended.
    private enum Outcome: Sendable {
        case holds(UInt64)
        /// With what was there instead.
        case isOver(String)
    }

    private struct Wait {
        weak var client: ControlClient?
        var id: ControlID
        var line: Int
        var module: ModuleSelector?
        var condition: Condition
        var timeout: Duration?
        var deadline: UInt64?
    }

    private unowned let desk: ControlDesk
    private var waits: [Int: Wait] = [:]
    private var lastNumber = 0
    private var isLooking = false

    init(_ desk: ControlDesk) { self.desk = desk }

    /// - Returns: false when there are too many.
    func add(
        _ request: ControlRequest, _ condition: Condition, _ timeout: Duration?, for client: ControlClient
    ) -> Bool {
        guard waits.count < Self.limit else { return false }
        lastNumber += 1
        let nanoseconds = timeout.map { UInt64(max(0, min($0 / .nanoseconds(1), 1e18))) }
        waits[lastNumber] = Wait(
            client: client, id: request.id, line: client.line, module: request.module, condition: condition,
            timeout: timeout, deadline: nanoseconds.map(MonotonicClock.deadline(after:)))
        client.waitCount += 1
        look()
        return true
    }

    func cancel(of client: ControlClient) {
        waits = waits.filter { $0.value.client !== client && $0.value.client != nil }
    }

    func timerFired(token: UInt64) {
        isLooking = false
        look()
    }

    private func look() {
        guard !isLooking, !waits.isEmpty else { return }
        isLooking = true
        let now = MonotonicClock.nanoseconds()
        let questions = waits.map { number, wait in
            Question(
                number: number, module: wait.module, condition: wait.condition,
                isLast: wait.deadline.map { $0 <= now } ?? false)
        }
        desk.ask({ emulator in Self.outcomes(questions, emulator) }) { [unowned self] outcomes in
            for (number, outcome) in outcomes { end(number, outcome) }
            guard !waits.isEmpty else {
                isLooking = false
                return
            }
            let nearest = waits.values.compactMap(\.deadline).min() ?? .max
            let next = MonotonicClock.deadline(after: Self.interval)
            desk.reactor.schedule(at: min(next, nearest), handler: self)
        }
    }

    private func end(_ number: Int, _ outcome: Outcome) {
        guard let wait = waits.removeValue(forKey: number), let client = wait.client else { return }
        client.waitCount -= 1
        switch outcome {
        case .holds(let module): client.sendLater(wait.id, .success(ReplyContent.Found(module)))
        case .isOver(let seen):
            let seconds = wait.timeout?.seconds ?? 0
            let error = FieldError(
                "timeout", "after \(seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)") s there is \(seen)"
            )
            client.sendLater(
                wait.id,
                .failure(ControlFailure(.timeout, line: wait.line, error))
                    as Result<ReplyContent.Found, ControlFailure>)
        }
    }

    /// Looks at the modules, on the emulator's thread.
    private static func outcomes(_ questions: [Question], _ emulator: Emulator) -> [(Int, Outcome)] {
        var reports: [UInt64: ModuleReport] = [:]
        func report(_ module: EmulatedModule) -> ModuleReport {
            if let report = reports[module.number] { return report }
            let report = module.report()
            reports[module.number] = report
            return report
        }
        var outcomes: [(Int, Outcome)] = []
        for question in questions {
            // A module that is named may still come.
            let modules = (try? emulator.modules(question.module, isPlural: true).get()) ?? []
            if let module = modules.first(where: { question.condition.holds(report($0)) }) {
                outcomes.append((question.number, .holds(module.number)))
            } else if question.isLast {
                let seen = modules.prefix(4).map { "module \($0.number) with \(report($0).brief)" }
                let more = modules.count > 4 ? "; and \(modules.count - 4) others" : ""
                outcomes.append(
                    (
                        question.number,
                        .isOver(seen.isEmpty ? "no such module on" : seen.joined(separator: "; ") + more)
                    ))
            }
        }
        return outcomes
    }
}
