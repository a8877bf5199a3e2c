/// The times of a reset by RESET, which the link and the probe share. Source: WiFiNINA and ESP32SPI.
enum ResetTiming {
    /// How long RESET is held low.
    static var heldNanoseconds: UInt64 { 10_000_000 }
    /// How long the module then gets to boot.
    static var bootNanoseconds: UInt64 { 750_000_000 }
}

/// The host's access to the wires of a module: an SPI controller and five lines. ``SPILink`` implements the protocol on
/// top of it.
///
/// A board implements it with its own SPI and GPIO calls; the Linux implementation uses spidev and the GPIO character
/// device.
public protocol SPIBus: AnyObject {
    /// The time on the clock used for deadlines.
    var now: MonotonicInstant { get }
    /// Waits until the deadline.
    func sleep(until deadline: MonotonicInstant) throws(LinkError)

    /// Drives chip select: low while selected. It is separate from the transfers because the wait for READY comes
    /// between its falling edge and the first clock.
    func select(_ isSelected: Bool) throws(LinkError)
    /// The clock rate of subsequent transfers.
    var hertz: UInt32 { get set }
    /// Clocks bytes out and discards the bytes clocked in.
    func write(_ bytes: [UInt8]) throws(LinkError)
    /// Clocks `count` bytes in and appends them; sends zeros.
    func read(_ count: Int, into bytes: inout [UInt8]) throws(LinkError)

    /// Waits until READY has been high since the last falling edge of chip select.
    /// - Returns: false on time-out.
    func waitForReadyHigh(until deadline: MonotonicInstant) throws(LinkError) -> Bool
    /// Waits until READY is low.
    /// - Returns: false on time-out.
    func waitForReadyLow(until deadline: MonotonicInstant) throws(LinkError) -> Bool

    /// Whether the IRQ line is wired.
    var hasInterruptLine: Bool { get }
    /// The level of the IRQ line.
    func interruptLevel() throws(LinkError) -> Bool
    /// Waits until IRQ is high.
    /// - Returns: false on time-out.
    func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool

    /// Whether the RESET line is wired.
    var hasResetLine: Bool { get }
    /// Drives RESET: low while held. The module's GPIO0, which doubles as the IRQ line, is driven high from the first
    /// hold until ``endBoot()``, which makes it an input again.
    func holdReset(_ isHeld: Bool) throws(LinkError)
    /// Call when the module has booted: GPIO0 is the IRQ line from now on.
    func endBoot() throws(LinkError)

    /// Whether something drives the IRQ line; an unconnected line follows the host's pull resistors.
    /// - Returns: nil when the line is not wired, or the host cannot determine it.
    func isInterruptDriven() -> Bool?
    /// Whether something drives READY.
    /// - Returns: nil when the host cannot determine it.
    func isReadyDriven() -> Bool?

    /// Releases the lines.
    func close()
    /// A file descriptor that is readable when IRQ has changed; nil on a board without descriptors.
    var activityDescriptor: Int32? { get }
}

extension SPIBus {
    /// Nil: the board has no descriptors.
    public var activityDescriptor: Int32? { nil }
    /// Nil: unknown.
    public func isInterruptDriven() -> Bool? { nil }
    /// Nil: unknown.
    public func isReadyDriven() -> Bool? { nil }
}
