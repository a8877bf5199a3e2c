#if !hasFeature(Embedded)
import NINALink

// Waiting without blocking the module: a suspended task is woken by the link's activity, or at its due time.

/// A task that is suspended in a wait.
struct Waiter {
    /// What a task waits for.
    enum Cause: Equatable {
        /// Only its due time.
        case time
        /// IRQ; the task then checks what it was for.
        case activity
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

/// The pauses between checks during one wait for the module's activity.
struct PollBackoff {
    /// While IRQ is high for another socket, checks start this close together and back off to the maximum.
    private static let pauses: ClosedRange<UInt64> = 1_000_000...50_000_000
    /// While IRQ is low. The end of a connection does not raise IRQ, so polling continues; the interval grows with the
    /// length of the wait.
    private static let interval: ClosedRange<UInt64> = 50_000_000...250_000_000

    private let start: MonotonicInstant
    let deadline: MonotonicInstant
    private var pause = Self.pauses.lowerBound

    init(at now: MonotonicInstant, timeout: Duration?) {
        start = now
        deadline = timeout.map { now.advanced(by: $0) } ?? .distantFuture
    }

    /// Nanoseconds between checks while IRQ is low.
    func interval(at now: MonotonicInstant) -> UInt64 {
        min(max(now.nanoseconds(since: start) / 4, Self.interval.lowerBound), Self.interval.upperBound)
    }

    mutating func nextLook(at now: MonotonicInstant, isInterruptHigh: Bool) -> MonotonicInstant {
        defer { pause = isInterruptHigh ? min(pause * 2, Self.pauses.upperBound) : Self.pauses.lowerBound }
        return min(deadline, now.advanced(byNanoseconds: isInterruptHigh ? pause : interval(at: now)))
    }
}

extension WiFiModule {
    /// After a task has taken something, other tasks check again even if IRQ did not seem to change, at most once in
    /// this time because each check costs a command.
    private static let progressNanoseconds: UInt64 = 4_000_000

    /// Waits for activity of the module that concerns an object; the caller then checks again.
    func pause(_ backoff: inout PollBackoff, object: Int, for wait: WiFiError.Wait) async throws(WiFiError) {
        let now = now
        guard now < backoff.deadline else { throw .timedOut(wait) }
        let isHigh = try wifi.driver.interruptLevel()
        let due = backoff.nextLook(at: now, isInterruptHigh: isHigh)
        try await suspend(.activity, object, until: due, hasSeenInterrupt: isHigh)
    }

    /// Suspends only this task until the due time.
    func pause(until due: MonotonicInstant, object: Int? = nil) async throws(WiFiError) {
        try await suspend(.time, object, until: due)
    }

    /// Yields to other tasks that want to run a command.
    func yieldToOtherTasks() async {
        guard !isClosed else { return }
        await withCheckedContinuation { yielding.append($0) }
    }

    /// Resumes the tasks that yielded.
    func resumeYielding() {
        let yielded = yielding
        yielding = []
        for continuation in yielded { continuation.resume() }
    }

    /// Suspends the task until it is woken.
    func suspend(
        _ cause: Waiter.Cause, _ object: Int?, until due: MonotonicInstant, hasSeenInterrupt: Bool = false
    ) async throws(WiFiError) {
        try checkCancellation()
        lastWaiter += 1
        let number = lastWaiter
        let since = now
        let error: WiFiError? = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<WiFiError?, Never>) in
                // If the task is cancelled after this point, the handler's job runs later and finds the waiter.
                guard !Task.isCancelled else { return continuation.resume(returning: WiFiError.cancelled) }
                waiters.append(
                    Waiter(
                        number: number, cause: cause, object: object, due: due, since: since,
                        hasSeenInterrupt: hasSeenInterrupt, continuation: continuation))
            }
        } onCancel: {
            Task { await self.cancelWaiter(number) }
        }
        if let error { throw error }
    }

    private func cancelWaiter(_ number: UInt64) { wake(.cancelled) { $0.number == number } }

    /// Wakes the waiting tasks that match.
    /// - Parameter error: the error that their wait throws; nil when it just ends.
    func wake(_ error: WiFiError? = nil, where isWoken: (Waiter) -> Bool) {
        guard waiters.contains(where: isWoken) else { return }
        let woken = waiters.filter(isWoken)
        waiters.removeAll(where: isWoken)
        for waiter in woken { waiter.continuation.resume(returning: error) }
    }

    func wakeAll(_ error: WiFiError) { wake(error) { _ in true } }

    /// Polls the link and wakes the tasks that are due.
    /// - Returns: the nanoseconds until the next poll; nil when no task waits.
    func poll() -> UInt64? {
        resumeYielding()
        defer { hasProgressed = false }
        guard !waiters.isEmpty else { return nil }
        let isHigh: Bool
        do throws(WiFiError) {
            // A deadline in the past: processes received bytes without waiting.
            isHigh = try wifi.driver.waitForInterrupt(until: MonotonicInstant(nanoseconds: 0))
        } catch {
            wakeAll(error)
            return nil
        }
        let now = now
        wake(.timedOut(.write)) { $0.cause == .writing && $0.due <= now }
        wake { waiter in
            if waiter.due <= now { return true }
            guard isHigh, waiter.cause == .activity else { return false }
            return !waiter.hasSeenInterrupt
                || hasProgressed && now.nanoseconds(since: waiter.since) >= Self.progressNanoseconds
        }
        if !isHigh { for index in waiters.indices { waiters[index].hasSeenInterrupt = false } }
        return waiters.map(\.due).min()?.nanoseconds(since: now)
    }
}
#endif
