/// A thread that runs a reactor.
public final class ReactorThread: Sendable {
    private let mailbox: ReactorMailbox
    private let hasEnded = Monitor(false)

    /// Passes the reactor to its thread.
    private final class Handover: @unchecked Sendable {
        let reactor: Reactor
        init(_ reactor: Reactor) { self.reactor = reactor }
    }

    /// Starts the thread.
    ///
    /// - Parameter reactor: from now on it belongs to the thread, with all handlers that are registered: nobody else touches
    ///   them, except through the mailbox.
    /// - Throws: EAGAIN at the limit of threads.
    public init(running reactor: Reactor) throws(LinuxError) {
        mailbox = reactor.mailbox
        let handover = Handover(reactor)
        try DetachedThread.start { [hasEnded] in
            try? handover.reactor.run()
            hasEnded.change { $0 = true }
        }
    }

    /// Ends the thread.
    ///
    /// - Parameter deadline: a time of `MonotonicClock` in nanoseconds, until which it waits.
    /// - Returns: false on time-out; the thread still ends when its handlers let it.
    @discardableResult
    public func stop(deadline: UInt64) -> Bool {
        mailbox.postStop()
        return hasEnded.wait(until: deadline) { $0 ? true : nil } ?? false
    }
}
