import LinuxIO
import NINALink

/// The thread of a link: a `WiFiModule` of WiFiNINA runs on it, so that blocking calls do not block Swift's own
/// threads.
///
/// It sleeps until a job is enqueued, the link has something to process, or a wait is due. While a task waits on a
/// loopback, it advances the virtual time.
///
/// It ends when its module is closed or released. Each call to a closed module runs on a new thread.
public final class LinkThread: LinkExecutor, @unchecked Sendable {
    /// The link; used only on the thread.
    public let link: any Link
    /// When the job that runs was enqueued; used only on the thread.
    public private(set) var enqueuedAt: MonotonicInstant?
    private let bell: WakeDescriptor
    private let alarms = Alarms()
    private let interrupter: (@Sendable () -> Void)?
    /// The link's clock is the system's, not a virtual one.
    private let isOnSystemTime: Bool
    private let state = Guarded(State())
    /// The polling interval, while a task waits, of links without a descriptor.
    private static let blindNanoseconds: UInt64 = 1_000_000
    /// After so many batches of jobs the link is polled, even if there are more.
    private static let batchesInQuantum = 8
    /// The steps by which virtual time advances, while idle and between jobs.
    private static let virtualNanoseconds: (idle: UInt64, busy: UInt64) = (5_000_000, 100_000)

    private struct Job {
        let job: UnownedJob
        /// Of a task that prefers this thread, outside the actor.
        let isTasks: Bool
        let enqueuedAt: MonotonicInstant?
    }

    private struct State {
        var jobs: [Job] = []
        var poll: (@Sendable () -> UInt64?)?
        /// The actor's task executor, which lives as long as the actor and its tasks.
        var tasks: UnownedTaskExecutor?
        /// A thread is running the jobs.
        var isRunning = true
        /// The thread sleeps and has not been woken yet.
        var isAsleep = false
        var isStopping = false
        /// The thread that runs the jobs.
        var thread: UInt?
    }

    /// Starts a thread for a link that nothing else uses.
    /// - Throws: EAGAIN at the limit of threads, EMFILE.
    public init(link: sending any Link) throws(LinuxError) {
        self.link = link
        interrupter = link.interrupter
        let now = Self.systemTime
        isOnSystemTime = max(now, link.now).nanoseconds(since: min(now, link.now)) < 1_000_000_000
        bell = try WakeDescriptor()
        try DetachedThread.start { self.run() }
    }

    // MARK: Executor

    /// Adds a job, which runs after the jobs already enqueued.
    public func enqueue(_ job: consuming ExecutorJob) { enqueue(UnownedJob(job), isTasks: false) }

    /// Makes an executor for tasks that prefer this thread.
    public func makeTaskExecutor() -> any TaskExecutor {
        let tasks = LinkTasks(self)
        state.withLock { $0.tasks = tasks.asUnownedTaskExecutor() }
        return tasks
    }

    fileprivate func forgetTaskExecutor() { state.withLock { $0.tasks = nil } }

    fileprivate func enqueue(_ job: UnownedJob, isTasks: Bool) {
        let job = Job(job: job, isTasks: isTasks, enqueuedAt: now)
        let (wakes, starts) = state.withLock { state in
            state.jobs.append(job)
            defer {
                state.isAsleep = false
                state.isRunning = true
            }
            return (state.isAsleep, !state.isRunning)
        }
        if wakes { bell.wake() }
        guard starts else { return }
        do {
            try DetachedThread.start { self.run() }
        } catch {
            // The link has ended, so nothing blocks here.
            run()
        }
    }

    /// Whether the current thread is this one.
    public func isIsolatingCurrentContext() -> Bool? {
        let thread = DetachedThread.current
        return state.withLock { $0.thread == thread }
    }

    /// Terminates the program unless the current thread is this one.
    public func checkIsolated() {
        precondition(isIsolatingCurrentContext() == true, "not on the thread of the link")
    }

    /// Sets the poll handler; see `LinkExecutor`.
    public func setPollHandler(_ poll: @escaping @Sendable () -> UInt64?) {
        let wakes = state.withLock { state in
            state.poll = poll
            defer { state.isAsleep = false }
            return state.isAsleep
        }
        if wakes { bell.wake() }
    }

    /// Ends the thread when all its jobs are done.
    public func stop() {
        let wakes = state.withLock { state in
            state.isStopping = true
            state.poll = nil
            defer { state.isAsleep = false }
            return state.isAsleep
        }
        if wakes { bell.wake() }
    }

    // MARK: Beside the thread

    private static var systemTime: MonotonicInstant { MonotonicInstant(nanoseconds: MonotonicClock.nanoseconds()) }

    /// The time on the link's clock; nil when that is virtual.
    public var now: MonotonicInstant? { isOnSystemTime ? Self.systemTime : nil }

    /// Calls a body on a thread of Swift's at a time.
    public func schedule(at time: MonotonicInstant, _ body: @escaping @Sendable () -> Void) -> UInt64 {
        alarms.schedule(at: time.nanoseconds, body)
    }

    /// Forgets a body that was scheduled and has not been called.
    public func unschedule(_ number: UInt64) { alarms.unschedule(number) }

    /// Ends the link's current call, if the link allows that.
    public func interrupt() { interrupter?() }

    // MARK: The thread

    private func run() {
        let thread = DetachedThread.current
        state.withLock { $0.thread = thread }
        var isReadable = false
        var batches = 0
        while let batch = takeJobs() {
            for job in batch.jobs { run(job, batch.tasks) }
            batches += 1
            let (hasMore, poll) = state.withLock { (!$0.jobs.isEmpty, $0.poll) }
            // Jobs often enqueue others, such as the rest of the task that they resume: these go first.
            if hasMore, isOnSystemTime, batches < Self.batchesInQuantum { continue }
            batches = 0
            isReadable = sleep(poll?(), wasReadable: isReadable)
        }
    }

    /// The actor's operations prefer this thread. Jobs run as on both executors, so that such a task never has to switch
    /// within the actor: a switch would let other jobs run between a check and the wait that follows it.
    private func run(_ job: Job, _ tasks: UnownedTaskExecutor?) {
        enqueuedAt = job.enqueuedAt
        switch tasks {
        case let tasks? where job.isTasks: job.job.runSynchronously(on: tasks)
        case let tasks?: job.job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: tasks)
        case nil: job.job.runSynchronously(on: asUnownedSerialExecutor())
        }
    }

    /// Nil when the thread must end.
    private func takeJobs() -> (jobs: [Job], tasks: UnownedTaskExecutor?)? {
        state.withLock { state in
            if state.jobs.isEmpty, state.isStopping {
                state.isRunning = false
                state.thread = nil
                return nil
            }
            defer { state.jobs = [] }
            return (state.jobs, state.tasks)
        }
    }

    /// Sleeps unless there is something to do.
    /// - Parameters:
    ///   - nanoseconds: until the next poll; nil when no task waits for the link.
    ///   - wasReadable: the descriptor was readable before the last poll. If it still is, the poll has not drained it:
    ///     this sleep ignores the descriptor, so that it does not keep the thread awake.
    private func sleep(_ nanoseconds: UInt64?, wasReadable: Bool) -> Bool {
        let mayIdle = state.withLock { state in
            state.isAsleep = state.jobs.isEmpty && !state.isStopping
            return state.isAsleep
        }
        guard mayIdle else {
            // Time passes for those who wait, though others keep the thread busy.
            if !isOnSystemTime { advance(by: Self.virtualNanoseconds.busy) }
            return false
        }
        defer { state.withLock { $0.isAsleep = false } }
        guard let nanoseconds else { return bell.sleep(watching: nil, nanoseconds: nil).isReadable }
        guard let descriptor = link.activityDescriptor else {
            sleepPolling(nanoseconds)
            return false
        }
        var isLeftAlone = false
        if wasReadable {
            let causes = bell.sleep(watching: descriptor, nanoseconds: 0)
            guard !causes.isWoken else { return false }
            isLeftAlone = causes.isReadable
        }
        return bell.sleep(watching: isLeftAlone ? nil : descriptor, nanoseconds: nanoseconds).isReadable
    }

    /// A link whose clock did not advance during the sleep is on virtual time, such as the loopback, and must be
    /// advanced.
    private func sleepPolling(_ nanoseconds: UInt64) {
        let start = link.now
        let causes = bell.sleep(watching: nil, nanoseconds: min(nanoseconds, Self.blindNanoseconds))
        guard link.now == start else { return }
        let step = causes.isWoken ? Self.virtualNanoseconds.busy : Self.virtualNanoseconds.idle
        advance(by: min(nanoseconds, step))
    }

    /// Advances virtual time. The next poll reports an error.
    private func advance(by nanoseconds: UInt64) {
        try? link.sleep(until: link.now.advanced(byNanoseconds: nanoseconds))
    }
}

/// Runs tasks on a ``LinkThread``.
private final class LinkTasks: TaskExecutor {
    private let thread: LinkThread

    init(_ thread: LinkThread) { self.thread = thread }

    deinit { thread.forgetTaskExecutor() }

    func enqueue(_ job: consuming ExecutorJob) { thread.enqueue(UnownedJob(job), isTasks: true) }
}
