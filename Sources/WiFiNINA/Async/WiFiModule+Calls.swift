#if !hasFeature(Embedded)
import NINALink
import Synchronization

// Deadlines that count from the call. An operation runs on the link's thread, behind those before it, one of which may
// be waiting for a module that does not answer. The caller does not wait for that thread longer than its deadline says.

/// One call of a module.
struct CallTicket: Sendable {
    /// When it was made, on the link's clock; nil on virtual time.
    let start: MonotonicInstant?
    private let outcome: CallOutcome?

    /// - Parameter start: when it was made.
    init(start: MonotonicInstant?) { self.init(start: start, outcome: nil) }

    fileprivate init(start: MonotonicInstant?, outcome: CallOutcome?) {
        self.start = start
        self.outcome = outcome
    }

    /// Decides that the call ends with what its operation returns; to be called when bytes have been taken for it.
    /// - Returns: false when its deadline has already ended it.
    func claim() -> Bool { outcome?.claim() ?? true }
}

/// Decides whether a call ends with its operation or at its deadline.
private final class CallOutcome: Sendable {
    private final class Operation: Sendable {
        let task: Task<Void, Never>
        init(_ task: Task<Void, Never>) { self.task = task }
    }

    private enum Decision {
        static let open: UInt8 = 0
        static let operation: UInt8 = 1
        static let deadline: UInt8 = 2
    }

    private let decision = Atomic(Decision.open)
    private let isCancelled = Atomic(false)
    private let operation = AtomicLazyReference<Operation>()

    func claim() -> Bool {
        let (done, found) = decision.compareExchange(
            expected: Decision.open, desired: Decision.operation, ordering: .acquiringAndReleasing)
        return done || found == Decision.operation
    }

    func expire() -> Bool {
        decision.compareExchange(
            expected: Decision.open, desired: Decision.deadline, ordering: .acquiringAndReleasing
        ).exchanged
    }

    /// Of this and ``cancel()`` in two threads, at least one sees what the other has stored.
    func started(_ task: Task<Void, Never>) {
        _ = operation.storeIfNil(Operation(task))
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        if isCancelled.load(ordering: .sequentiallyConsistent) { task.cancel() }
    }

    func cancel() {
        isCancelled.store(true, ordering: .sequentiallyConsistent)
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        operation.load()?.task.cancel()
    }
}

/// Time limits that callers need beside the module's thread.
final class CallLimits: Sendable {
    private let command = Atomic<UInt64>(0)
    private let join = Atomic<UInt64>(0)
    private let closing = Atomic(false)

    init(_ wifi: WiFi) { update(wifi) }

    /// Takes over what a program may have changed.
    func update(_ wifi: WiFi) {
        command.store(wifi.driver.commandNanoseconds, ordering: .relaxed)
        join.store(wifi.timeout.wholeNanoseconds, ordering: .relaxed)
    }

    var commandNanoseconds: UInt64 { command.load(ordering: .relaxed) }
    var joinNanoseconds: UInt64 { join.load(ordering: .relaxed) }
    /// The module is being closed: nothing more begins.
    var isClosing: Bool { closing.load(ordering: .acquiring) }
    func close() { closing.store(true, ordering: .releasing) }
}

extension WiFiModule {
    /// An operation on the module's thread gets this much longer than its call's time, so that it can report its own
    /// error.
    private static let graceNanoseconds: UInt64 = 750_000_000
    /// The time for an orderly close, which needs commands, before the link is cut.
    private static let closeNanoseconds: UInt64 = 400_000_000

    static let busyError = WiFiError.link(
        LinkError(.timedOut, .readyForCommand, "the module is busy with another command"), nil)

    /// Runs an operation, whose caller is released at its deadline even if the module's thread is blocked.
    ///
    /// An operation that was not begun by then is not run; one that is running gets to its end, so that a command is
    /// never cut short.
    /// - Parameters:
    ///   - time: nanoseconds from now; nil for no limit.
    ///   - timeOut: the error at the deadline.
    ///   - operation: the operation.
    nonisolated func call<Value: Sendable>(
        within time: UInt64?, else timeOut: WiFiError = busyError,
        _ operation: @escaping @Sendable (isolated WiFiModule, CallTicket) async throws(WiFiError) -> Value
    ) async throws(WiFiError) -> Value {
        let start = executor.now
        // A caller on the module's own thread cannot be released while that is blocked: it needs no alarm.
        guard let start, let time, executor.isIsolatingCurrentContext() != true else {
            return try await resumingOnThread { () async throws(WiFiError) in
                try await operation(self, CallTicket(start: start))
            }
        }
        let outcome = CallOutcome()
        let due = start.advanced(byNanoseconds: time).advanced(byNanoseconds: Self.graceNanoseconds)
        let result: Result<Value, WiFiError> = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<Value, WiFiError>, Never>) in
                let alarm = executor.schedule(at: due) {
                    guard outcome.expire() else { return }
                    outcome.cancel()
                    continuation.resume(returning: .failure(timeOut))
                }
                let task = Task.immediate(executorPreference: taskExecutor) {
                    await self.run(CallTicket(start: start, outcome: outcome), alarm, continuation, operation)
                }
                outcome.started(task)
            }
        } onCancel: {
            outcome.cancel()
        }
        return try result.get()
    }

    /// Runs an operation whose waits are resumed on the module's thread. A continuation is otherwise resumed on one of
    /// Swift's threads, from which the task would come back at once.
    nonisolated func resumingOnThread<Value, Failure: Error>(
        _ operation: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await withTaskExecutorPreference(taskExecutor, operation: operation)
    }

    /// Runs an operation and ends its call, both on the module's thread: all others may be busy when it ends in time.
    private func run<Value: Sendable>(
        _ ticket: CallTicket, _ alarm: UInt64, _ continuation: CheckedContinuation<Result<Value, WiFiError>, Never>,
        _ operation: @Sendable (isolated WiFiModule, CallTicket) async throws(WiFiError) -> Value
    ) async {
        let result: Result<Value, WiFiError>
        do throws(WiFiError) {
            result = .success(try await operation(self, ticket))
        } catch {
            result = .failure(error)
        }
        executor.unschedule(alarm)
        if ticket.claim() { continuation.resume(returning: result) }
    }

    /// Like ``call(within:else:_:)``, for operations of one command or a few.
    nonisolated func command<Value: Sendable>(
        _ operation: @escaping @Sendable (isolated WiFiModule) throws(WiFiError) -> Value
    ) async throws(WiFiError) -> Value {
        try await call(within: limits.commandNanoseconds) {
            (module: isolated WiFiModule, _: CallTicket) async throws(WiFiError) in try operation(module)
        }
    }

    /// Like ``command(_:)``, for an operation whose failure does not matter.
    nonisolated func attempt(_ operation: @escaping @Sendable (isolated WiFiModule) -> Void) async {
        _ = try? await command { (module: isolated WiFiModule) throws(WiFiError) in operation(module) }
    }

    /// Closes all connections, servers and datagram sockets, and ends the link. All waits and all later calls throw
    /// `.link` with the kind `.closed`. Cancelled tasks can call it.
    ///
    /// It overtakes the calls that wait for the module, and ends a command that a module does not answer. Returns when
    /// everything is closed, or after a second where a link cannot be interrupted (SPI); its thread then ends with that
    /// command.
    public nonisolated func close() async {
        limits.close()
        guard let start = executor.now else { return await closeNow() }
        let alarm = executor.schedule(at: start.advanced(byNanoseconds: Self.closeNanoseconds)) { [executor] in
            executor.interrupt()
        }
        _ = try? await call(within: 0) { (module: isolated WiFiModule, _: CallTicket) async throws(WiFiError) in
            module.closeNow()
        }
        executor.unschedule(alarm)
    }
}
#endif
