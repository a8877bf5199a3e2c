import NINABoard
import Testing

/// Instructions by hand; Tests/Board/run compares millions with another emulator.
@Suite(.timeLimit(.minutes(5)), .serialized) struct InstructionTests {
    /// One instruction: R0 to R2 and the flags (N, Z, C, V as four bits) before and after.
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let code: UInt16
        let before: [UInt32]
        let flags: UInt32
        let result: UInt32
        let flagsAfter: UInt32

        init(
            _ name: String, _ code: UInt16, _ before: [UInt32], flags: UInt32 = 0, gives result: UInt32,
            setting flagsAfter: UInt32
        ) {
            testDescription = name
            self.code = code
            self.before = before
            self.flags = flags
            self.result = result
            self.flagsAfter = flagsAfter
        }
    }

    static let cases = [
        Case("LSLS R0, R1, #1", 0x0048, [0, 0xC000_0001], gives: 0x8000_0002, setting: 0b1010),
        Case("MOVS R0, R1 keeps C and V", 0x0008, [0, 0], flags: 0b0011, gives: 0, setting: 0b0111),
        Case("LSRS R0, R1, #32", 0x0808, [0, 0x8000_0000], gives: 0, setting: 0b0110),
        Case("ASRS R0, R1, #32", 0x1008, [0, 0x8000_0000], gives: .max, setting: 0b1010),
        Case("LSLS R0, R1 by 0 keeps C", 0x4088, [5, 0x100], flags: 0b0010, gives: 5, setting: 0b0010),
        Case("LSLS R0, R1 by 32", 0x4088, [1, 32], gives: 0, setting: 0b0110),
        Case("LSLS R0, R1 by 33", 0x4088, [1, 33], flags: 0b0010, gives: 0, setting: 0b0100),
        Case("LSRS R0, R1 by 32", 0x40C8, [1 << 31, 32], gives: 0, setting: 0b0110),
        Case("ASRS R0, R1 by 255", 0x4108, [1 << 31, 255], gives: .max, setting: 0b1010),
        Case("RORS R0, R1 by 32", 0x41C8, [0x8000_0001, 32], gives: 0x8000_0001, setting: 0b1010),
        Case("RORS R0, R1 by 256 keeps C", 0x41C8, [1, 256], flags: 0b0010, gives: 1, setting: 0b0010),
        Case("RORS R0, R1 by 4", 0x41C8, [0x18, 4], gives: 0x8000_0001, setting: 0b1010),
        Case("ADDS R0, R1, R2 overflows", 0x1888, [0, 0x7FFF_FFFF, 1], gives: 1 << 31, setting: 0b1001),
        Case("ADDS R0, R1, R2 carries", 0x1888, [0, .max, 1], gives: 0, setting: 0b0110),
        Case("SUBS R0, R1, R2 without borrow", 0x1A88, [0, 5, 5], gives: 0, setting: 0b0110),
        Case("SUBS R0, R1, R2 with borrow", 0x1A88, [0, 0, 1], gives: .max, setting: 0b1000),
        Case("SUBS R0, R1, R2 overflows", 0x1A88, [0, 1 << 31, 1], gives: 0x7FFF_FFFF, setting: 0b0011),
        Case("ADCS R0, R1", 0x4148, [.max, 0], flags: 0b0010, gives: 0, setting: 0b0110),
        Case("SBCS R0, R1 without carry", 0x4188, [5, 5], gives: .max, setting: 0b1000),
        Case("RSBS R0, R1, #0 of the least number", 0x4248, [0, 1 << 31], gives: 1 << 31, setting: 0b1001),
        Case("MULS keeps C and V", 0x4348, [0x10000, 0x10000], flags: 0b0011, gives: 0, setting: 0b0111),
        Case("BICS R0, R1", 0x4388, [0xFF, 0x0F], gives: 0xF0, setting: 0),
        Case("MVNS R0, R1", 0x43C8, [0, 0], gives: .max, setting: 0b1000),
        Case("TST R0, R1 writes nothing", 0x4208, [1, 2], gives: 1, setting: 0b0100),
        Case("CMN R0, R1", 0x42C8, [1, .max], gives: 1, setting: 0b0110),
        Case("ADD R0, R1 keeps the flags", 0x4408, [1, .max], flags: 0b1111, gives: 0, setting: 0b1111),
        Case("SXTH R0, R1", 0xB208, [0, 0x1_8000], gives: 0xFFFF_8000, setting: 0),
        Case("SXTB R0, R1", 0xB248, [0, 0x180], gives: 0xFFFF_FF80, setting: 0),
        Case("UXTH R0, R1", 0xB288, [0, 0x1_8000], gives: 0x8000, setting: 0),
        Case("UXTB R0, R1", 0xB2C8, [0, 0x180], gives: 0x80, setting: 0),
        Case("REV R0, R1", 0xBA08, [0, 0x1122_3344], gives: 0x4433_2211, setting: 0),
        Case("REV16 R0, R1", 0xBA48, [0, 0x1122_3344], gives: 0x2211_4433, setting: 0),
        Case("REVSH R0, R1", 0xBAC8, [0, 0x1122_3380], gives: 0xFFFF_8033, setting: 0),
    ]

    @Test(arguments: cases, [true, false]) func computes(_ test: Case, byFastPath: Bool) {
        let chip = Chip([test.code, 0xBE00])
        chip.processor.usesFastPath = byFastPath
        for (register, value) in test.before.enumerated() { chip[register] = value }
        chip.flags = test.flags
        #expect(chip.run() == .breakpoint(0))
        #expect(chip[0] == test.result)
        #expect(chip.flags == test.flagsAfter)
    }

    /// Cycles of table 3-1 of DDI 0484, with the instructions before a BKPT.
    static let cycles: [(name: String, code: [UInt16], cycles: UInt64)] = [
        ("MOVS", [0x2001], 1), ("ADD R0, R1", [0x4408], 1), ("MULS", [0x4348], 1),
        ("LDR", [0x6830], 2), ("LDRB", [0x7830], 2), ("STR", [0x6030], 2), ("LDR literal", [0x4800], 2),
        ("PUSH of 3", [0xB407], 4), ("POP of 3", [0xBC07], 4), ("STM of 2", [0xC603], 3), ("LDM of 4", [0xCE0F], 5),
        ("BEQ not taken", [0xD000], 1), ("BNE taken", [0xD1FF], 2), ("CMP, BNE taken", [0x2801, 0xD1FF], 3),
        ("CMP, BEQ not taken", [0x2801, 0xD0FF], 2), ("B", [0xE7FF], 2), ("BL", [0xF000, 0xF800], 3),
        ("ADR, ADDS, BX", [0xA001, 0x3001, 0x4700, 0xBF00], 4),
        ("ADR, ADDS, BLX", [0xA001, 0x3001, 0x4780, 0xBF00], 4),
        ("ADR, MOV PC", [0xA000, 0x4687], 3), ("ADR, ADDS, PUSH, POP PC", [0xA001, 0x3001, 0xB401, 0xBD00], 8),
        ("MRS", [0xF3EF, 0x8000], 3), ("MSR", [0xF380, 0x8800], 3), ("DMB", [0xF3BF, 0x8F5F], 3),
        ("CPSID", [0xB672], 1),
        ("NOP", [0xBF00], 1), ("SEV", [0xBF40], 1),
    ]

    @Test(arguments: 0..<cycles.count, [true, false]) func takesTheCyclesOfTheManual(_ index: Int, byFastPath: Bool) {
        let test = Self.cycles[index]
        let chip = Chip(test.code + [0xBE00])
        chip.processor.usesFastPath = byFastPath
        chip[6] = 0x2000_0100
        let start = chip.processor.cycle
        #expect(chip.run() == .breakpoint(0), "\(test.name)")
        #expect(chip.processor.cycle - start == test.cycles, "\(test.name)")
    }

    /// The port of the core takes one cycle, other peripherals two.
    @Test func peripheralsAreAskedWithWidthAndTime() {
        let chip = Chip([0x6001, 0x8001, 0x7001, 0x6802, 0x6019, 0xBE00])
        chip[0] = 0x4000_0010
        chip[1] = 0x1_8182
        chip[3] = 0x6000_0000
        let start = chip.processor.cycle
        #expect(chip.run() == .breakpoint(0))
        #expect(
            chip.peripherals.log == [
                "write word 18182 to 40000010 at \(start + 1)", "write half 8182 to 40000010 at \(start + 3)",
                "write byte 82 to 40000010 at \(start + 5)", "read word 40000010 at \(start + 7)",
                "write word 18182 to 60000000 at \(start + 9)",
            ])
        #expect(chip[2] == 0x82)
        #expect(chip.processor.cycle - start == 9)
    }

    @Test func branchesWithLinkReturn() {
        // BL to MOVS R0, #1; BX LR; and a BKPT behind the BL.
        let chip = Chip([0xF000, 0xF801, 0xBE00, 0x2001, 0x4770])
        #expect(chip.run() == .breakpoint(0))
        #expect(chip[0] == 1)
        #expect(chip[14] == Chip.code + 5)
        #expect(
            chip.processor.branches == [
                Branch(from: Chip.code, to: Chip.code + 6), Branch(from: Chip.code + 8, to: Chip.code + 4),
            ])
    }

    @Test func listsInOrderOfAddresses() {
        // PUSH {R0, R2, LR}; POP {R1, R3, PC} returns to the BKPT.
        let chip = Chip([0xB505, 0xBD0A, 0xBF00, 0xBE00])
        chip[0] = 10
        chip[2] = 12
        chip[14] = Chip.code + 7
        #expect(chip.run() == .breakpoint(0))
        #expect(chip[1] == 10 && chip[3] == 12)
        #expect(chip[13] == Chip.stack)
        #expect(chip.word(Chip.stack - 12) == 10)
        #expect(chip.word(Chip.stack - 4) == Chip.code + 7)
    }

    /// LDM with its base in the list keeps what is loaded; without it the base moves on.
    @Test func loadsTheBaseItself() {
        let chip = Chip([0xC903, 0xCA08, 0xBE00])
        chip[1] = 0x2000_0100
        chip[2] = 0x2000_0100
        chip.memory.write(7, to: 0x2000_0100, .word)
        chip.memory.write(8, to: 0x2000_0104, .word)
        #expect(chip.run() == .breakpoint(0))
        #expect(chip[0] == 7 && chip[1] == 8 && chip[3] == 7)
        #expect(chip[2] == 0x2000_0104)
    }

    /// Bits 1 and 0 of the stack pointer do not exist.
    @Test func theStackPointerIsAligned() {
        let chip = Chip([0x4685, 0xBE00])
        chip[0] = 0x2000_0803
        #expect(chip.run() == .breakpoint(0))
        #expect(chip[13] == 0x2000_0800)
    }

    /// Code in RAM, changed while it runs: MOVS R0, #1 becomes MOVS R0, #2.
    @Test func codeInRAMMayChange() {
        let chip = Chip([])
        // STRH R1, [R2]; MOVS R0, #1; BKPT
        chip.write([0x8011, 0x2001, 0xBE00], at: 0x2000_0400)
        chip[15] = 0x2000_0400
        chip[1] = 0x2002
        chip[2] = 0x2000_0402
        #expect(chip.run() == .breakpoint(0))
        #expect(chip[0] == 2)
    }

    @Test func theRunEndsAtItsTime() {
        let chip = Chip([0xE7FE])
        let start = chip.processor.cycle
        #expect(chip.processor.run(until: start + 1001) == .time)
        #expect((start + 1001...start + 1002).contains(chip.processor.cycle))
        #expect(chip.processor.run(until: 0) == .time)
    }
}
