/// The bytes of one access.
public enum AccessWidth: UInt32, Sendable {
    /// 8 bits.
    case byte = 1
    /// 16 bits.
    case half = 2
    /// 32 bits.
    case word = 4
}

/// What the chip has outside of the core, of flash and of RAM: the seam that peripherals are built behind.
///
/// Time is the number of cycles of the core since it was made. A peripheral does nothing by itself: it computes its state when it is
/// accessed or when ``advance(to:)`` comes at the cycle it has asked for.
public protocol Peripherals: AnyObject {
    /// Reads a register; the address is aligned to the width. Nil: nothing is there, which is a bus fault.
    func read(_ address: UInt32, _ width: AccessWidth, at cycle: UInt64) -> UInt32?

    /// Writes a register, or flash, which the flash controller receives. False: nothing is there, which is a bus fault.
    func write(_ value: UInt32, to address: UInt32, _ width: AccessWidth, at cycle: UInt64) -> Bool

    /// Does what is due at this cycle.
    func advance(to cycle: UInt64)

    /// What the core must know; it asks again after each access and each ``advance(to:)``.
    var signals: PeripheralSignals { get }
}

/// The lines from the peripherals to the core.
public struct PeripheralSignals: Equatable, Sendable {
    /// The interrupt lines that are active, one bit for each.
    public var interrupts: UInt32
    /// The cycle at which `advance` has something to do; `.max` for never.
    public var nextEvent: UInt64
    /// Whether a peripheral, such as a watchdog, demands a reset.
    public var demandsReset: Bool

    /// By default no line is active.
    public init(interrupts: UInt32 = 0, nextEvent: UInt64 = .max, demandsReset: Bool = false) {
        self.interrupts = interrupts
        self.nextEvent = nextEvent
        self.demandsReset = demandsReset
    }
}
