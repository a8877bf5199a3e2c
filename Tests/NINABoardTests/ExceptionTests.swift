import NINABoard
import Testing

/// Entry, return, priorities and pending of exceptions (DDI 0419, B1.5 and B3.4).
@Suite(.timeLimit(.minutes(5))) struct ExceptionTests {
    /// B . at the start: what runs while nothing else does.
    private static let loop: [UInt16] = [0xE7FE]
    private static let pendInterrupts: UInt32 = 0xE000_E200

    @Test func entryPushesAFrameAlignedTo8() throws {
        let chip = Chip(Self.loop)
        for register in 0..<13 { chip[register] = UInt32(100 + register) }
        chip[13] = Chip.stack - 4
        chip[14] = 0x1234
        chip.flags = 0b1010
        chip.enableInterrupts(1)
        chip.processor.statusRegister = 0b1010 << 28 | 1 << 24
        chip.peripherals.lines = 0
        chip.peripherals.plan = [(chip.processor.cycle + 50, 1)]
        #expect(chip.run() == .breakpoint(16))
        let frame = Chip.stack - 40
        #expect(chip[13] == frame)
        #expect(chip[14] == 0xFFFF_FFF9)
        let words = (0..<8).map { chip.word(frame + UInt32(4 * $0)) }
        #expect(words == [100, 101, 102, 103, 112, 0x1234, Chip.code, 0xA100_0200])
        #expect(chip.processor.statusRegister & 0x3F == 16)
    }

    @Test func returnRestoresEverything() {
        let chip = Chip(Self.loop)
        // The handler changes what it may, clears its line and returns.
        chip.write([0x2000, 0x4B01, 0x4684, 0xE001, 0x0100, 0x4000, 0x6018, 0x2100, 0x4770], at: Chip.handler(16))
        for register in 0..<13 { chip[register] = UInt32(100 + register) }
        chip[13] = Chip.stack - 4
        chip[14] = 0x1234
        chip.enableInterrupts(1)
        chip.processor.statusRegister = 0b0110 << 28 | 1 << 24
        chip.peripherals.plan = [(chip.processor.cycle + 50, 1)]
        #expect(chip.run(500) == .time)
        #expect(chip.peripherals.log.count == 1)
        for register in 0..<13 { #expect(chip[register] == UInt32(100 + register)) }
        #expect(chip[13] == Chip.stack - 4)
        #expect(chip[14] == 0x1234)
        #expect(chip[15] == Chip.code)
        #expect(chip.flags == 0b0110)
    }

    /// A line that stays active interrupts again after the return, and not within the handler.
    @Test func anActiveLineInterruptsAgain() {
        let chip = Chip(Self.loop)
        // ADDS R7, #1 is counted in R7; BX LR.
        chip.write([0x3701, 0x4770], at: Chip.handler(16))
        chip.enableInterrupts(1)
        chip.peripherals.plan = [(chip.processor.cycle + 10, 1), (chip.processor.cycle + 300, 0)]
        chip[7] = 0
        chip.run(1000)
        #expect((10...50).contains(chip[7]))
        let count = chip[7]
        chip.run(1000)
        #expect(chip[7] == count)
    }

    @Test func aHigherPriorityInterruptsAHandler() {
        let chip = Chip(Self.loop)
        // Interrupt 0 pends interrupt 1 and 2 by NVIC_ISPR, R0 in R1, then MOVS R4, #1 and BKPT.
        chip.write([0x6001, 0x2401, 0xBE00], at: Chip.handler(16))
        chip.write([0x3501, 0x4770], at: Chip.handler(17))
        chip.enableInterrupts(7, priorities: [0x40, 0x00, 0x40])
        chip[0] = Self.pendInterrupts
        chip[1] = 6
        chip[4] = 0
        chip[5] = 0
        chip.peripherals.plan = [(chip.processor.cycle + 10, 1)]
        #expect(chip.run() == .breakpoint(0))
        // Interrupt 1 ran before the next instruction; 2, of the same priority, waits.
        #expect(chip[5] == 1)
        #expect(chip[4] == 1)
        #expect(chip.peek(Self.pendInterrupts) == 4)
        #expect(chip.processor.statusRegister & 0x3F == 16)
    }

    /// Two interrupts at once: the lower number first, then the other without a return between them.
    @Test func tailChainsToWhatWaits() {
        let chip = Chip(Self.loop)
        chip.write([0x4670, 0x2307, 0x4770], at: Chip.handler(16))
        chip.enableInterrupts(3)
        chip.poke(3, at: Self.pendInterrupts)
        chip[3] = 1
        #expect(chip.run() == .breakpoint(17))
        // R0 and R3 of the first handler are still there, and there is one frame.
        #expect(chip[0] == 0xFFFF_FFF9)
        #expect(chip[3] == 7)
        #expect(chip[14] == 0xFFFF_FFF9)
        #expect(chip[13] == Chip.stack - 32)
    }

    /// A higher priority that arrives while the registers are pushed runs first.
    @Test func aLateArrivalRunsFirst() {
        let chip = Chip(Self.loop)
        chip.write([0x2501, 0x4770], at: Chip.handler(17))
        chip.enableInterrupts(3, priorities: [0x40, 0x00])
        let cycle = chip.processor.cycle + 20
        chip.peripherals.plan = [(cycle, 1), (cycle + 5, 3), (cycle + 20, 1)]
        chip[5] = 0
        #expect(chip.run() == .breakpoint(16))
        #expect(chip[5] == 1)
        #expect(chip[13] == Chip.stack - 32)
    }

    @Test func primaskHoldsInterruptsBack() {
        // CPSID i; NOP; NOP; CPSIE i; NOP.
        let chip = Chip([0xB672, 0xBF00, 0xBF00, 0xB662, 0xBF00])
        chip.enableInterrupts(1)
        chip.poke(0, at: Self.pendInterrupts)
        _ = chip.step()
        chip.peripherals.lines = 1
        chip.peripherals.plan = [(chip.processor.cycle, 1)]
        #expect(chip.run() == .breakpoint(16))
        #expect(chip.word(chip[13] + 24) == Chip.code + 8)
    }

    @Test func aDisabledInterruptStaysPending() {
        let chip = Chip(Self.loop)
        chip.poke(1, at: Self.pendInterrupts)
        #expect(chip.run(100) == .time)
        #expect(chip.peek(Self.pendInterrupts) == 1)
        chip.poke(1, at: 0xE000_E280)
        #expect(chip.peek(Self.pendInterrupts) == 0)
        chip.enableInterrupts(1)
        #expect(chip.run(100) == .time)
    }

    @Test func supervisorCallsReturnBehindThem() {
        let chip = Chip([0xDF05, 0x2001, 0xBE00])
        chip.write([0x9806, 0x3802, 0x7802, 0x4770], at: Chip.handler(11))
        chip[0] = 9
        #expect(chip.run() == .breakpoint(0))
        // The handler found the number in the instruction before the return address.
        #expect(chip[0] == 1)
        #expect(chip.word(Chip.stack - 8) == Chip.code + 2)
    }

    @Test func pendSVRunsLast() {
        let chip = Chip(Self.loop)
        chip.write([0x3501, 0x4770], at: Chip.handler(16))
        chip.enableInterrupts(1, priorities: [0x80])
        chip.poke(0xC0 << 16, at: 0xE000_ED20)
        chip[5] = 0
        chip.poke(1, at: Self.pendInterrupts)
        chip.processor.registers[15] = Chip.code
        chip.write([0x6008, 0xE7FE], at: Chip.code)
        chip[0] = 1 << 28
        chip[1] = 0xE000_ED04
        #expect(chip.run() == .breakpoint(14))
        #expect(chip[5] == 1)
    }

    @Test func nonMaskableInterruptsMask() {
        let chip = Chip([0xB672, 0x6008, 0xE7FE])
        chip[0] = 1 << 31
        chip[1] = 0xE000_ED04
        #expect(chip.run() == .breakpoint(2))
    }

    /// Thread mode on the process stack: handlers use the main one, and EXC_RETURN says so.
    @Test func handlersUseTheMainStack() {
        // MSR PSP, R0; MSR CONTROL, R1; ISB; SVC; MRS R2, CONTROL; BKPT.
        let chip = Chip([0xF380, 0x8809, 0xF381, 0x8814, 0xF3BF, 0x8F6F, 0xDF00, 0xF3EF, 0x8214, 0xBE00])
        // MOV R4, LR; MRS R5, PSP; MRS R6, CONTROL; MOV R7, SP; BX LR
        chip.write([0x4674, 0xF3EF, 0x8509, 0xF3EF, 0x8614, 0x466F, 0x4770], at: Chip.handler(11))
        chip[0] = 0x2000_0800
        chip[1] = 2
        #expect(chip.run() == .breakpoint(0))
        #expect(chip[4] == 0xFFFF_FFFD)
        #expect(chip[5] == 0x2000_0800 - 32)
        #expect(chip[6] == 0)
        #expect(chip[7] == Chip.stack)
        #expect(chip[2] == 2)
        #expect(chip[13] == 0x2000_0800)
        #expect(chip.processor.mainStack == Chip.stack)
        #expect(chip.processor.processStack == 0x2000_0800)
    }

    @Test func aWrongReturnIsAFault() {
        // Thread mode was interrupted, so a return to a handler does not fit.
        let chip = Chip([0xDF00])
        chip.write([0x2000, 0x43C0, 0x380E, 0x4700], at: Chip.handler(11))
        let fault = chip.fault()
        #expect(fault?.cause == .exceptionReturn(0xFFFF_FFF1))
        #expect(fault?.exception == 11)
    }

    @Test func vectorsMove() {
        let chip = Chip([0xDF00])
        chip.write([0xBE77], at: 0x3000)
        chip.memory.program([0x01, 0x30, 0, 0], at: 0x2000 + 44)
        chip.poke(0x2000, at: 0xE000_ED08)
        #expect(chip.run() == .breakpoint(0x77))
        // As a boot loader starts a program behind itself.
        chip.memory.program([0, 8, 0, 0x20, 0x01, 0x30, 0, 0], at: 0x2000)
        chip.processor.reset(vectors: 0x2000)
        #expect(chip[13] == 0x2000_0800)
        #expect(chip[15] == 0x3000)
        #expect(chip.peek(0xE000_ED08) == 0x2000)
    }

    @Test func aVectorOutsideOfMemoryIsAFault() {
        let chip = Chip([0xDF00])
        chip.poke(0x3000_0000, at: 0xE000_ED08)
        guard case .lockup(let fault) = chip.run() else {
            Issue.record("no lock-up")
            return
        }
        #expect(fault.cause == .vector(11))
    }

    @Test func theProgramDemandsAReset() {
        let chip = Chip([0x6008, 0xE7FE])
        chip[0] = 0x05FA_0004
        chip[1] = 0xE000_ED0C
        #expect(chip.run() == .reset)
        chip.processor.reset()
        #expect(chip[15] == Chip.code)
        #expect(chip[13] == Chip.stack)
        // Without the key nothing happens.
        chip[0] = 4
        chip[1] = 0xE000_ED0C
        #expect(chip.run(100) == .time)
    }

    @Test func identifiesItself() {
        let chip = Chip(Self.loop)
        #expect(chip.peek(0xE000_ED00) == 0x410C_C601)
        chip.poke(.max, at: 0xE000_E400)
        #expect(chip.peek(0xE000_E400) == 0xC0C0_C0C0)
        chip.poke(.max, at: 0xE000_ED20)
        #expect(chip.peek(0xE000_ED20) == 0xC0C0_0000)
        chip.poke(.max, at: 0xE000_E100)
        chip.poke(0xF, at: 0xE000_E180)
        #expect(chip.peek(0xE000_E100) == 0xFFFF_FFF0)
    }
}
