#if !hasFeature(Embedded)
import NINALink

// Waiting without holding the module: a suspended task is woken by the link's activity, or when its time has come.

/// A task that is suspended in a wait.
struct Waiter {
    /// What it waits for.
    enum Cause: Equatable {
        /// Only its time.
        case time
        /// IRQ; it looks what it was for.
        case activity
        /// Its turn to write to the connection.
        case writing
    }

    let number: UInt64
    let cause: Cause
    /// The connection, server or datagram socket, whose end is the end of the wait.
    let object: Int?
    /// When it wants to be woken at the latest.
    let due: MonotonicInstant
    let since: MonotonicInstant
    /// IRQ was high when it looked last, and not for it.
    var hasSeenInterrupt: Bool
    let continuation: CheckedContinuation<WiFiError?, Never>
}

/// The pauses between looks during one wait for the module's activity.
struct PollBackoff {
    /// While IRQ is high for another socket, looks are this far apart, at first and at the most.
    private static let pauses: ClosedRange<UInt64> = 1_000_000...50_000_000
    /// While IRQ is low, which is only a hint: the end of a connection does not raise it. The longer a wait lasts, the farther
    /// apart the looks.
    private static let interval: ClosedRange<UInt64> = 50_000_000...250_000_000

    private let start: MonotonicInstant
    let deadline: MonotonicInstant
    private var pause = Self.pauses.lowerBound

    init(at now: MonotonicInstant, timeout: Duration?) {
        start = now
        deadline = timeout.map { now.advanced(by: $0) } ?? .distantFuture
    }

    /// Nanoseconds between looks while IRQ is low.
    func interval(at now: MonotonicInstant) -> UInt64 {
        min(max(now.nanoseconds(since: start) / 4, Self.interval.lowerBound), Self.interval.upperBound)
    }

    mutating func nextLook(at now: MonotonicInstant, isInterruptHigh: Bool) -> MonotonicInstant {
        defer { pause = isInterruptHigh ? min(pause * 2, Self.pauses.upperBound) : Self.pauses.lowerBound }
        return min(deadline, now.advanced(byNanoseconds: isInterruptHigh ? pause : interval(at: now)))
    }
}

extension WiFiModule {
    /// After a task has taken something, others look again although IRQ did not seem to change; not sooner than this after
    /// their last look, for it costs each a command.
    private static let progressNanoseconds: UInt64 = 4_000_000

    /// Waits for activity of the module that concerns an object; then the caller looks again.
    func pause(_ backoff: inout PollBackoff, object: Int, for wait: WiFiError.Wait) async throws(WiFiError) {
        let now = now
        guard now < backoff.deadline else { throw .timedOut(wait) }
        let isHigh = try wifi.driver.interruptLevel()
        let due = backoff.nextLook(at: now, isInterruptHigh: isHigh)
        try await suspend(.activity, object, until: due, hasSeenInterrupt: isHigh)
    }

    /// Lets time pass for the task alone.
    func pause(until due: MonotonicInstant, object: Int? = nil) async throws(WiFiError) {
        try await suspend(.time, object, until: due)
    }

    /// Yields to other tasks that want to run a command.
    func letOthers() async {
        guard !isClosed else { return }
        await withCheckedContinuation { yielding.append($0) }
    }

    /// Resumes the tasks that have yielded.
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
                // A task that is cancelled from here on has its waiter found by the handler's job, which comes later.
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

    /// Wakes some of the tasks that wait.
    /// - Parameter error: what their wait throws; nil when it just ends.
    func wake(_ error: WiFiError? = nil, where isWoken: (Waiter) -> Bool) {
        guard waiters.contains(where: isWoken) else { return }
        let woken = waiters.filter(isWoken)
        waiters.removeAll(where: isWoken)
        for waiter in woken { waiter.continuation.resume(returning: error) }
    }

    func wakeAll(_ error: WiFiError) { wake(error) { _ in true } }

    /// Looks at the link, and wakes the tasks that are due.
    /// - Returns: the nanoseconds until the next look; nil when no task waits.
    func poll() -> UInt64? {
        resumeYielding()
        defer { hasProgressed = false }
        guard !waiters.isEmpty else { return nil }
        let isHigh: Bool
        do throws(WiFiError) {
            // A moment that has passed: this takes in what has come, and does not wait.
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
