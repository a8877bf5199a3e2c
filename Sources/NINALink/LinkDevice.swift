/// A coprocessor as seen from the wires. It never blocks: a command is answered immediately or later.
public protocol LinkDevice: AnyObject {
    /// Starts up: after power-on, and when RESET rises.
    /// - Parameter bluetooth: chip select was low, which some firmware takes as a request for Bluetooth mode.
    /// - Returns: whether the device listens on SPI; if not, it does not answer until the next reset.
    func boot(bluetooth: Bool, at now: MonotonicInstant) -> Bool

    /// Stops immediately: RESET is low, or power is off. Closes every socket.
    func halt(at now: MonotonicInstant)

    /// Runs the command in a window (at most 4092 bytes).
    /// - Returns: true when `reply` holds the reply; false when it follows later, through ``finish(into:at:)``.
    func run(_ window: ArraySlice<UInt8>, reply: inout [UInt8], at now: MonotonicInstant) -> Bool

    /// Fetches the reply of a command that was not answered immediately.
    /// - Returns: true when `reply` holds it.
    func finish(into reply: inout [UInt8], at now: MonotonicInstant) -> Bool

    /// Learns of something on the link that is no command, for a log.
    func noteLinkEvent(_ event: LinkEvent)

    /// The IRQ level, derived from the state of the sockets.
    var interrupt: Bool { get }

    /// When ``advance(to:)`` is next due; nil when no timer is pending.
    var nextDeadline: MonotonicInstant? { get }

    /// How long things take on a board; nil for no time at all. Asked once for each session.
    var timing: LinkTiming? { get }

    /// The IRQ level and the next timer, asked together once per command.
    var status: DeviceStatus { get }

    /// Runs the timers due by this time.
    func advance(to now: MonotonicInstant)
}

/// What the code around a device has to know of it after each call.
public struct DeviceStatus: Equatable, Sendable {
    /// See ``LinkDevice/interrupt``.
    public var interrupt: Bool
    /// See ``LinkDevice/nextDeadline``.
    public var nextDeadline: MonotonicInstant?
    /// How often the device has started without a call of ``LinkDevice/boot(bluetooth:at:)``, such as after a break-down of its
    /// supply.
    public var restarts = 0

    /// Makes a status.
    public init(interrupt: Bool, nextDeadline: MonotonicInstant? = nil, restarts: Int = 0) {
        self.interrupt = interrupt
        self.nextDeadline = nextDeadline
        self.restarts = restarts
    }
}

extension LinkDevice {
    /// Asks for one after the other; a device that can answer both at once does so.
    public var status: DeviceStatus { DeviceStatus(interrupt: interrupt, nextDeadline: nextDeadline) }

    /// Nil: READY falls as soon as there is a reply.
    public var timing: LinkTiming? { nil }

    /// Does nothing.
    public func noteLinkEvent(_ event: LinkEvent) {}
}

/// What a device may log of its link, apart from commands.
public enum LinkEvent: Equatable, Sendable {
    /// A window was longer than the device's buffer: the end of it is lost.
    case windowCut(sent: Int, taken: Int)
    /// A window of this many bytes arrived while RESET was low: it is lost.
    case windowInReset(length: Int)
    /// The host has set its lines.
    case lines(PinLevels)
    /// PINS has bits that stand for no line: they are ignored.
    case unknownLines(UInt8)
}
