import BoardPrograms
import NINABoard

/// A processor with a short program, and peripherals that record what they are asked.
final class Chip {
    static let code: UInt32 = 0x400
    static let stack: UInt32 = 0x2000_1000
    /// Handlers at 0x300 + 16 * exception: a BKPT with the exception's number, until a test writes others.
    static func handler(_ exception: Int) -> UInt32 { 0x100 + 16 * UInt32(exception) }

    let memory = Memory()
    let peripherals = RecordingPeripherals()
    let processor: Processor

    init(_ code: [UInt16], at address: UInt32 = Chip.code) {
        processor = Processor(memory: memory, peripherals: peripherals)
        processor.stopsAtBreakpoints = true
        memory.program(bytesOf(Self.stack), at: 0)
        memory.program(bytesOf(address | 1), at: 4)
        for exception in 2..<48 {
            memory.program(bytesOf(Self.handler(exception) | 1), at: UInt32(4 * exception))
            write([0xBE00 | UInt16(exception)], at: Self.handler(exception))
        }
        write(code, at: address)
        processor.reset()
    }

    func write(_ code: [UInt16], at address: UInt32) {
        let bytes = code.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        if address < Memory.flashSize {
            memory.program(bytes, at: address)
        } else {
            for (index, byte) in bytes.enumerated() { memory.write(UInt32(byte), to: address + UInt32(index), .byte) }
        }
    }

    subscript(_ register: Int) -> UInt32 {
        get { processor.registers[register] }
        set { processor.registers[register] = newValue }
    }

    /// N, Z, C, V as a number of four bits.
    var flags: UInt32 {
        get { processor.statusRegister >> 28 }
        set { processor.statusRegister = newValue << 28 | 1 << 24 }
    }

    /// A word of memory.
    func word(_ address: UInt32) -> UInt32? { memory.read(address, .word) }

    /// Runs for some cycles from now.
    @discardableResult func run(_ cycles: UInt64 = 10_000) -> Processor.Stop {
        processor.run(until: processor.cycle + cycles)
    }

    /// Executes one instruction.
    func step() -> Processor.Stop? { processor.runOne() }

    /// The fault that ends a run.
    func fault() -> Fault? {
        switch run() {
        case .fault(let fault): fault
        default: nil
        }
    }
}

/// Registers of memory at 0x40000000 to 0x40000FFF and at 0x60000000; interrupts at times that a test sets.
final class RecordingPeripherals: Peripherals {
    var values: [UInt32: UInt32] = [:]
    var log: [String] = []
    /// Lines and the cycles from which they are active, in the order of time.
    var plan: [(cycle: UInt64, lines: UInt32)] = []
    var lines: UInt32 = 0
    /// A write here changes the lines at once.
    static let lineRegister: UInt32 = 0x4000_0100

    private func exists(_ address: UInt32) -> Bool {
        address & 0xFFFF_F000 == 0x4000_0000 || address & 0xFFFF_FF00 == 0x6000_0000
    }

    func read(_ address: UInt32, _ width: AccessWidth, at cycle: UInt64) -> UInt32? {
        guard exists(address) else { return nil }
        log.append("read \(width) \(String(address, radix: 16)) at \(cycle)")
        return values[address] ?? 0
    }

    func write(_ value: UInt32, to address: UInt32, _ width: AccessWidth, at cycle: UInt64) -> Bool {
        guard exists(address) else { return false }
        log.append("write \(width) \(String(value, radix: 16)) to \(String(address, radix: 16)) at \(cycle)")
        values[address] = value
        if address == Self.lineRegister { lines = value }
        return true
    }

    func advance(to cycle: UInt64) {
        while let first = plan.first, first.cycle <= cycle {
            lines = first.lines
            plan.removeFirst()
        }
    }

    var signals: PeripheralSignals { PeripheralSignals(interrupts: lines, nextEvent: plan.first?.cycle ?? .max) }
}
