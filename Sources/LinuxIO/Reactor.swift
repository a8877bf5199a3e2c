import CLinux

/// Receives the events of a descriptor.
public protocol ReactorHandler: AnyObject {
    /// Called on the reactor's thread with the token given at registration.
    func ready(_ events: ReadyEvents, token: UInt64)
}

/// Receives timers.
public protocol ReactorTimerHandler: AnyObject {
    /// Called on the reactor's thread, never before the deadline, with the token given when it was scheduled.
    func timerFired(token: UInt64)
}

/// Waits for descriptors, deadlines and posted work on one thread, and sleeps when idle.
///
/// Everything except its `mailbox` belongs to the thread that runs it.
public final class Reactor {
    /// Passes work from other threads to the reactor.
    public let mailbox: ReactorMailbox

    /// The number of registered descriptors.
    public var registrationCount: Int { table.count }
    /// The number of scheduled timers.
    public var timerCount: Int { timers.count }

    private let epoll: FileDescriptor
    private let events: UnsafeMutablePointer<clinux_event>
    // Not checked for exclusive access at run time, because each round would pay for it six times: no access spans a call of a
    // handler, whose slot is copied before, and a reactor is not Sendable.
    @exclusivity(unchecked) private var table = RegistrationTable()
    @exclusivity(unchecked) private var timers = TimerHeap()
    @exclusivity(unchecked) private var stopRequested = false
    /// While timers are fired: the time they are compared with.
    private var firingTime: UInt64 = 0
    @exclusivity(unchecked) private var isInRound = false
    /// The number of the current round; a round is a batch of events fetched together.
    @exclusivity(unchecked) public private(set) var round: UInt64 = 0

    /// The event data of the mailbox; registration indexes never reach it.
    private static let mailboxData = UInt64.max

    /// A reactor without registrations.
    ///
    /// - Throws: EMFILE, ENFILE or ENOMEM from epoll_create1, eventfd or epoll_ctl.
    public init() throws(LinuxError) {
        let number = clinux_epoll_create()
        guard number >= 0 else { throw .current("epoll_create1") }
        epoll = FileDescriptor(adopting: number)
        mailbox = try ReactorMailbox()
        events = .allocate(capacity: Int(CLINUX_EPOLL_BATCH))
        events.initialize(repeating: clinux_event(), count: Int(CLINUX_EPOLL_BATCH))
        // Edge-triggered: each signal wakes the reactor once and the counter need not be read.
        let mask = Interest([.readable, .edgeTriggered]).rawValue
        guard clinux_epoll_add(number, mailbox.wakeDescriptor, mask, Reactor.mailboxData) == 0 else {
            throw .current("epoll_ctl", "add eventfd")
        }
    }

    deinit {
        mailbox.close()
        events.deallocate()
    }

    // MARK: Descriptors

    /// Watches a descriptor. The handler is retained until the registration is removed.
    ///
    /// - Parameters:
    ///   - descriptor: an open, pollable descriptor, which the caller owns; remove it before closing it.
    ///   - interest: what to report.
    ///   - handler: receives the calls.
    ///   - token: passed to the handler unchanged.
    /// - Throws: EBADF, EEXIST (already watched), EPERM (not pollable, for example a regular file), ENOMEM, ENOSPC.
    public func add(
        _ descriptor: Int32, _ interest: Interest, handler: any ReactorHandler, token: UInt64 = 0
    ) throws(LinuxError) -> Registration {
        guard descriptor >= 0 else { throw LinuxError("epoll_ctl", .badDescriptor, "add \(descriptor)") }
        let registration = table.upcoming
        if interest.isWatching,
            clinux_epoll_add(epoll.rawValue, descriptor, interest.mask, registration.data) != 0
        {
            throw .current("epoll_ctl", "add descriptor \(descriptor)")
        }
        table.insert(descriptor, interest, handler, token)
        return registration
    }

    /// Changes the reported events. An edge-triggered descriptor that is ready is reported again.
    ///
    /// - Throws: ENOENT when the registration was removed or its descriptor was closed, ENOMEM.
    public func modify(_ registration: Registration, interest: Interest) throws(LinuxError) {
        guard table.contains(registration), table.ownsDescriptor(registration) else {
            throw LinuxError("epoll_ctl", .noEntry, "modify a removed registration")
        }
        let slot = table[registration]
        let result: Int32
        switch (slot.interest.isWatching, interest.isWatching) {
        case (true, true):
            result = clinux_epoll_modify(epoll.rawValue, slot.descriptor, interest.mask, registration.data)
        case (true, false):
            result = clinux_epoll_delete(epoll.rawValue, slot.descriptor)
        case (false, true):
            result = clinux_epoll_add(epoll.rawValue, slot.descriptor, interest.mask, registration.data)
        case (false, false):
            result = 0
        }
        guard result == 0 else { throw .current("epoll_ctl", "modify descriptor \(slot.descriptor)") }
        table[registration].interest = interest
    }

    /// Stops watching: the handler is not called again for this registration, not even for events already fetched.
    /// Removing twice does nothing.
    public func remove(_ registration: Registration) {
        guard table.contains(registration) else { return }
        let slot = table[registration]
        if slot.interest.isWatching, table.ownsDescriptor(registration) {
            // epoll has already removed a closed descriptor.
            _ = clinux_epoll_delete(epoll.rawValue, slot.descriptor)
        }
        // Release the handler only after the table has changed, as in `cancel`.
        let handler = table.remove(registration)
        withExtendedLifetime(handler) {}
    }

    // MARK: Timers

    /// Schedules one call of the handler, which is retained until then.
    ///
    /// - Parameters:
    ///   - nanoseconds: a time of `MonotonicClock`; a time in the past is due in the next round.
    ///   - handler: receives the calls.
    ///   - token: passed to the handler unchanged.
    @discardableResult
    public func schedule(
        at nanoseconds: UInt64, handler: any ReactorTimerHandler, token: UInt64 = 0
    ) -> TimerID {
        // Not before timers that are due now: a timer that reschedules itself could starve them.
        timers.insert(max(nanoseconds, firingTime), handler, token)
    }

    /// Cancels a timer and releases its handler.
    ///
    /// - Returns: false when it had already fired or been cancelled.
    @discardableResult
    public func cancel(_ timer: TimerID) -> Bool {
        // Release the handler only after the heap is consistent again: its deinitializer may cancel other timers.
        let handler = timers.remove(timer)
        return handler != nil
    }

    // MARK: Running

    /// Runs until `stop`, sleeping whenever nothing is due.
    ///
    /// - Throws: an error of epoll_wait, which means that a descriptor of the reactor was closed elsewhere.
    public func run() throws(LinuxError) {
        while !stopRequested {
            try runOnce(timeoutNanoseconds: nil)
        }
        stopRequested = false
    }

    /// Makes `run` return after the current round, or at once if it has not started.
    public func stop() {
        stopRequested = true
    }

    /// One round: waits for events, reports them, then fires the timers that are due.
    ///
    /// - Parameter timeoutNanoseconds: the maximum time to wait; nil waits until something happens.
    /// - Returns: the number of handlers and posted jobs called.
    /// - Throws: an error of epoll_wait.
    @discardableResult
    public func runOnce(timeoutNanoseconds: UInt64?) throws(LinuxError) -> Int {
        precondition(!isInRound, "a handler must not run its own reactor")
        isInRound = true
        round += 1
        defer { isInRound = false }
        let count = clinux_epoll_wait(
            epoll.rawValue, events, CLINUX_EPOLL_BATCH, waitingTime(atMost: timeoutNanoseconds))
        if count < 0, Errno.current != .interrupted { throw .current("epoll_wait") }
        var calls = 0
        for position in 0..<Int(max(count, 0)) {
            calls += dispatch(events[position])
        }
        if timers.count > 0 { calls += fireTimers() }
        return calls
    }

    private func waitingTime(atMost timeout: UInt64?) -> Int64 {
        guard let earliest = timers.earliest else {
            return timeout.map(Int64.init(clamping:)) ?? -1
        }
        let untilTimer = MonotonicClock.remaining(until: earliest)
        return timeout.map { min(untilTimer, Int64(clamping: $0)) } ?? untilTimer
    }

    private func dispatch(_ event: clinux_event) -> Int {
        if event.data == Reactor.mailboxData { return runPostedWork() }
        let registration = Registration(data: event.data)
        guard table.contains(registration) else { return 0 }
        let slot = table[registration]
        slot.handler?.ready(ReadyEvents(rawValue: event.events).intersection(.all), token: slot.token)
        return 1
    }

    private func runPostedWork() -> Int {
        let work = mailbox.takeAll()
        for piece in work { piece(self) }
        return work.count
    }

    private func fireTimers() -> Int {
        let now = MonotonicClock.nanoseconds()
        let limit = timers.nextSequence
        firingTime = now
        var calls = 0
        while let fired = timers.popDue(at: now, before: limit) {
            fired.handler.timerFired(token: fired.token)
            calls += 1
        }
        firingTime = 0
        return calls
    }
}

@available(*, unavailable, message: "a reactor belongs to one thread; use its mailbox")
extension Reactor: Sendable {}
