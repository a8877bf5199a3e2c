/// A thread that runs jobs one after another beside a reactor, for blocking calls such as disk I/O.
///
/// Only the jobs access the state. The thread starts with the first job and lives until the worker is closed or released;
/// without jobs it sleeps. Jobs that wait are taken together, as a batch, so that what they have in common is done once.
public final class SerialWorker<State>: Sendable {
    /// A job: changes the state, on the worker's thread.
    public typealias Job = @Sendable (inout State) -> Void
    typealias StartThread = @Sendable (@escaping @Sendable () -> Void) throws(LinuxError) -> Void

    /// The thread has this one, not the worker, which it would keep alive.
    private let queue: JobQueue<State>
    private let startThread: StartThread

    /// Makes a worker with its state.
    /// - Parameter finish: runs after each batch of jobs, which are done only then.
    public convenience init(_ state: sending State, afterEachBatch finish: @escaping Job = { _ in }) {
        self.init(state, afterEachBatch: finish) { body throws(LinuxError) in try DetachedThread.start(body) }
    }

    /// - Parameter startThread: starts the thread.
    init(_ state: sending State, afterEachBatch finish: @escaping Job, startThread: @escaping StartThread) {
        queue = JobQueue(state, finish)
        self.startThread = startThread
    }

    deinit { queue.close(last: nil) }

    /// Runs a job after all jobs submitted before; callable from any thread.
    /// - Returns: false when no thread can be started, or the worker is closed; the job is dropped.
    @discardableResult
    public func submit(_ job: @escaping Job) -> Bool { queue.append(job, startThread) }

    /// Waits until all submitted jobs are done. Returns false on time-out.
    /// - Parameter deadline: a time of `MonotonicClock` in nanoseconds.
    public func drain(deadline: UInt64) -> Bool { queue.waitForJobs(until: deadline) }

    /// Ends the thread after all submitted jobs, and releases the state. Further jobs are refused.
    /// - Parameters:
    ///   - last: a job to run last, if the thread was started.
    ///   - deadline: a time of `MonotonicClock` in nanoseconds, until which it waits.
    /// - Returns: false on time-out; the thread still ends when its jobs are done.
    @discardableResult
    public func close(last: Job? = nil, deadline: UInt64) -> Bool {
        queue.close(last: last)
        return queue.waitForEnd(until: deadline)
    }
}

/// The jobs, and the state while no thread has it.
private final class JobQueue<State>: Sendable {
    typealias Job = SerialWorker<State>.Job

    private enum Thread {
        case missing(State)
        /// It has not taken the state yet.
        case starting(State)
        case running
        case ended
    }

    private struct Content {
        var thread: Thread
        var jobs: [Job] = []
        var submitted = 0
        var done = 0
        var isClosed = false

        /// Starts the thread if it is missing.
        /// - Returns: false when it cannot be started.
        mutating func start(_ body: () throws(LinuxError) -> Void) -> Bool {
            guard case .missing(let state) = thread else { return true }
            do throws(LinuxError) {
                try body()
            } catch {
                return false
            }
            thread = .starting(state)
            return true
        }

        /// Hands the state to the thread.
        mutating func takeState() -> State? {
            guard case .starting(let state) = thread else { return nil }
            thread = .running
            return state
        }

        /// Refuses further jobs.
        /// - Returns: the state, if there is no thread to release it.
        mutating func close(last: Job?) -> State? {
            guard !isClosed else { return nil }
            isClosed = true
            switch thread {
            case .missing(let state):
                thread = .ended
                return state
            case .starting, .running:
                if let last { jobs.append(last) }
                return nil
            case .ended: return nil
            }
        }
    }

    private let content: Monitor<Content>
    private let finish: Job

    init(_ state: sending State, _ finish: @escaping Job) {
        content = Monitor(Content(thread: .missing(state)))
        self.finish = finish
    }

    func append(_ job: @escaping Job, _ startThread: SerialWorker<State>.StartThread) -> Bool {
        content.change { content in
            // A thread that starts waits for the lock first.
            guard !content.isClosed, content.start({ () throws(LinuxError) in try startThread { self.run() } }) else {
                return false
            }
            content.jobs.append(job)
            content.submitted += 1
            return true
        }
    }

    private func run() {
        work()
        // The state is released by now.
        content.change { $0.thread = .ended }
    }

    private func work() {
        guard var state = content.change({ $0.takeState() }) else { return }
        while let jobs = nextBatch() {
            for job in jobs { job(&state) }
            finish(&state)
            content.change { $0.done += jobs.count }
        }
    }

    /// Waits for jobs; nil when the worker is closed and there are no more.
    private func nextBatch() -> [Job]? {
        let jobs: [Job]? = content.wait { content in
            guard !content.jobs.isEmpty || content.isClosed else { return nil }
            defer { content.jobs = [] }
            return content.jobs
        }
        guard let jobs, !jobs.isEmpty else { return nil }
        return jobs
    }

    func waitForJobs(until deadline: UInt64) -> Bool {
        let target = content.change { $0.submitted }
        return content.wait(until: deadline) { $0.done >= target ? true : nil } ?? false
    }

    func waitForEnd(until deadline: UInt64) -> Bool {
        content.wait(until: deadline) { content in
            if case .ended = content.thread { true } else { nil }
        } ?? false
    }

    func close(last: Job?) {
        let unused = content.change { $0.close(last: last) }
        withExtendedLifetime(unused) {}
    }
}
