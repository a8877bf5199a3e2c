#if !hasFeature(Embedded)
import NINALink

/// A task that is suspended in a wait.
struct Waiter {
    /// What a task waits for.
    enum Cause: Equatable {
        /// Only its due time.
        case time
        /// IRQ; the task then checks what it was for.
        case activity
        /// IRQ, for a new connection. When others have taken what IRQ was high for and it still is, that is the likeliest
        /// reason.
        case connection
        /// Its turn to write to the connection.
        case writing
    }

    let number: UInt64
    let cause: Cause
    /// The connection, server or datagram socket; closing it ends the wait.
    let object: Int?
    /// The latest time to wake it.
    let due: MonotonicInstant
    let since: MonotonicInstant
    /// IRQ was high when the task last checked, but not for its object.
    var hasSeenInterrupt: Bool
    let continuation: CheckedContinuation<WiFiError?, Never>
}

/// The tasks that wait for the module, and what decides which of them to wake.
///
/// It never resumes a task itself: its owner does that with the tasks it takes.
struct WaitQueue {
    /// After a task has taken something, other tasks check again even if IRQ did not seem to change, at most once in
    /// this time because each check costs a command.
    private static let progressNanoseconds: UInt64 = 4_000_000

    /// The same for a task that waits for a connection: a server under load would otherwise wait for its next client.
    private static let connectionNanoseconds: UInt64 = 250_000

    /// In the order in which they began to wait.
    private var waiters: [Waiter] = []
    private var yielding: [CheckedContinuation<Void, Never>] = []
    private var lastNumber: UInt64 = 0
    /// Something was taken from the module since the last poll, so IRQ may have fallen and risen unnoticed.
    private var hasProgressed = false

    /// The number of waiting tasks, without those that yield.
    var count: Int { waiters.count }

    /// The time by which the next task must be woken; nil when none waits.
    var nextDue: MonotonicInstant? { waiters.lazy.map(\.due).min() }

    // MARK: Adding

    /// A number for a task that is going to wait, known before it is added so that it can be cancelled.
    mutating func newNumber() -> UInt64 {
        lastNumber += 1
        return lastNumber
    }

    mutating func add(_ waiter: Waiter) { waiters.append(waiter) }

    /// Adds a task that only lets others run first.
    mutating func addYielding(_ continuation: CheckedContinuation<Void, Never>) { yielding.append(continuation) }

    /// Something was taken from the module.
    mutating func recordProgress() { hasProgressed = true }

    // MARK: Taking

    /// Takes the tasks that yielded.
    mutating func takeYielding() -> [CheckedContinuation<Void, Never>] {
        defer { yielding = [] }
        return yielding
    }

    /// Takes the waiting tasks that match.
    mutating func take(where isWoken: (Waiter) -> Bool) -> [Waiter] {
        guard waiters.contains(where: isWoken) else { return [] }
        let woken = waiters.filter(isWoken)
        waiters.removeAll(where: isWoken)
        return woken
    }

    /// Takes the task that has waited longest for its turn to write to a connection.
    mutating func takeNextWriter(to object: Int) -> Waiter? {
        let next = waiters.firstIndex { $0.cause == .writing && $0.object == object }
        return next.map { waiters.remove(at: $0) }
    }

    /// Takes the tasks whose turn to write did not come in time.
    mutating func takeLateWriters(at now: MonotonicInstant) -> [Waiter] {
        take { $0.cause == .writing && $0.due <= now }
    }

    /// Takes the tasks that are due, and those that IRQ may concern: each once while IRQ stays high, and again some time
    /// after, when another task has taken something.
    mutating func takeReady(at now: MonotonicInstant, isInterruptHigh: Bool) -> [Waiter] {
        let hasProgressed = hasProgressed
        let ready = take { waiter in
            if waiter.due <= now { return true }
            guard isInterruptHigh else { return false }
            let sincePause = now.nanoseconds(since: waiter.since)
            return switch waiter.cause {
            case .activity:
                !waiter.hasSeenInterrupt || hasProgressed && sincePause >= Self.progressNanoseconds
            case .connection:
                !waiter.hasSeenInterrupt || hasProgressed && sincePause >= Self.connectionNanoseconds
            case .time, .writing: false
            }
        }
        if !isInterruptHigh { for index in waiters.indices { waiters[index].hasSeenInterrupt = false } }
        return ready
    }

    /// Ends a poll of the module: what was taken before it has had its effect.
    mutating func endPoll() { hasProgressed = false }
}
#endif
