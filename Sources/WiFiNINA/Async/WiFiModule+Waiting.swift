#if !hasFeature(Embedded)
import NINALink

// Waiting without blocking the module: a suspended task is woken by the link's activity, or at its due time.

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
    /// For a BSD socket, for which IRQ is not raised.
    private var blindPause = BSDCommands.firstPause

    init(at now: MonotonicInstant, timeout: Duration?) {
        start = now
        deadline = timeout.map { now.advanced(by: $0) } ?? .distantFuture
    }

    /// Nanoseconds between checks while IRQ is low.
    func interval(at now: MonotonicInstant) -> UInt64 {
        min(max(now.nanoseconds(since: start) / 4, Self.interval.lowerBound), Self.interval.upperBound)
    }

    mutating func nextLook(
        at now: MonotonicInstant, isInterruptHigh: Bool, family: SocketFamily = .classic
    ) -> MonotonicInstant {
        if family == .bsd {
            // Rarer the longer it takes: each look is a command.
            let limit = max(BSDCommands.longestPause, min(now.nanoseconds(since: start) / 4, Self.interval.upperBound))
            defer { blindPause = min(blindPause * 2, Self.interval.upperBound) }
            return min(deadline, now.advanced(byNanoseconds: min(blindPause, limit)))
        }
        defer { pause = isInterruptHigh ? min(pause * 2, Self.pauses.upperBound) : Self.pauses.lowerBound }
        return min(deadline, now.advanced(byNanoseconds: isInterruptHigh ? pause : interval(at: now)))
    }
}

extension WiFiModule {
    /// Waits for activity of the module that concerns an object; the caller then checks again. If IRQ has risen since the
    /// caller's last look, that look has not seen what for.
    /// - Parameters:
    ///   - wait: what times out.
    ///   - family: the object's sockets.
    ///   - cause: `.activity` or `.connection`.
    func pause(
        _ backoff: inout PollBackoff, object: Int, for wait: WiFiError.Wait, _ family: SocketFamily,
        cause: Waiter.Cause = .activity
    ) async throws(WiFiError) {
        let now = now
        guard now < backoff.deadline else { throw .timedOut(wait) }
        let wasHigh = wifi.driver.lastInterruptLevel
        let isHigh = try wifi.driver.interruptLevel()
        let due = backoff.nextLook(at: now, isInterruptHigh: isHigh, family: family)
        try await suspend(cause, object, until: due, hasSeenInterrupt: isHigh && wasHigh)
    }

    /// Suspends only this task until the due time.
    func pause(until due: MonotonicInstant, object: Int? = nil) async throws(WiFiError) {
        try await suspend(.time, object, until: due)
    }

    /// Yields to other tasks that want to run a command.
    func yieldToOtherTasks() async {
        guard !isClosed else { return }
        await withCheckedContinuation { waits.addYielding($0) }
    }

    /// Resumes the tasks that yielded.
    func resumeYielding() {
        for continuation in waits.takeYielding() { continuation.resume() }
    }

    /// Suspends the task until it is woken. Nothing else runs on the module's thread between the caller's last check and
    /// the entry in the queue, so that no wake-up is missed.
    func suspend(
        _ cause: Waiter.Cause, _ object: Int?, until due: MonotonicInstant, hasSeenInterrupt: Bool = false
    ) async throws(WiFiError) {
        try checkCancellation()
        let number = waits.newNumber()
        let since = now
        let error: WiFiError? = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<WiFiError?, Never>) in
                // If the task is cancelled after this point, the handler's job runs later and finds the waiter.
                guard !Task.isCancelled else { return continuation.resume(returning: WiFiError.cancelled) }
                waits.add(
                    Waiter(
                        number: number, cause: cause, object: object, due: due, since: since,
                        hasSeenInterrupt: hasSeenInterrupt, continuation: continuation))
            }
        } onCancel: {
            Task { await self.cancelWaiter(number) }
        }
        if let error { throw error }
    }

    private func cancelWaiter(_ number: UInt64) { wake(waits.take { $0.number == number }, .cancelled) }

    /// Wakes the tasks that wait for an object, because it was closed.
    func wakeWaiters(for object: Int) { wake(waits.take { $0.object == object }) }

    func wakeAll(_ error: WiFiError) { wake(waits.take { _ in true }, error) }

    /// Wakes waiting tasks.
    /// - Parameters:
    ///   - woken: the tasks, which the queue has no more.
    ///   - error: the error that their wait throws; nil when it just ends.
    func wake(_ woken: [Waiter], _ error: WiFiError? = nil) {
        for waiter in woken { waiter.continuation.resume(returning: error) }
    }

    /// Polls the link and wakes the tasks that are due.
    /// - Returns: the nanoseconds until the next poll; nil when no task waits.
    func poll() -> UInt64? {
        resumeYielding()
        defer { waits.endPoll() }
        guard waits.count > 0 else { return nil }
        let isHigh: Bool
        do throws(WiFiError) {
            // A deadline in the past: processes received bytes without waiting.
            isHigh = try wifi.driver.waitForInterrupt(until: MonotonicInstant(nanoseconds: 0))
        } catch {
            wakeAll(error)
            return nil
        }
        let now = now
        wake(waits.takeLateWriters(at: now), .timedOut(.write))
        wake(waits.takeReady(at: now, isInterruptHigh: isHigh))
        return waits.nextDue?.nanoseconds(since: now)
    }
}
#endif
