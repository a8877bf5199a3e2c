import LinuxBoards
import LinuxIO

/// Detects whether a line is connected, with the pull resistors of the GPIO chip.
///
/// Afterwards the line is pulled low, which is the power-on default of BCM 9 to 27 on a Raspberry Pi.
extension SPIDeviceBus {
    /// Whether something drives the IRQ line: an unconnected line follows the pull resistors.
    /// - Returns: nil when the line is not wired or the GPIO chip has no pull resistors.
    public func isInterruptDriven() -> Bool? {
        switch interrupt {
        case .some(let line): return Self.isDriven(line, .input(rising: true, falling: false))
        case .none: return nil
        }
    }

    /// Whether something drives READY.
    /// - Returns: nil when the GPIO chip has no pull resistors.
    public func isReadyDriven() -> Bool? { Self.isDriven(ready, .input(rising: false, falling: true)) }

    /// Time for the resistor to charge the wire.
    private static let chargeNanoseconds: UInt64 = 1_000_000

    private static func isDriven(_ line: borrowing GPIOLine, _ use: GPIOLine.Use) -> Bool? {
        defer { try? line.configure(use) }
        do throws(LinuxError) {
            // Twice: a driven line may change on its own.
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
