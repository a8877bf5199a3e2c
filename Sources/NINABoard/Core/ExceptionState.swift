/// Which exceptions are pending, active and enabled, and their priorities: the interrupt controller without its registers.
///
/// A set of exceptions is a `UInt64` with a bit for each number: 2 NMI, 3 HardFault, 11 SVCall, 14 PendSV, 15 SysTick, 16 and above the
/// interrupts (DDI 0419, B1.5).
struct ExceptionState {
    static let count = 48
    static let nonMaskable = 2
    static let hardFault = 3
    static let supervisorCall = 11
    static let pendableService = 14
    static let systemTimer = 15
    static let firstInterrupt = 16

    private(set) var pending: UInt64 = 0
    private(set) var active: UInt64 = 0
    /// The exception whose handler runs: IPSR. 0 in thread mode.
    private(set) var current = 0
    /// Those that are not interrupts cannot be disabled.
    private var enabled: UInt64 = 1 << 2 | 1 << 3 | 1 << 11 | 1 << 14 | 1 << 15
    /// 0, 64, 128 or 192; NMI and HardFault have their fixed ones.
    private var priorities = [Int](repeating: 0, count: count)
    /// The interrupt lines when they were last sampled.
    private var lines: UInt32 = 0
    /// Whether something has become pending since a WFE: what SEVONPEND makes an event of.
    var hasNewPending = false

    /// A priority that everything interrupts.
    static let threadPriority = 256

    var interruptEnables: UInt32 {
        get { UInt32(truncatingIfNeeded: enabled >> 16) }
        set { enabled = enabled & 0xFFFF | UInt64(newValue) << 16 }
    }

    func isPending(_ number: Int) -> Bool { pending >> UInt64(number) & 1 != 0 }

    func isActive(_ number: Int) -> Bool { active >> UInt64(number) & 1 != 0 }

    mutating func pend(_ number: Int) {
        if !isPending(number) { hasNewPending = true }
        pending |= 1 << UInt64(number)
    }

    /// - Parameter numbers: a set.
    mutating func unpend(_ numbers: UInt64) {
        // An interrupt whose line is active stays pending, unless its handler runs.
        pending &= ~numbers | (UInt64(lines) << 16 & ~active)
    }

    func priority(_ number: Int) -> Int {
        switch number {
        case Self.nonMaskable: -2
        case Self.hardFault: -1
        default: priorities[number]
        }
    }

    /// Only the two highest bits of a priority exist.
    mutating func setPriority(_ number: Int, _ priority: UInt32) { priorities[number] = Int(priority & 0xC0) }

    /// An active line makes its interrupt pending; while the handler runs, only a line that has become active anew does.
    mutating func sample(_ levels: UInt32) {
        guard levels != lines || levels != 0 else { return }
        let rising = UInt64(levels & ~lines) << 16
        lines = levels
        let raised = (rising | UInt64(levels) << 16 & ~active) & ~pending
        if raised != 0 {
            pending |= raised
            hasNewPending = true
        }
    }

    /// The priority that an exception must have less than, to interrupt what runs.
    func executionPriority(primask: Bool) -> Int {
        var result = primask ? 0 : Self.threadPriority
        var rest = active
        while rest != 0 {
            result = min(result, priority(rest.trailingZeroBitCount))
            rest &= rest &- 1
        }
        return result
    }

    /// The pending exception that must be taken now.
    func next(primask: Bool) -> Int? {
        // Most often nothing is pending.
        guard pending & enabled != 0 else { return nil }
        return highest(above: executionPriority(primask: primask))
    }

    /// The pending exception with the highest priority, whether it can be taken or not.
    var highestPending: Int? { highest(above: .max) }

    private func highest(above limit: Int) -> Int? {
        var rest = pending & enabled
        var best: Int?
        var bestPriority = limit
        while rest != 0 {
            let number = rest.trailingZeroBitCount
            let priority = priority(number)
            if priority < bestPriority { (best, bestPriority) = (number, priority) }
            rest &= rest &- 1
        }
        return best
    }

    mutating func activate(_ number: Int) {
        pending &= ~(1 << UInt64(number))
        active |= 1 << UInt64(number)
        current = number
    }

    /// Ends the handler that runs.
    mutating func deactivate() { active &= ~(1 << UInt64(current)) }

    /// What runs after a return.
    mutating func resume(_ number: Int) { current = number }

    var pendingInterrupts: UInt32 { UInt32(truncatingIfNeeded: pending >> 16) }
}
