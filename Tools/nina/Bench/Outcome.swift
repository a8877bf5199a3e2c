import LinuxIO

/// The result of work that runs elsewhere: in a thread for a client outside, or in a task.
final class Outcome<Value: Sendable>: Sendable {
    private let result = Guarded<Result<Value, any Error>?>(nil)
    private let bell: WakeDescriptor

    private init() throws { bell = try WakeDescriptor() }

    /// Work in a thread of its own.
    static func ofThread(_ body: @escaping @Sendable () throws -> Value) throws -> Outcome {
        let outcome = try Outcome()
        try DetachedThread.start { outcome.set(Result(catching: body)) }
        return outcome
    }

    /// Work in a task, whose end is awaited here for 30 seconds.
    static func ofTask(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
        let outcome = try Outcome()
        Task.detached {
            do { outcome.set(.success(try await body())) } catch { outcome.set(.failure(error)) }
        }
        return try outcome.wait(nanoseconds: 30_000_000_000)
    }

    private func set(_ value: Result<Value, any Error>) {
        result.withLock { $0 = value }
        bell.wake()
    }

    /// Whether the work is done.
    var isSet: Bool { result.withLock { $0 != nil } }

    /// Waits for the end of the work.
    func wait(nanoseconds: UInt64) throws -> Value {
        let deadline = MonotonicClock.deadline(after: nanoseconds)
        while !isSet, MonotonicClock.remaining(until: deadline) > 0 {
            _ = bell.sleep(watching: nil, nanoseconds: UInt64(MonotonicClock.remaining(until: deadline)))
        }
        guard let value = result.withLock({ $0 }) else { throw ToolError("a client or a task did not end in time") }
        return try value.get()
    }
}
