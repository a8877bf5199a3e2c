import NINABoard
import Testing

/// What a program must not do, and what is said about it.
@Suite(.timeLimit(.minutes(5))) struct FaultTests {
    /// Instructions with R1 as their address.
    static let cases: [(code: [UInt16], address: UInt32, cause: Fault.Cause)] = [
        ([0x6808], 0x2000_0002, .unaligned(.read, 0x2000_0002, .word)),
        ([0x8808], 0x2000_0001, .unaligned(.read, 0x2000_0001, .half)),
        ([0x6008], 0x2000_0001, .unaligned(.write, 0x2000_0001, .word)),
        ([0xC901], 0x2000_0002, .unaligned(.read, 0x2000_0002, .word)),
        ([0x6808], 0x5000_0000, .unmapped(.read, 0x5000_0000, .word)),
        ([0x7008], 0x2000_8000, .unmapped(.write, 0x2000_8000, .byte)),
        ([0x6008], 0x0000_1000, .unmapped(.write, 0x0000_1000, .word)),
        ([0xC903], 0x2000_7FFC, .unmapped(.read, 0x2000_8000, .word)),
        ([0xC1FF], 0x2000_7FF0, .unmapped(.write, 0x2000_8000, .word)),
        ([0x7808], 0xE000_E100, .unmapped(.read, 0xE000_E100, .byte)),
        ([0xDE05], 0, .undefined), ([0xBA88], 0, .undefined), ([0xB101], 0, .undefined), ([0xBF08], 0, .undefined),
        ([0xB400], 0, .undefined), ([0xBC00], 0, .undefined), ([0xC100], 0, .undefined), ([0xC900], 0, .undefined),
        ([0xB661], 0, .undefined), ([0xE800, 0], 0, .undefined), ([0xFBB1, 0xF0F2], 0, .undefined),
        ([0xF000, 0xB800], 0, .undefined), ([0xF7F0, 0xA000], 0, .undefined), ([0xF380, 0x8400], 0, .undefined),
        ([0xF3BF, 0x8F2F], 0, .undefined),
        ([0x4708], 0xFFFF_FFF9, .fetch), ([0x4708], 0x3000_0001, .fetch), ([0x4708], 0x0000_1000, .evenAddress),
    ]

    @Test(arguments: 0..<cases.count, [true, false]) func takesAHardFault(_ index: Int, byFastPath: Bool) throws {
        let test = Self.cases[index]
        let chip = Chip(test.code)
        chip.processor.usesFastPath = byFastPath
        chip[1] = test.address
        let fault = try #require(chip.fault())
        #expect(fault.cause == test.cause)
        // The handler runs next.
        #expect(chip[15] == Chip.handler(3))
        #expect(chip.processor.statusRegister & 0x3F == 3)
        #expect(chip.run() == .breakpoint(3))
        // No register was written, and the frame has the address of the instruction.
        let isBranch = test.code[0] == 0x4708
        #expect(chip.word(chip[13] + 24) == (isBranch ? test.address & ~1 : Chip.code))
        #expect(fault.pc == (isBranch ? test.address & ~1 : Chip.code))
        #expect(chip[13] == Chip.stack - 32)
    }

    @Test func theDescriptionSaysWhere() throws {
        let chip = Chip([0xE7FF, 0xBF00, 0x6808])
        chip[1] = 0x5000_0000
        let fault = try #require(chip.fault())
        #expect(
            fault.description
                == "read of 4 bytes at 0x50000000, where nothing is at pc 0x00000404, instruction 0x6808; lr 0xffffffff, "
                + "sp 0x20001000; last branches: 0x00000400->0x00000402")
    }

    @Test func keepsTheLast32Branches() throws {
        // Forty branches to the next instruction, then UDF.
        let chip = Chip([UInt16](repeating: 0xE7FF, count: 40) + [0xDE00])
        let fault = try #require(chip.fault())
        #expect(fault.branches.count == 32)
        #expect(fault.branches.first == Branch(from: Chip.code + 16, to: Chip.code + 18))
        #expect(fault.branches.last == Branch(from: Chip.code + 78, to: Chip.code + 80))
    }

    @Test func aBreakpointWithoutADebuggerIsAFault() throws {
        let chip = Chip([0xBE07])
        chip.processor.stopsAtBreakpoints = false
        #expect(try #require(chip.fault()).cause == .breakpoint(7))
    }

    /// A fault in the handler of HardFault: nothing can be executed any more.
    @Test func aFaultInItsHandlerLocksUp() {
        let chip = Chip([0xDE00])
        chip.write([0xDE01], at: Chip.handler(3))
        #expect(chip.fault()?.cause == .undefined)
        guard case .lockup(let fault) = chip.run() else {
            Issue.record("no lock-up")
            return
        }
        #expect(fault.instruction == 0xDE01)
        #expect(fault.exception == 3)
        guard case .lockup = chip.run() else {
            Issue.record("the lock-up ended")
            return
        }
        chip.processor.reset()
        #expect(chip.fault()?.instruction == 0xDE00)
    }

    /// A stack that has run out of RAM: the lock-up names the instruction, not the stack.
    @Test func aFaultWithoutAStackLocksUp() {
        let chip = Chip([0xB401])
        chip[13] = 0x2000_0000
        guard case .lockup(let fault) = chip.run() else {
            Issue.record("no lock-up")
            return
        }
        #expect(fault.cause == .unmapped(.write, 0x1FFF_FFFC, .word))
    }

    @Test func anEmptyFlashFaults() {
        let processor = Processor(memory: Memory(), peripherals: RecordingPeripherals())
        guard case .lockup(let fault) = processor.run(until: 1000) else {
            Issue.record("no lock-up")
            return
        }
        #expect(fault.cause == .fetch)
    }

    /// SVC under PRIMASK cannot be taken.
    @Test func aCallUnderPRIMASKIsAFault() throws {
        let chip = Chip([0xB672, 0xDF01])
        #expect(try #require(chip.fault()).cause == .supervisorCall)
    }
}
