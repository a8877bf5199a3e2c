import NINABoard
import Testing

/// SysTick and sleep.
@Suite(.timeLimit(.minutes(5))) struct SystemTimerTests {
    private static let control: UInt32 = 0xE000_E010
    private static let reload: UInt32 = 0xE000_E014
    private static let value: UInt32 = 0xE000_E018

    /// A loop, and a handler that counts in R7.
    private func counting(_ code: [UInt16] = [0xE7FE]) -> Chip {
        let chip = Chip(code)
        chip.write([0x3701, 0x4770], at: Chip.handler(15))
        chip[7] = 0
        return chip
    }

    @Test func interruptsEachPeriod() {
        let chip = counting()
        chip.poke(999, at: Self.reload)
        chip.poke(0, at: Self.value)
        chip.poke(7, at: Self.control)
        let start = chip.processor.cycle
        chip.run(1_000_500)
        #expect(chip[7] == 1000)
        #expect(chip.processor.cycle >= start + 1_000_500)
        // All of it by the fast path, except for what surrounds an interrupt.
        #expect(chip.processor.referenceSteps < 40_000)
    }

    @Test func countsDown() {
        let chip = counting()
        chip.poke(99, at: Self.reload)
        chip.poke(1, at: Self.control)
        let first = chip.peek(Self.value)
        // Each look takes two cycles.
        let second = chip.peek(Self.value)
        #expect(first - second == 2)
        chip.run(200)
        let status = chip.peek(Self.control)
        #expect(status == 1 << 16 | 5)
        #expect(chip.peek(Self.control) == 5)
        chip.poke(0, at: Self.control)
        let rest = chip.peek(Self.value)
        chip.run(50)
        #expect(chip.peek(Self.value) == rest)
        #expect(rest < 100)
    }

    @Test func aReloadOfZeroStopsIt() {
        let chip = counting()
        chip.poke(0, at: Self.reload)
        chip.poke(7, at: Self.control)
        chip.run(1000)
        #expect(chip[7] == 0)
        #expect(chip.peek(Self.value) == 0)
    }

    @Test func aLongWriteKeeps24Bits() {
        let chip = counting()
        chip.poke(.max, at: Self.reload)
        #expect(chip.peek(Self.reload) == 0xFF_FFFF)
        #expect(chip.peek(0xE000_E01C) == 1 << 31)
    }

    /// WFI: time passes without instructions.
    @Test func sleepsUntilAnInterrupt() {
        let chip = counting([0xBF30, 0x3601, 0xE7FC])
        chip[6] = 0
        chip.poke(47_999, at: Self.reload)
        chip.poke(7, at: Self.control)
        let steps = chip.processor.referenceSteps
        chip.run(48_000_100)
        #expect(chip[7] == 1000)
        #expect(chip[6] == 1000)
        #expect(chip.processor.isAsleep)
        #expect(chip.processor.referenceSteps - steps < 10_000)
    }

    @Test func sleepsForEverWithoutInterrupts() {
        let chip = counting([0xBF30])
        #expect(chip.processor.run(until: 1 << 50) == .time)
        #expect(chip.processor.cycle == 1 << 50)
        #expect(chip.processor.isAsleep)
    }

    /// PRIMASK does not keep it asleep, and holds the handler back.
    @Test func primaskDoesNotKeepItAsleep() {
        let chip = counting([0xB672, 0xBF30, 0xBE01])
        chip.poke(1000, at: Self.reload)
        chip.poke(7, at: Self.control)
        #expect(chip.run() == .breakpoint(1))
        #expect(chip[7] == 0)
        #expect(chip.processor.primask)
    }

    /// WFE goes on after SEV, once.
    @Test func eventsEndASleep() {
        let chip = counting([0xBF40, 0xBF20, 0x3601, 0xBF20, 0x3601])
        chip[6] = 0
        #expect(chip.run(1000) == .time)
        #expect(chip[6] == 1)
        #expect(chip.processor.isAsleep)
    }

    /// With SEVONPEND a pending interrupt is an event, though it is disabled.
    @Test func pendingIsAnEvent() {
        let chip = counting([0xBF20, 0xBE01])
        chip.poke(16, at: 0xE000_ED10)
        #expect(chip.peek(0xE000_ED10) == 16)
        chip.peripherals.plan = [(chip.processor.cycle + 500, 1)]
        #expect(chip.run() == .breakpoint(1))
    }

    /// SLEEPONEXIT: thread mode goes no further after the first handler.
    @Test func sleepsOnExit() {
        let chip = counting([0x3601, 0xE7FD])
        chip[6] = 0
        chip.poke(2, at: 0xE000_ED10)
        chip.poke(999, at: Self.reload)
        chip.poke(7, at: Self.control)
        chip.run(100_500)
        #expect(chip[7] == 100)
        #expect(chip[6] < 400)
        #expect(chip.processor.isAsleep)
    }

    @Test func aPeripheralDemandsAReset() {
        final class Watchdog: Peripherals {
            func read(_: UInt32, _: AccessWidth, at _: UInt64) -> UInt32? { nil }
            func write(_: UInt32, to _: UInt32, _: AccessWidth, at _: UInt64) -> Bool { false }
            var bites = false
            func advance(to cycle: UInt64) { bites = cycle >= 5000 }
            var signals: PeripheralSignals { PeripheralSignals(nextEvent: bites ? .max : 5000, demandsReset: bites) }
        }
        let memory = Memory()
        memory.program([0, 0x10, 0, 0x20, 9, 0, 0, 0, 0xFE, 0xE7], at: 0)
        let processor = Processor(memory: memory, peripherals: Watchdog())
        #expect(processor.run(until: 100_000) == .reset)
        #expect((5000...5001).contains(processor.cycle))
    }
}
