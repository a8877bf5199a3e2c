import NINAWire

/// How long READY takes on a board: the windows on the SPI bus, the work of the chip, its start.
///
/// A session delays READY by it with the timers that it has; nothing sleeps. Limits: a command takes effect when it arrives, only
/// its reply comes late; the window that reads a reply is counted before the next reply, because hosts send it together with the next command;
/// the pauses of a host between its windows, and the chip's other work, are not modelled.
public struct LinkTiming: Equatable, Sendable {
    /// The clock of the SPI bus in Hz: a byte takes 8 cycles.
    public var clock: Int
    /// From the end of a command's window until READY is low, beyond what the command waits for.
    public var command: Duration
    /// From the start of the device until READY is low.
    public var boot: Duration

    /// Makes a timing.
    public init(clock: Int = 8_000_000, command: Duration, boot: Duration) {
        self.clock = max(1, clock)
        self.command = command
        self.boot = boot
    }

    /// The time of bytes on the bus, in nanoseconds.
    func nanoseconds(bytes: Int) -> UInt64 { UInt64(bytes) * 8_000_000_000 / UInt64(clock) }
}

/// The state of a session with a timing.
struct TimedReady {
    /// What READY waits for.
    enum Event {
        /// The device has started.
        case boot
        /// The reply is complete.
        case reply
    }

    let timing: LinkTiming
    /// READY falls at this time, for this.
    private(set) var pending: (event: Event, at: MonotonicInstant)?
    /// Until when windows occupy the bus.
    private var busIsFree = MonotonicInstant(nanoseconds: 0)
    /// When the running command's reply is complete at the earliest.
    private var earliest = MonotonicInstant(nanoseconds: 0)

    init(_ timing: LinkTiming) { self.timing = timing }

    /// A window occupies the bus.
    mutating func clock(bytes: Int, at now: MonotonicInstant) {
        busIsFree = max(busIsFree, now).advanced(byNanoseconds: timing.nanoseconds(bytes: bytes))
    }

    /// The command of the window that was clocked last begins.
    mutating func begin() { earliest = busIsFree.advanced(by: timing.command) }

    /// The reply is there.
    /// - Returns: whether READY falls now.
    mutating func isReady(at now: MonotonicInstant) -> Bool {
        guard now < earliest else { return true }
        pending = (.reply, earliest)
        return false
    }

    /// The device has started: READY falls later.
    mutating func start(at now: MonotonicInstant) { pending = (.boot, now.advanced(by: timing.boot)) }

    /// Takes what READY falls for, if it is time.
    mutating func take(at now: MonotonicInstant) -> Event? {
        guard let pending, pending.at <= now else { return nil }
        self.pending = nil
        return pending.event
    }

    /// RESET is low.
    mutating func halt() { self = TimedReady(timing) }
}
