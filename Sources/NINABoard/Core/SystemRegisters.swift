/// The registers of the core at 0xE000E000: SysTick, NVIC, SCB (DDI 0419, B3).
struct SystemRegisters {
    /// VTOR: the address of the vectors.
    var vectors: UInt32 = 0
    var primask = false
    /// SCR.SLEEPONEXIT: thread mode sleeps when the last handler returns.
    var sleepsOnExit = false
    /// SCR.SEVONPEND.
    var sendsEventOnPending = false
    /// SCR.SLEEPDEEP, which only a peripheral would act on.
    var isDeep = false

    static let range: Range<UInt32> = 0xE000_E000..<0xE000_F000
}

extension Processor {
    /// Only words can be accessed. Registers that do not exist read as 0.
    func readSystem(_ address: UInt32) -> UInt32 {
        switch address {
        case 0xE000_E010...0xE000_E01C:
            if timer.advance(to: cycle) { exceptions.pend(ExceptionState.systemTimer) }
            return timer.read(address & 0xF, at: cycle)
        case 0xE000_E100, 0xE000_E180: return exceptions.interruptEnables
        case 0xE000_E200, 0xE000_E280: return exceptions.pendingInterrupts
        case 0xE000_E400...0xE000_E41C: return priorities(of: Int(address & 0x1C) + ExceptionState.firstInterrupt)
        case 0xE000_ED00: return 0x410C_C601  // CPUID: Cortex-M0+ r0p1
        case 0xE000_ED04: return interruptControl
        case 0xE000_ED08: return system.vectors
        case 0xE000_ED0C: return 0xFA05_0000  // AIRCR: little endian
        case 0xE000_ED10:
            return (system.sleepsOnExit ? 2 : 0) | (system.isDeep ? 4 : 0) | (system.sendsEventOnPending ? 16 : 0)
        case 0xE000_ED14: return 0x208  // CCR: the stack is aligned to 8, unaligned accesses fault
        case 0xE000_ED1C: return priorities(of: 8) & 0xFF00_0000
        case 0xE000_ED20: return priorities(of: 12) & 0xFFFF_0000
        default: return 0
        }
    }

    func writeSystem(_ value: UInt32, to address: UInt32) {
        switch address {
        case 0xE000_E010...0xE000_E01C:
            if timer.advance(to: cycle) { exceptions.pend(ExceptionState.systemTimer) }
            timer.write(value, address & 0xF, at: cycle)
        case 0xE000_E100: exceptions.interruptEnables |= value
        case 0xE000_E180: exceptions.interruptEnables &= ~value
        case 0xE000_E200:
            for number in 0..<32 where value >> UInt32(number) & 1 != 0 {
                exceptions.pend(ExceptionState.firstInterrupt + number)
            }
        case 0xE000_E280: exceptions.unpend(UInt64(value) << 16)
        case 0xE000_E400...0xE000_E41C: setPriorities(value, of: Int(address & 0x1C) + ExceptionState.firstInterrupt)
        case 0xE000_ED04: writeInterruptControl(value)
        case 0xE000_ED08: system.vectors = value & ~0x7F
        case 0xE000_ED0C:
            // The key 0x05FA, and SYSRESETREQ.
            if value >> 16 == 0x05FA, value & 4 != 0 { pendingStop = .reset }
        case 0xE000_ED10:
            system.sleepsOnExit = value & 2 != 0
            system.isDeep = value & 4 != 0
            system.sendsEventOnPending = value & 16 != 0
        case 0xE000_ED1C: setPriorities(value, of: 8, [3])
        case 0xE000_ED20: setPriorities(value, of: 12, [2, 3])
        default: break
        }
    }

    private func priorities(of first: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(exceptions.priority(first + $1)) << UInt32(8 * $1) }
    }

    private func setPriorities(_ value: UInt32, of first: Int, _ places: [Int] = [0, 1, 2, 3]) {
        for place in places { exceptions.setPriority(first + place, value >> UInt32(8 * place)) }
    }

    /// ICSR: NMIPENDSET, PENDSVSET, PENDSTSET, ISRPENDING, VECTPENDING, VECTACTIVE.
    private var interruptControl: UInt32 {
        let next = exceptions.highestPending ?? 0
        return (exceptions.isPending(ExceptionState.nonMaskable) ? 1 << 31 : 0)
            | (exceptions.isPending(ExceptionState.pendableService) ? 1 << 28 : 0)
            | (exceptions.isPending(ExceptionState.systemTimer) ? 1 << 26 : 0)
            | (exceptions.pendingInterrupts != 0 ? 1 << 22 : 0) | UInt32(next) << 12 | UInt32(exceptions.current)
    }

    private func writeInterruptControl(_ value: UInt32) {
        if value >> 31 & 1 != 0 { exceptions.pend(ExceptionState.nonMaskable) }
        if value >> 28 & 1 != 0 { exceptions.pend(ExceptionState.pendableService) }
        if value >> 27 & 1 != 0 { exceptions.unpend(1 << UInt64(ExceptionState.pendableService)) }
        if value >> 26 & 1 != 0 { exceptions.pend(ExceptionState.systemTimer) }
        if value >> 25 & 1 != 0 { exceptions.unpend(1 << UInt64(ExceptionState.systemTimer)) }
    }
}
