/// Threads that resolve names: a limited number, started when needed and ended when idle.
final class ResolverPool: Sendable {
    struct Job: Sendable {
        let number: UInt64
        let host: String
        let answer: @Sendable (NameResolution) -> Void
    }

    private enum Place {
        case newThread
        case queued
        case refused
    }

    private struct State {
        var threads = 0
        var queue: [Job] = []
        /// The start of the queue; entries before it have been taken.
        var head = 0

        var waiting: Int { queue.count - head }

        mutating func withdraw(_ number: UInt64) -> Job? {
            queue[head...].firstIndex { $0.number == number }.map { queue.remove(at: $0) }
        }

        mutating func next() -> Job? {
            guard head < queue.count else {
                queue.removeAll(keepingCapacity: false)
                head = 0
                return nil
            }
            let job = queue[head]
            head += 1
            if head >= 64, head * 2 >= queue.count {
                queue.removeFirst(head)
                head = 0
            }
            return job
        }
    }

    private let state = Guarded(State())
    private let threadLimit: Int
    private let queueLimit: Int

    init(threadLimit: Int, queueLimit: Int) {
        self.threadLimit = max(threadLimit, 1)
        self.queueLimit = max(queueLimit, 0)
    }

    /// Runs a job; its result handler is called exactly once, on any thread, unless the job is withdrawn first.
    func submit(_ job: Job) {
        let place: Place = state.withLock { state in
            if state.threads < threadLimit {
                state.threads += 1
                return .newThread
            }
            guard state.waiting < queueLimit else { return .refused }
            state.queue.append(job)
            return .queued
        }
        switch place {
        case .newThread: start(with: job)
        case .queued: break
        case .refused: job.answer(.failed(.tryAgain))
        }
    }

    /// Removes a job from the queue. A job in progress continues.
    func withdraw(_ number: UInt64) {
        let job = state.withLock { state in state.withdraw(number) }
        withExtendedLifetime(job) {}
    }

    private func start(with job: Job) {
        do {
            try DetachedThread.start { self.work(from: job) }
        } catch {
            job.answer(.failed(.tryAgain))
            giveUpThread()
        }
    }

    private func work(from first: Job) {
        var current: Job? = first
        while let job = current {
            job.answer(NameLookup.blocking(job.host))
            current = nextOrLeave()
        }
    }

    private func nextOrLeave() -> Job? {
        state.withLock { state in
            let job = state.next()
            if job == nil { state.threads -= 1 }
            return job
        }
    }

    /// A thread could not be started. If no other thread is left, the queued jobs fail.
    private func giveUpThread() {
        let stranded = state.withLock { state in
            state.threads -= 1
            var jobs: [Job] = []
            while state.threads == 0, let job = state.next() { jobs.append(job) }
            return jobs
        }
        for job in stranded { job.answer(.failed(.tryAgain)) }
    }
}
