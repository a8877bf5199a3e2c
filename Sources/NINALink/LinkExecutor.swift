#if !hasFeature(Embedded)
/// A thread reserved for a link's blocking calls, as an executor for an actor.
///
/// Jobs on it block only in calls of the link. A task that waits for the module suspends instead, and is resumed by the
/// poll handler.
public protocol LinkExecutor: SerialExecutor {
    /// The link; only code that runs on this executor may use it.
    var link: any Link { get }

    /// Sets the handler that this executor calls after jobs have run, when the link has something to process, and when
    /// the interval returned by its last call has elapsed.
    /// - Parameter poll: returns the longest time until its next call, in nanoseconds; nil while no task waits, so that
    ///   the link need not be watched.
    func setPollHandler(_ poll: @escaping @Sendable () -> UInt64?)

    /// Ends the thread after the jobs already enqueued. Later jobs still run, but the poll handler is not called.
    func stop()
}
#endif
