/// Threads that resolve names: a limited number, started when needed and ended when idle. No owner of look-ups has more
/// than its share of them.
final class ResolverPool: Sendable {
    struct Job: Sendable {
        let number: UInt64
        /// Whose look-up it is; nil for one that has no share.
        var owner: UInt64?
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
        /// How many threads work for each owner. A look-up that was given up keeps its thread until the C library
        /// gives up too.
        var busy: [UInt64: Int] = [:]
        let share: Int

        func hasRoom(_ owner: UInt64?) -> Bool { owner.map { busy[$0, default: 0] < share } ?? true }

        func waiting(_ owner: UInt64?) -> Int { owner == nil ? 0 : queue.count { $0.owner == owner } }

        mutating func begin(_ owner: UInt64?) {
            if let owner { busy[owner, default: 0] += 1 }
        }

        mutating func end(_ owner: UInt64?) {
            guard let owner, let count = busy[owner] else { return }
            busy[owner] = count > 1 ? count - 1 : nil
        }

        mutating func withdraw(_ number: UInt64) -> Job? {
            queue.firstIndex { $0.number == number }.map { queue.remove(at: $0) }
        }

        /// The first job whose owner has room.
        mutating func next() -> Job? {
            guard let index = queue.firstIndex(where: { hasRoom($0.owner) }) else { return nil }
            let job = queue.remove(at: index)
            begin(job.owner)
            return job
        }
    }

    private let state: Guarded<State>
    private let threadLimit: Int
    private let queueLimit: Int
    /// How many look-ups of one owner wait at most.
    private static let ownersQueueLimit = 16

    private let startThread: @Sendable (@escaping @Sendable () -> Void) throws(LinuxError) -> Void

    /// - Parameters:
    ///   - share: the number of threads for look-ups of one owner.
    ///   - startThread: runs a body in a new thread.
    init(
        threadLimit: Int, queueLimit: Int, share: Int = .max,
        startThread: @escaping @Sendable (@escaping @Sendable () -> Void) throws(LinuxError) -> Void = {
            body throws(LinuxError) in try DetachedThread.start(body)
        }
    ) {
        self.startThread = startThread
        self.threadLimit = max(threadLimit, 1)
        self.queueLimit = max(queueLimit, 0)
        state = Guarded(State(share: max(share, 1)))
    }

    /// Runs a job; its result handler is called exactly once, on any thread, unless the job is withdrawn first.
    func submit(_ job: Job) {
        let place: Place = state.withLock { state in
            if state.threads < threadLimit, state.hasRoom(job.owner) {
                state.threads += 1
                state.begin(job.owner)
                return .newThread
            }
            guard state.queue.count < queueLimit, state.waiting(job.owner) < Self.ownersQueueLimit else {
                return .refused
            }
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
            try startThread { self.work(from: job) }
        } catch {
            job.answer(.failed(.tryAgain))
            giveUpThread(of: job.owner)
        }
    }

    private func work(from first: Job) {
        var current: Job? = first
        while let job = current {
            job.answer(NameLookup.blocking(job.host))
            current = nextOrLeave(after: job.owner)
        }
    }

    private func nextOrLeave(after owner: UInt64?) -> Job? {
        state.withLock { state in
            state.end(owner)
            let job = state.next()
            if job == nil { state.threads -= 1 }
            return job
        }
    }

    /// A thread could not be started. If no other thread is left, the queued jobs fail.
    private func giveUpThread(of owner: UInt64?) {
        let stranded = state.withLock { state in
            state.end(owner)
            state.threads -= 1
            guard state.threads == 0 else { return [Job]() }
            defer { state.queue = [] }
            return state.queue
        }
        for job in stranded { job.answer(.failed(.tryAgain)) }
    }
}
