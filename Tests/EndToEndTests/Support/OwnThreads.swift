import Dispatch
import Testing

/// Runs the tasks of a test on separate threads.
///
/// Most tests here block the threads of Swift's task pool: each step of a task would wait behind whole tests, while
/// external peers time out. Tasks that a test creates with `Task { }` are not its children; they need
/// `Task.onOwnThreads { }`.
struct OwnThreads: TestTrait, SuiteTrait, TestScoping {
    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(TestExecutor.shared) { try await function() }
    }
}

extension Trait where Self == OwnThreads {
    static var ownThreads: Self { OwnThreads() }
}

extension Task where Failure == any Error {
    static func onOwnThreads(_ body: @escaping @isolated(any) @Sendable () async throws -> Success) -> Self {
        Task(executorPreference: TestExecutor.shared, operation: body)
    }
}

extension Task where Failure == Never {
    static func onOwnThreads(_ body: @escaping @isolated(any) @Sendable () async -> Success) -> Self {
        Task(executorPreference: TestExecutor.shared, operation: body)
    }
}

/// A queue of Dispatch; its threads are not those of Swift's tasks.
private final class TestExecutor: TaskExecutor {
    static let shared = TestExecutor()
    private let queue = DispatchQueue(label: "tasks of tests", attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
