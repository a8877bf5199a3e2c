/// SysTick (DDI 0419, B3.3): a counter of 24 bits that counts cycles down to 0, starts again from its reload value, and may interrupt.
struct SystemTimer {
    private var isEnabled = false
    private var interrupts = false
    private var hasWrapped = false
    private var reload: UInt32 = 0
    /// The counter while it stands.
    private var value: UInt32 = 0
    /// The cycle at which it counts from 1 to 0, while it counts; `.max` if it stays at 0.
    private var zero: UInt64 = .max
    /// The cycle at which it is loaded again after it was 0; before, it reads as 0.
    private var load: UInt64 = 0

    /// The cycle at which ``advance(to:)`` has an interrupt.
    var nextInterrupt: UInt64 { isEnabled && interrupts ? zero : .max }

    /// Counts up to a cycle.
    /// - Returns: whether an interrupt has become pending.
    mutating func advance(to cycle: UInt64) -> Bool {
        guard isEnabled, zero <= cycle else { return false }
        hasWrapped = true
        let period = UInt64(reload) + 1
        let last = zero + (cycle - zero) / period * period
        load = last + 1
        zero = reload == 0 ? .max : last + period
        return interrupts
    }

    private func current(at cycle: UInt64) -> UInt32 {
        guard isEnabled else { return value }
        return zero == .max || cycle < load ? 0 : UInt32(truncatingIfNeeded: zero - cycle)
    }

    private mutating func start(from value: UInt32, at cycle: UInt64) {
        if value != 0 {
            zero = cycle + UInt64(value)
            load = cycle
        } else {
            zero = reload == 0 ? .max : cycle + 1 + UInt64(reload)
            load = cycle + 1
        }
    }

    /// Reads the register at an offset from 0xE000E010.
    mutating func read(_ offset: UInt32, at cycle: UInt64) -> UInt32 {
        switch offset {
        case 0:
            // The reference clock does not exist, so CLKSOURCE reads as 1.
            let result = (isEnabled ? 1 : 0) | (interrupts ? 2 : 0) | 4 | (hasWrapped ? 1 << 16 : 0) as UInt32
            hasWrapped = false
            return result
        case 4: return reload
        case 8: return current(at: cycle)
        default: return 1 << 31  // CALIB: no reference clock, and no value for 10 ms
        }
    }

    /// Writes the register at an offset from 0xE000E010.
    mutating func write(_ new: UInt32, _ offset: UInt32, at cycle: UInt64) {
        switch offset {
        case 0:
            value = current(at: cycle)
            let starts = new & 1 != 0 && !isEnabled
            isEnabled = new & 1 != 0
            interrupts = new & 2 != 0
            if starts { start(from: value, at: cycle) }
        case 4:
            let now = current(at: cycle)
            reload = new & 0xFF_FFFF
            // A counter at 0 takes the new value at the next cycle.
            if isEnabled, now == 0 { start(from: 0, at: cycle) }
        case 8:
            hasWrapped = false
            value = 0
            if isEnabled { start(from: 0, at: cycle) }
        default: break
        }
    }
}
