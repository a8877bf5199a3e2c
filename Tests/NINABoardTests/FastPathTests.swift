import BoardPrograms
import NINABoard
import TestSupport
import Testing

/// The fast path is compared with the reference interpreter, which other tests and Tests/Board/run hold to the architecture.
@Suite(.timeLimit(.minutes(5))) struct FastPathTests {
    @Test func randomProgramsEndAlike() {
        var random = RandomSource("FastPathTests.randomProgramsEndAlike")
        let trial = ProgramTrial(random: &random)
        var rounds = Rounds(100_000)
        while trial.instructions < 200_000, rounds.next() {
            let program = RandomProgram(random: &random, instructions: 100)
            let (fast, reference) = trial.run(program)
            guard fast == reference else {
                Issue.record("\(program): \(fast) instead of \(reference)")
                return
            }
        }
        print("\(trial.instructions) instructions, \(trial.leftToReference) of them not by the fast path")
        // Those in RAM, and rare ones.
        #expect(trial.leftToReference < trial.instructions / 2)
    }

    /// Halfwords of all kinds as an instruction, with registers that point to RAM: what is decoded is what is executed.
    @Test func encodingsEndAlike() {
        var random = RandomSource("FastPathTests.encodingsEndAlike")
        let chips = [Chip([]), Chip([])]
        chips[1].processor.usesFastPath = false
        for code in stride(from: UInt16(random.below(16)), to: .max, by: 16 + random.below(8)) {
            var ends: [[UInt32]] = []
            for chip in chips {
                // The second halfword makes a BL of what can be one.
                chip.write([code, 0xF800, 0xBE00], at: Chip.code)
                chip.processor.reset()
                for register in 0..<13 { chip[register] = 0x2000_0800 + UInt32(register * 4) }
                // Few cycles: some go round for ever.
                let stop = chip.run(60)
                let kind: UInt32 =
                    switch stop {
                    case .time: 0
                    case .breakpoint: 1
                    case .fault: 2
                    case .lockup: 3
                    case .reset: 4
                    }
                ends.append(
                    (0..<16).map { chip[$0] } + [
                        kind, chip.processor.statusRegister, UInt32(chip.processor.branches.count),
                    ])
            }
            if ends[0] != ends[1] {
                Issue.record("\(String(code, radix: 16)): \(ends[0]) instead of \(ends[1])")
                return
            }
        }
    }

    /// A loop under interrupts at random times, one of which nests: both interpreters see each at the same instruction and cycle.
    @Test func interruptsComeAtTheSameInstruction() {
        var random = RandomSource("FastPathTests.interruptsComeAtTheSameInstruction")
        for _ in 0..<20 {
            var cycle: UInt64 = 0
            let plan: [(UInt64, UInt32)] = (0..<200).map { _ in
                cycle += UInt64(1 + random.below(60))
                return (cycle, UInt32(random.below(4)))
            }
            let chips = [true, false].map { fast in
                // ADDS, CMP with BLS, PUSH, POP, LDR, STR, STM and MULS, round and round.
                let chip = Chip([
                    0x3001, 0x2864, 0xD900, 0x2000, 0xB40F, 0xBC0F, 0x6821, 0x3103, 0x6021, 0xC503, 0x3D08, 0x4341,
                    0x1B52, 0x4148, 0xE7F1,
                ])
                // The handlers count in RAM, and clear nothing: a line that stays active interrupts again.
                for (number, register) in [(16, 6), (17, 7)] {
                    let load = 0x6800 | UInt16(register) << 3
                    chip.write([load, 0x3001, 0x6000 | UInt16(register) << 3, 0x4770], at: Chip.handler(number))
                }
                chip.processor.usesFastPath = fast
                chip[4] = 0x2000_0100
                chip[5] = 0x2000_0200
                chip[6] = 0x2000_0300
                chip[7] = 0x2000_0304
                chip.peripherals.plan = plan.map { (cycle: $0.0, lines: $0.1) }
                chip.enableInterrupts(3, priorities: [0x80, 0x40])
                #expect(chip.run(cycle + 1000) == .time)
                return chip
            }
            #expect((chips[0].word(0x2000_0304) ?? 0) > 10)
            for address in stride(from: 0x2000_0000, to: Chip.stack, by: 4) {
                #expect(chips[0].word(address) == chips[1].word(address))
            }
            for register in 0..<16 { #expect(chips[0][register] == chips[1][register]) }
            #expect(chips[0].processor.cycle == chips[1].processor.cycle)
            #expect(chips[0].processor.branches == chips[1].processor.branches)
        }
    }

    /// Flash that is written anew is decoded anew, also where the halfword before was decoded together with it.
    @Test func flashCanBeProgrammed() {
        // CMP R0, #0; BEQ to the second BKPT.
        let chip = Chip([0x2800, 0xD000, 0xBE01, 0xBE02])
        #expect(chip.run() == .breakpoint(2))
        chip.write([0xBF00], at: Chip.code + 2)
        chip.processor.reset()
        #expect(chip.run() == .breakpoint(1))
        #expect(!chip.memory.program([1, 2], at: Memory.flashSize - 1))
        #expect(!chip.memory.program([1], at: .max))
        #expect(chip.memory.program([], at: .max))
    }

    /// A stretch of instructions without a branch, to the end of flash.
    @Test func runsToTheEndOfFlash() {
        let chip = Chip([])
        let start: UInt32 = 0x1000
        chip.memory.program([UInt8](repeating: 0, count: Int(Memory.flashSize - start)), at: start)
        chip.processor.registers[15] = start
        guard case .fault(let fault) = chip.run(1_000_000) else {
            Issue.record("no fault")
            return
        }
        #expect(fault.cause == .fetch)
        #expect(fault.pc == Memory.flashSize)
        #expect(chip.processor.referenceSteps < 3)
    }
}

extension Chip {
    /// Enables interrupts, and sets priorities of the first ones.
    func enableInterrupts(_ set: UInt32, priorities: [UInt32] = []) {
        var value: UInt32 = 0
        for (index, priority) in priorities.enumerated() { value |= priority << UInt32(8 * index) }
        poke(value, at: 0xE000_E400)
        poke(set, at: 0xE000_E100)
    }

    /// Writes a system register by a store of the program, and leaves the registers as they were.
    func poke(_ value: UInt32, at address: UInt32) {
        let saved = (0..<16).map { self[$0] }
        write([0x6008, 0xBE00], at: 0x2000_7F00)
        self[0] = value
        self[1] = address
        self[15] = 0x2000_7F00
        _ = step()
        for (number, value) in saved.enumerated() { self[number] = value }
    }

    /// Reads a system register by a load of the program.
    func peek(_ address: UInt32) -> UInt32 {
        let saved = (0..<16).map { self[$0] }
        write([0x6808, 0xBE00], at: 0x2000_7F00)
        self[1] = address
        self[15] = 0x2000_7F00
        _ = step()
        let value = self[0]
        for (number, value) in saved.enumerated() { self[number] = value }
        return value
    }
}
