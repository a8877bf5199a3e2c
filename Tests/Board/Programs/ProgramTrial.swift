import NINABoard
import TestSupport

/// Two cores that execute the same random programs: one from decoded words, one by the reference interpreter alone.
public final class ProgramTrial {
    /// The handlers of faults and of SVC: a BKPT each.
    public static let faultHandler: UInt32 = 0x200
    /// The handler of SVC.
    public static let callHandler: UInt32 = 0x204

    /// What is left of a program, for comparison.
    public struct Result: Equatable {
        /// Why it ended.
        public var stop: Processor.Stop
        /// R0 to R15, xPSR, PRIMASK.
        public var registers: [UInt32]
        /// The RAM of ``RandomProgram/data``.
        public var memory: [UInt8]
        var cycles: UInt64
    }

    private let fast: Processor
    private let reference: Processor
    /// Instructions that the reference has executed.
    public var instructions: UInt64 { reference.referenceSteps }
    /// Those of them that the other core left to its reference interpreter.
    public var leftToReference: UInt64 { fast.referenceSteps }

    /// Fills RAM with random bytes.
    public init(random: inout RandomSource) {
        let bytes = (0..<RandomProgram.data.count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        func make() -> Processor {
            let memory = Memory()
            for (index, byte) in bytes.enumerated() {
                memory.write(UInt32(byte), to: RandomProgram.data.lowerBound + UInt32(index), .byte)
            }
            // Vectors: HardFault and SVCall.
            memory.program(bytesOf(Self.faultHandler | 1), at: 12)
            memory.program(bytesOf(Self.callHandler | 1), at: 44)
            memory.program([0x00, 0xBE, 0, 0, 0x00, 0xBE], at: Self.faultHandler)
            let processor = Processor(memory: memory, peripherals: NoPeripherals())
            processor.stopsAtBreakpoints = true
            return processor
        }
        fast = make()
        reference = make()
        reference.usesFastPath = false
    }

    /// Executes a program in both cores.
    /// - Returns: the results; those of a correct fast path are equal.
    public func run(_ program: RandomProgram) -> (fast: Result, reference: Result) {
        (result(fast, program), result(reference, program))
    }

    /// The RAM of ``RandomProgram/data``.
    public var memory: [UInt8] {
        reference.memory.bytes(at: RandomProgram.data.lowerBound, count: RandomProgram.data.count) ?? []
    }

    private func result(_ processor: Processor, _ program: RandomProgram) -> Result {
        let bytes = program.code.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        if program.address < Memory.flashSize {
            processor.memory.program(bytes, at: program.address)
        } else {
            for (index, byte) in bytes.enumerated() {
                processor.memory.write(UInt32(byte), to: program.address + UInt32(index), .byte)
            }
        }
        processor.reset()
        for (number, value) in program.registers.enumerated() { processor.registers[number] = value }
        processor.statusRegister = program.flags | 1 << 24
        let start = processor.cycle
        let stop = processor.run(until: start + 10_000)
        return Result(
            stop: stop,
            registers: (0..<16).map { processor.registers[$0] } + [
                processor.statusRegister, processor.primask ? 1 : 0,
            ],
            memory: processor.memory.bytes(at: RandomProgram.data.lowerBound, count: RandomProgram.data.count) ?? [],
            cycles: processor.cycle - start)
    }
}

/// A chip without peripherals.
public final class NoPeripherals: Peripherals {
    /// Nothing at all.
    public init() {}
    public func read(_: UInt32, _: AccessWidth, at _: UInt64) -> UInt32? { nil }
    public func write(_: UInt32, to _: UInt32, _: AccessWidth, at _: UInt64) -> Bool { false }
    public func advance(to _: UInt64) {}
    public var signals: PeripheralSignals { PeripheralSignals() }
}

/// A little-endian word.
public func bytesOf(_ word: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } }
