#if !hasFeature(Embedded)
/// A thread reserved for a link's blocking calls, as an executor for an actor.
///
/// Jobs on it block only in calls of the link. A task that waits for the module suspends instead, and is resumed by the
/// poll handler.
public protocol LinkExecutor: SerialExecutor {
    /// The link; only code that runs on this executor may use it.
    var link: any Link { get }

    /// Makes an executor for tasks that prefer this executor's thread; called once, by the actor, which keeps it. The
    /// actor's own operations prefer it: their continuations would otherwise be resumed on one of Swift's threads first.
    func makeTaskExecutor() -> any TaskExecutor

    /// Sets the handler that this executor calls after jobs have run, when the link has something to process, and when
    /// the interval returned by its last call has elapsed.
    /// - Parameter poll: returns the longest time until its next call, in nanoseconds; nil while no task waits, so that
    ///   the link need not be watched.
    func setPollHandler(_ poll: @escaping @Sendable () -> UInt64?)

    /// The time on the link's clock, from any thread. Nil when that is not real time, as on a loopback, where no call
    /// blocks; then the methods below are not used.
    var now: MonotonicInstant? { get }

    /// When the job that runs was enqueued, on the link's clock; nil when ``now`` is. Read on the executor's thread.
    var enqueuedAt: MonotonicInstant? { get }

    /// Calls a body on some thread at a time of the link's clock, also while the executor's own thread is blocked.
    /// - Returns: a number for ``unschedule(_:)``.
    func schedule(at time: MonotonicInstant, _ body: @escaping @Sendable () -> Void) -> UInt64

    /// Forgets a body that was scheduled and has not been called.
    func unschedule(_ number: UInt64)

    /// Ends the call of the link in which the thread is blocked, and fails all later ones, if the link allows that.
    /// Callable from any thread.
    func interrupt()

    /// Ends the thread after the jobs already enqueued. Later jobs still run, but the poll handler is not called.
    func stop()
}

extension LinkExecutor {
    /// Nil: calls of the module wait for the calls before them.
    public var now: MonotonicInstant? { nil }

    /// Nil.
    public var enqueuedAt: MonotonicInstant? { nil }

    /// Does nothing.
    public func schedule(at time: MonotonicInstant, _ body: @escaping @Sendable () -> Void) -> UInt64 { 0 }

    /// Does nothing.
    public func unschedule(_ number: UInt64) {}

    /// Does nothing.
    public func interrupt() {}
}
#endif
