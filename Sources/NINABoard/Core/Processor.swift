/// An ARMv6-M core, the Cortex-M0+ of a SAM D21, with its interrupt controller and system timer.
///
/// It runs until a time, counted in cycles, or until something happens that the owner must see. Nothing passes between two calls of
/// ``run(until:)``. The architecture is Arm's ARMv6-M Architecture Reference Manual, DDI 0419; cycles are table 3-1 of the Cortex-M0+
/// Technical Reference Manual, DDI 0484, for memory without wait states.
public final class Processor {
    /// Why ``run(until:)`` returned.
    public enum Stop: Equatable, Sendable {
        /// The time has come.
        case time
        /// BKPT, if ``stopsAtBreakpoints`` is set; the program counter is still at the instruction.
        case breakpoint(UInt8)
        /// A fault; the HardFault handler is entered, and a further run executes it.
        case fault(Fault)
        /// A fault in the HardFault or NMI handler: the core stands still until it is reset.
        case lockup(Fault)
        /// The program, or a peripheral, demands a reset: ``reset(vectors:)`` does it.
        case reset
    }

    /// Flash and RAM.
    public let memory: Memory
    let peripherals: any Peripherals
    let core: Core

    /// Whether BKPT ends the run, for debuggers and tests; otherwise it is a fault, as on a chip without a debugger.
    public var stopsAtBreakpoints = false
    /// Whether instructions in flash are executed from decoded words. Without it each is executed by the reference interpreter: the results
    /// are the same, and so is the time of each interrupt.
    public var usesFastPath = true
    /// Instructions that the reference interpreter executed: all outside of flash, all that access peripherals, and rare ones.
    public internal(set) var referenceSteps: UInt64 = 0

    /// The cycle at which `left` is 0.
    var deadline: UInt64 = 0
    var signals = PeripheralSignals()
    var exceptions = ExceptionState()
    var timer = SystemTimer()
    var system = SystemRegisters()
    /// xPSR.T. It is clear only between a branch to an even address and the fault of the instruction there.
    var isThumb = true
    /// The stack pointer that is not in use: PSP, or MSP while PSP is R13.
    var otherStack: UInt32 = 0
    /// CONTROL.SPSEL in thread mode; handlers use the main stack.
    var selectsProcessStack = false
    var sleep = Sleep.awake
    /// The event register of WFE and SEV.
    var hasEvent = false
    var pendingStop: Stop?
    var lockup: Fault?

    enum Sleep { case awake, untilInterrupt, untilEvent }

    /// A core before its first ``reset(vectors:)``.
    public init(memory: Memory, peripherals: any Peripherals) {
        self.memory = memory
        self.peripherals = peripherals
        core = Core.allocate(memory)
        core.installHandlers()
        reset()
    }

    deinit { core.base.deallocate() }

    /// Starts at the reset vector. Time goes on; flash and RAM stay as they are.
    /// - Parameter vectors: the table of vectors, as a boot loader leaves it in VTOR when it starts a program.
    public func reset(vectors: UInt32 = 0) {
        let now = cycle
        exceptions = ExceptionState()
        timer = SystemTimer()
        system = SystemRegisters(vectors: vectors)
        for number in 0..<15 { core[number] = 0 }
        core[14] = 0xFFFF_FFFF
        core.flags = 0
        core.forgetBranches()
        otherStack = 0
        selectsProcessStack = false
        sleep = .awake
        hasEvent = false
        pendingStop = nil
        lockup = nil
        core[13] = (memory.read(vectors, .word) ?? 0) & ~3
        let start = memory.read(vectors &+ 4, .word) ?? 0
        core[15] = start & ~1
        isThumb = start & 1 != 0
        deadline = now
        core.state.pointee.left = 0
        signals = peripherals.signals
    }

    /// The current time in cycles since the core was made; it goes on through resets.
    public var cycle: UInt64 { deadline &- UInt64(bitPattern: Int64(core.state.pointee.left)) }

    /// Ends the current stretch of instructions, so that events, interrupts and stops are looked at before the next instruction.
    func interruptRun() {
        deadline = cycle
        core.state.pointee.left = 0
    }

    /// Executes instructions up to a time; the last one may end some cycles behind it.
    public func run(until end: UInt64) -> Stop {
        // The world outside may have changed since the last run.
        signals = peripherals.signals
        while true {
            if let stop = attend(until: end) { return stop }
            while core.state.pointee.left > 0 {
                if usesFastPath { runStretch() } else { step() }
            }
        }
    }

    /// Executes one instruction, or takes the exception that is due before it.
    public func runOne() -> Stop? {
        signals = peripherals.signals
        // Sleep ends by an event only, which may be far away.
        let stop = attend(until: sleep == .awake ? .max : cycle)
        guard stop == nil else { return stop }
        if core.state.pointee.left > 0 { step() }
        return pendingStop.take()
    }

    /// Looks at everything between instructions, in the order of importance, and sets the next deadline.
    private func attend(until end: UInt64) -> Stop? {
        while true {
            advanceEvents()
            if signals.demandsReset { return .reset }
            if let stop = pendingStop.take() { return stop }
            if let lockup { return .lockup(lockup) }
            let now = cycle
            // Each one taken has a higher priority than the one before, so this ends.
            if let number = exceptions.next(primask: system.primask) {
                sleep = .awake
                enterException(number)
                continue
            }
            if now >= end { return .time }
            let event = min(end, nextEvent)
            if sleep != .awake {
                wakeIfDue()
                if sleep != .awake {
                    deadline = max(event, now + 1)
                    core.state.pointee.left = 0
                    continue
                }
            }
            deadline = max(event, now + 1)
            core.state.pointee.left = Int(clamping: deadline - now)
            return nil
        }
    }

    /// The next cycle at which a peripheral or the system timer does something.
    private var nextEvent: UInt64 { min(signals.nextEvent, timer.nextInterrupt) }

    /// Lets peripherals and the timer do what is due, and samples the interrupt lines.
    func advanceEvents() {
        let now = cycle
        if signals.nextEvent <= now {
            peripherals.advance(to: now)
            signals = peripherals.signals
        }
        if timer.advance(to: now) { exceptions.pend(ExceptionState.systemTimer) }
        exceptions.sample(signals.interrupts)
    }

    private func wakeIfDue() {
        // PRIMASK does not keep a core asleep: an interrupt wakes it, and is taken when PRIMASK is cleared.
        let hasInterrupt = exceptions.next(primask: false) != nil
        switch sleep {
        case .awake: break
        case .untilInterrupt: if hasInterrupt { sleep = .awake }
        case .untilEvent:
            if hasInterrupt || hasEvent || (system.sendsEventOnPending && exceptions.hasNewPending) {
                sleep = .awake
                hasEvent = false
                exceptions.hasNewPending = false
            }
        }
    }
}
