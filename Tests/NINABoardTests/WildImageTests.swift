import BoardPrograms
import NINABoard
import TestSupport
import Testing

/// Random bytes as firmware, with a chip around them that answers, interrupts, faults and resets at random: nothing traps, every run ends,
/// and the fast path does what the reference does.
@Suite(.timeLimit(.minutes(5))) struct WildImageTests {
    private final class WildPeripherals: Peripherals {
        private var random: RandomSource
        private(set) var signals = PeripheralSignals()

        init(seed: UInt64) { random = RandomSource(seed: seed) }

        private func change(at cycle: UInt64) {
            signals = PeripheralSignals(
                interrupts: UInt32(truncatingIfNeeded: random.next()),
                nextEvent: random.below(2) == 0 ? .max : cycle + UInt64(random.below(1000)),
                demandsReset: random.below(200) == 0)
        }

        func read(_: UInt32, _: AccessWidth, at cycle: UInt64) -> UInt32? {
            if random.below(4) == 0 { change(at: cycle) }
            return random.below(16) == 0 ? nil : UInt32(truncatingIfNeeded: random.next())
        }

        func write(_: UInt32, to _: UInt32, _: AccessWidth, at cycle: UInt64) -> Bool {
            if random.below(4) == 0 { change(at: cycle) }
            return random.below(16) != 0
        }

        func advance(to cycle: UInt64) { change(at: cycle) }
    }

    /// A vector table, a HardFault handler that goes on behind the instruction, and random bytes with some addresses of system registers.
    private func image(_ random: inout RandomSource) -> [UInt8] {
        var bytes = (0..<2048).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        func put(_ word: UInt32, _ place: Int) { bytes.replaceSubrange(place..<place + 4, with: bytesOf(word)) }
        put(0x2000_4000, 0)
        for exception in 1..<48 { put(UInt32(200 + random.below(1800)) | 1, 4 * exception) }
        put(193, 12)
        // LDR R0, [SP, #24]; ADDS R0, #2; STR R0, [SP, #24]; BX LR
        put(0x3002_9806, 192)
        put(0x4770_9006, 196)
        for place in stride(from: 256, to: 2040, by: 64) where random.below(2) == 0 {
            put(0xE000_E000 | UInt32(random.below(0x400)) << 2, place)
        }
        return bytes
    }

    private func end(of image: [UInt8], seed: UInt64, fast: Bool) -> [UInt32] {
        let memory = Memory()
        memory.program(image, at: 0)
        let processor = Processor(memory: memory, peripherals: WildPeripherals(seed: seed))
        processor.usesFastPath = fast
        processor.stopsAtBreakpoints = seed & 1 == 0
        var result: [UInt32] = []
        var rounds = Rounds(100)
        while processor.cycle < 20_000, rounds.next() {
            switch processor.run(until: 20_000) {
            case .time: break
            case .breakpoint: processor.registers[15] += 2
            case .fault(let fault): result.append(fault.pc)
            case .lockup, .reset: processor.reset()
            }
        }
        result += (0..<16).map { processor.registers[$0] }
        result += [processor.statusRegister, UInt32(truncatingIfNeeded: processor.cycle)]
        for branch in processor.branches { result += [branch.from, branch.to] }
        return result + (memory.bytes(at: Memory.ramBase, count: Int(Memory.ramSize)) ?? []).map { UInt32($0) }
    }

    @Test func endAlike() {
        var random = RandomSource("WildImageTests.endAlike")
        for round in 0..<30 {
            let image = image(&random)
            let seed = random.next()
            #expect(end(of: image, seed: seed, fast: true) == end(of: image, seed: seed, fast: false), "image \(round)")
        }
    }
}
