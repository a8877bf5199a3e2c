/// The wires of a module as a host holds them: an SPI controller and five lines. ``SPILink`` speaks the protocol over them.
///
/// A board implements it with its own SPI and GPIO calls, Linux with spidev and the GPIO character device.
public protocol SPIBus: AnyObject {
    /// The time on the clock that deadlines are measured by.
    var now: MonotonicInstant { get }
    /// Lets time pass.
    func sleep(until deadline: MonotonicInstant) throws(LinkError)

    /// Drives chip select: low while selected. It is a line of its own, as the wait for READY comes between its fall and the
    /// first clock.
    func select(_ isSelected: Bool) throws(LinkError)
    /// The clock of the transfers that follow.
    var hertz: UInt32 { get set }
    /// Clocks bytes out; what comes in meanwhile is dropped.
    func write(_ bytes: [UInt8]) throws(LinkError)
    /// Clocks so many bytes in and appends them; zeros go out.
    func read(_ count: Int, into bytes: inout [UInt8]) throws(LinkError)

    /// Waits until READY has been high since the last fall of chip select.
    /// - Returns: false when the deadline came first.
    func waitForReadyHigh(until deadline: MonotonicInstant) throws(LinkError) -> Bool
    /// Waits until READY is low.
    /// - Returns: false when the deadline came first.
    func waitForReadyLow(until deadline: MonotonicInstant) throws(LinkError) -> Bool

    /// Whether the IRQ line is wired.
    var hasInterruptLine: Bool { get }
    /// The level of the IRQ line.
    func interruptLevel() throws(LinkError) -> Bool
    /// Waits until IRQ is high.
    /// - Returns: false when the deadline came first.
    func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool

    /// Whether the RESET line is wired.
    var hasResetLine: Bool { get }
    /// Drives RESET: low while held. The module's GPIO0, which is the IRQ line too, is driven high as long, and is an input
    /// again when ``endBoot()`` is called.
    func holdReset(_ isHeld: Bool) throws(LinkError)
    /// The module has booted: GPIO0 is the IRQ line from now on.
    func endBoot() throws(LinkError)

    /// Whether something drives the IRQ line; a line that is connected to nothing follows the resistors of the host.
    /// - Returns: nil when the line is not wired, or the host cannot find out.
    func isInterruptDriven() -> Bool?
    /// Whether something drives READY.
    /// - Returns: nil when the host cannot find out.
    func isReadyDriven() -> Bool?

    /// Gives the lines up.
    func close()
    /// A file descriptor that is readable when IRQ has changed, where there are such.
    var activityDescriptor: Int32? { get }
}

extension SPIBus {
    /// Nil: the board has no descriptors.
    public var activityDescriptor: Int32? { nil }
    /// Not known.
    public func isInterruptDriven() -> Bool? { nil }
    /// Not known.
    public func isReadyDriven() -> Bool? { nil }
}
