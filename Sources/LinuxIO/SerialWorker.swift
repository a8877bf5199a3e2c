/// A thread that does one job after another beside a reactor, for calls that block: those of disks.
///
/// The state belongs to the jobs alone. The thread exists only while there is something to do.
public final class SerialWorker<State>: @unchecked Sendable {
    /// What it does: changes the state, on the worker's thread.
    public typealias Job = @Sendable (inout State) -> Void

    private struct Queue {
        var jobs: [Job] = []
        var isRunning = false
    }

    private let queue = Guarded(Queue())
    /// Touched by the one thread that runs; the queue's lock hands it from one thread to the next.
    private var state: State

    /// A worker with its state.
    public init(_ state: sending State) { self.state = state }

    /// Runs a job after all that were submitted before.
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
            // Jobs are given on one thread, so that this is the only one.
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

    /// Waits until all submitted jobs are done; false when the deadline passes first.
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

/// Closes a descriptor, so that the other end becomes readable.
private final class Bell: Sendable {
    private let number: Int32
    init(_ number: Int32) { self.number = number }
    func ring() { _ = FileDescriptor(adopting: number) }
}
