import LinuxBoards
import LinuxIO

/// Whether a line is connected, found out by the resistors of the GPIO chip.
///
/// Afterwards the line is pulled low, as the lines BCM 9 to 27 of a Raspberry Pi are from power-on.
extension SPIDeviceBus {
    /// Whether something drives the IRQ line: one that is connected to nothing follows the resistors.
    /// - Returns: nil when the line is not wired or the GPIO chip has no resistors.
    public func isInterruptDriven() -> Bool? {
        switch interrupt {
        case .some(let line): return Self.isDriven(line, .input(rising: true, falling: false))
        case .none: return nil
        }
    }

    /// Whether something drives READY.
    /// - Returns: nil when the GPIO chip has no resistors.
    public func isReadyDriven() -> Bool? { Self.isDriven(ready, .input(rising: false, falling: true)) }

    /// The resistor has to charge the wire.
    private static let chargeNanoseconds: UInt64 = 1_000_000

    private static func isDriven(_ line: borrowing GPIOLine, _ use: GPIOLine.Use) -> Bool? {
        defer { try? line.configure(use) }
        do throws(LinuxError) {
            // Twice: one that is driven may change by itself.
            for _ in 0..<2 {
                guard try level(of: line, .pulledUp), try !level(of: line, .pulledDown) else {
                    try line.configure(.pulledDown)
                    return true
                }
            }
            return false
        } catch {
            return nil
        }
    }

    private static func level(of line: borrowing GPIOLine, _ use: GPIOLine.Use) throws(LinuxError) -> Bool {
        try line.configure(use)
        MonotonicClock.sleep(until: MonotonicClock.nanoseconds() + chargeNanoseconds)
        return try line.level()
    }
}
