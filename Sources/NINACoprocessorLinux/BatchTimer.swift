import LinuxIO

/// A network with batches of frames; see ``SendBatch``.
protocol BatchOwner: AnyObject {
    /// Sends the batches that are due.
    /// - Returns: when the next one is due; nil when there is none.
    func flushBatches(at now: UInt64) -> UInt64?
}

/// Ends the batches of all connections of a process.
///
/// One descriptor, armed only when none of its times is ahead: not a timer of the reactor, which would put a time-out on each
/// wait, and so tax every command while a batch is held.
final class BatchTimer: ReactorHandler {
    /// It retains its handlers.
    private unowned let reactor: Reactor
    private var timer: TimerDescriptor?
    private var isArmed = false
    private var owners: [any BatchOwner] = []

    init(reactor: Reactor) { self.reactor = reactor }

    /// Calls the owner at a time of `MonotonicClock`.
    /// - Returns: false when there is no timer, because no descriptor is left: send at once.
    func schedule(_ owner: any BatchOwner, at deadline: UInt64) -> Bool {
        guard isArmed || arm(for: deadline) else { return false }
        if !owners.contains(where: { $0 === owner }) { owners.append(owner) }
        return true
    }

    private func arm(for deadline: UInt64) -> Bool {
        do throws(LinuxError) {
            if timer == nil {
                let made = try TimerDescriptor()
                // The registration lasts as long as the process's reactor.
                _ = try reactor.add(made.rawValue, [.readable, .edgeTriggered], handler: self)
                timer = consume made
            }
            let now = MonotonicClock.nanoseconds()
            try timer?.arm(after: deadline > now ? deadline - now : 1)
            isArmed = true
            return true
        } catch {
            return false
        }
    }

    func ready(_ events: ReadyEvents, token: UInt64) {
        isArmed = false
        let now = MonotonicClock.nanoseconds()
        var next: UInt64?
        owners.removeAll { owner in
            guard let deadline = owner.flushBatches(at: now) else { return true }
            next = min(next ?? deadline, deadline)
            return false
        }
        if let next, !arm(for: next) {
            for owner in owners { _ = owner.flushBatches(at: .max) }
            owners = []
        }
    }
}
