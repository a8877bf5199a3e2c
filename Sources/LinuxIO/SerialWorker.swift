/// A thread that runs jobs one after another beside a reactor, for blocking calls such as disk I/O.
///
/// Only the jobs access the state. The thread exists only while there are jobs.
public final class SerialWorker<State>: @unchecked Sendable {
    /// A job: changes the state, on the worker's thread.
    public typealias Job = @Sendable (inout State) -> Void

    private struct Queue {
        var jobs: [Job] = []
        var isRunning = false
    }

    private let queue = Guarded(Queue())
    /// Accessed by the one running thread; the queue's lock passes it from one thread to the next.
    private var state: State

    /// Makes a worker with its state.
    public init(_ state: sending State) { self.state = state }

    /// Runs a job after all jobs submitted before.
    /// - Returns: false when no thread can be started; the job is dropped.
    @discardableResult
    public func submit(_ job: @escaping Job) -> Bool {
        let starts = queue.withLock { queue in
            queue.jobs.append(job)
            defer { queue.isRunning = true }
            return !queue.isRunning
        }
        guard starts else { return true }
        do {
            try DetachedThread.start { self.work() }
            return true
        } catch {
            // Jobs are submitted on one thread, so no other job can be in the queue.
            queue.withLock { queue in
                queue.jobs = []
                queue.isRunning = false
            }
            return false
        }
    }

    private func work() {
        while true {
            let jobs = queue.withLock { queue in
                defer { queue.jobs = [] }
                queue.isRunning = !queue.jobs.isEmpty
                return queue.jobs
            }
            guard !jobs.isEmpty else { return }
            for job in jobs { job(&state) }
        }
    }

    /// Waits until all submitted jobs are done. Returns false on time-out.
    /// - Parameter deadline: a time of `MonotonicClock` in nanoseconds.
    public func drain(deadline: UInt64) -> Bool {
        guard let pipe = try? UnixSocket.pair(nonblocking: true) else { return false }
        let bell = Bell(pipe.first.release())
        guard submit({ _ in bell.ring() }) else {
            bell.ring()
            return false
        }
        let ready = try? DescriptorWait.wait(pipe.second.rawValue, for: .readable, deadline: deadline)
        return ready?.isEmpty == false
    }
}

/// Closes a descriptor on release, so that the other end becomes readable.
private final class Bell: Sendable {
    private let number: Int32
    init(_ number: Int32) { self.number = number }
    func ring() { _ = FileDescriptor(adopting: number) }
}
