#if !hasFeature(Embedded)
/// A thread that a link's blocking calls have to themselves, as an executor for an actor.
///
/// Nothing that runs on it waits for long but in calls of the link. Who wants to wait for the module suspends instead and is
/// woken in a turn.
public protocol LinkExecutor: SerialExecutor {
    /// The link, which belongs to what runs on this executor.
    var link: any Link { get }

    /// Has a body called on this executor: after jobs have run, when the link has something to take in, and when the time is
    /// over that the body has returned.
    /// - Parameter turn: returns the nanoseconds until its next call, at the latest; nil while nobody waits for anything, so
    ///   that the link need not be watched.
    func attend(_ turn: @escaping @Sendable () -> UInt64?)

    /// Ends the thread after the jobs that were given to it. Jobs that come later still run, but no turns.
    func stop()
}
#endif
