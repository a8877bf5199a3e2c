/// A coprocessor as the wires see it. It does no waiting: a command is answered at once or later.
public protocol LinkDevice: AnyObject {
    /// Starts afresh: after power on, and when RESET rises.
    /// - Parameter bluetooth: chip select was low, which some firmwares take as the wish for Bluetooth.
    /// - Returns: whether the device listens on SPI; if not it stays silent until the next reset.
    func boot(bluetooth: Bool, at now: MonotonicInstant) -> Bool

    /// Stops at once: RESET is low, or the power is off. Every socket is closed.
    func halt(at now: MonotonicInstant)

    /// Runs the command in a window (at most 4092 bytes).
    /// - Returns: true when `reply` holds the reply; false when it comes later, by ``finish(into:at:)``.
    func run(_ window: ArraySlice<UInt8>, reply: inout [UInt8], at now: MonotonicInstant) -> Bool

    /// Asks for the reply of the command that was not answered at once.
    /// - Returns: true when `reply` holds it.
    func finish(into reply: inout [UInt8], at now: MonotonicInstant) -> Bool

    /// The IRQ level, derived from what the sockets hold.
    var interrupt: Bool { get }

    /// When ``advance(to:)`` is next due; nil when nothing waits for time.
    var nextDeadline: MonotonicInstant? { get }

    /// Does what is due by this time.
    func advance(to now: MonotonicInstant)
}
