import LinuxIO
import NINALink
import NINAWire
import Synchronization

/// A link on real time whose module can stop responding: a command then blocks the thread.
final class StallingLink: Link {
    /// Controls the link from any thread.
    final class Control: Sendable {
        private let stalled = Atomic(false)
        private let interrupted = Atomic(false)
        private let blocked = Atomic(false)
        private let sent = Atomic(0)

        /// Whether the module has stopped responding.
        var isStalled: Bool { stalled.load(ordering: .acquiring) }
        func stall(_ isStalled: Bool) { stalled.store(isStalled, ordering: .releasing) }
        /// Whether a command blocks the thread.
        var isBlocked: Bool { blocked.load(ordering: .acquiring) }
        /// The number of commands that have reached the link.
        var commands: Int { sent.load(ordering: .acquiring) }
        var isInterrupted: Bool { interrupted.load(ordering: .acquiring) }
        func interrupt() { interrupted.store(true, ordering: .releasing) }

        /// Blocks while the module does not respond.
        fileprivate func passCommand(until deadline: MonotonicInstant) throws(LinkError) {
            sent.add(1, ordering: .acquiringAndReleasing)
            blocked.store(true, ordering: .releasing)
            defer { blocked.store(false, ordering: .releasing) }
            while isStalled, !isInterrupted {
                guard StallingLink.systemTime < deadline else { throw LinkError(.timedOut, .readyForCommand) }
                MonotonicClock.sleep(until: MonotonicClock.deadline(after: 500_000))
            }
            if isInterrupted { throw LinkError(.closed, .readyForCommand, "interrupted") }
        }
    }

    let control = Control()
    private let inner: any Link
    private let start = StallingLink.systemTime
    /// Whether a blocked call can be interrupted.
    private let canBeInterrupted: Bool
    /// Whether a command ends at its deadline; otherwise it blocks for minutes.
    private let keepsDeadlines: Bool

    init(_ inner: any Link, canBeInterrupted: Bool, keepsDeadlines: Bool) {
        self.inner = inner
        self.canBeInterrupted = canBeInterrupted
        self.keepsDeadlines = keepsDeadlines
    }

    fileprivate static var systemTime: MonotonicInstant { MonotonicInstant(nanoseconds: MonotonicClock.nanoseconds()) }

    var now: MonotonicInstant { Self.systemTime }

    var interrupter: (@Sendable () -> Void)? {
        guard canBeInterrupted else { return nil }
        return { [control] in control.interrupt() }
    }

    /// The same time on the inner link's virtual clock.
    private func inner(_ time: MonotonicInstant) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: time.nanoseconds(since: start))
    }

    /// Advances the module's virtual time to the real time.
    private func catchUp() throws(LinkError) {
        let now = inner(now)
        if inner.now < now { try inner.sleep(until: now) }
    }

    func interruptLevel() throws(LinkError) -> Bool {
        try catchUp()
        return try inner.interruptLevel()
    }

    func reset(until deadline: MonotonicInstant) throws(LinkError) {
        try control.passCommand(until: deadline)
        try inner.reset(until: inner(deadline))
    }

    func sendCommand(_ frame: [UInt8], until deadline: MonotonicInstant) throws(LinkError) {
        try control.passCommand(until: keepsDeadlines ? deadline : now.advanced(by: .seconds(200)))
        try catchUp()
        try inner.sendCommand(frame, until: inner(deadline))
    }

    func receiveReply(
        expecting opcode: Opcode, until deadline: MonotonicInstant
    ) throws(LinkError) -> ArraySlice<UInt8> {
        try inner.receiveReply(expecting: opcode, until: inner(deadline))
    }

    func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool {
        if control.isInterrupted { throw LinkError(.closed, .idle, "interrupted") }
        try catchUp()
        return try inner.waitForInterrupt(until: inner(deadline))
    }

    func sleep(until deadline: MonotonicInstant) throws(LinkError) {
        MonotonicClock.sleep(until: deadline.nanoseconds)
        try catchUp()
    }

    func close() { inner.close() }
}
