// nina-board-core SEED INSTRUCTIONS: random programs with what this package's core makes of them, as records on standard output for
// Tests/Board/run, which executes them by another emulator. Both of the core's interpreters run each program.
// nina-board-core --semihosting IMAGE: executes a program, and prints what it writes by semihosting.
// nina-board-core --bench IMAGE: executes a program that ends with BKPT, and prints the speed.

import BoardPrograms
import NINABoard
import TestSupport

#if canImport(Glibc)
import Glibc
#endif

private func put(_ bytes: [UInt8], to descriptor: Int32 = STDOUT_FILENO) {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { exit(1) }
        rest = rest.dropFirst(count)
    }
}

private func say(_ message: String) { put(Array("\(message)\n".utf8), to: STDERR_FILENO) }

private func fail(_ message: String) -> Never {
    say("nina-board-core: \(message)")
    exit(1)
}

/// A record: the address, the length of the code and the instructions executed since the last record; code; registers before; registers
/// after; memory after. All numbers are little-endian words.
private func compare(seed: UInt64, instructions: UInt64) {
    var random = RandomSource(seed: seed)
    let trial = ProgramTrial(random: &random)
    put(trial.memory)
    var done: UInt64 = 0
    while trial.instructions < instructions {
        let program = RandomProgram(random: &random, instructions: 100)
        let (fast, reference) = trial.run(program)
        guard fast == reference else {
            fail("seed \(seed): the fast path differs:\n\(fast)\nfrom the reference:\n\(reference)\nin \(program)")
        }
        let header = [
            program.address, UInt32(program.code.count), UInt32(program.length), UInt32(trial.instructions - done),
        ]
        done = trial.instructions
        let code = program.code.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        let registers = program.registers + [program.flags] + reference.registers
        put(header.flatMap(bytesOf) + code + registers.flatMap(bytesOf) + reference.memory)
    }
    say("\(trial.instructions) instructions, \(trial.leftToReference) of them not by the fast path")
}

/// Seconds of processor time of this process.
private func processorTime() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

private func read(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { fail("cannot read \(path)") }
    var image = [UInt8](repeating: 0, count: Int(Memory.flashSize))
    image.removeLast(image.count - fread(&image, 1, image.count, file))
    fclose(file)
    return image
}

/// SYS_WRITE0 and SYS_EXIT of Arm's semihosting, by BKPT 0xAB with the operation in R0 and its argument in R1.
private func semihosting(_ path: String) {
    let memory = Memory()
    memory.program(read(path), at: 0)
    let processor = Processor(memory: memory, peripherals: NoPeripherals())
    processor.stopsAtBreakpoints = true
    while true {
        switch processor.run(until: 1_000_000_000) {
        case .breakpoint(0xAB) where processor.registers[0] == 4:
            var text: [UInt8] = []
            while let byte = memory.read(processor.registers[1] + UInt32(text.count), .byte), byte != 0 {
                text.append(UInt8(byte))
            }
            put(text)
            processor.registers[15] += 2
        case .breakpoint(0xAB) where processor.registers[0] == 0x18: return
        case .fault: break  // the program handles it
        case let stop: fail("\(path) ends with \(stop)")
        }
    }
}

private func bench(_ path: String) {
    let image = read(path)
    func run(fast: Bool) -> (seconds: Double, processor: Processor) {
        let memory = Memory()
        memory.program(image, at: 0)
        let processor = Processor(memory: memory, peripherals: NoPeripherals())
        processor.stopsAtBreakpoints = true
        processor.usesFastPath = fast
        let start = processorTime()
        let stop = processor.run(until: 100_000_000_000)
        guard stop == .breakpoint(1) else { fail("\(path) ends with \(stop)") }
        return (processorTime() - start, processor)
    }
    let reference = run(fast: false)
    // The median of several runs.
    let runs = (0..<7).map { _ in run(fast: true) }.sorted { $0.seconds < $1.seconds }
    let instructions = Double(reference.processor.referenceSteps)
    for (name, result) in [("reference", reference), ("fast", runs[3])] {
        guard result.processor.registers[0] == reference.processor.registers[0] else { fail("the results differ") }
        let speed = instructions / result.seconds / 1e6
        print("\(name): \(Int(instructions)) instructions, \(result.processor.cycle) cycles, \(speed) M instructions/s")
    }
}

let arguments = CommandLine.arguments
if arguments.count == 3, arguments[1] == "--bench" {
    bench(arguments[2])
} else if arguments.count == 3, arguments[1] == "--semihosting" {
    semihosting(arguments[2])
} else if arguments.count == 3, let seed = UInt64(arguments[1]), let instructions = UInt64(arguments[2]) {
    compare(seed: seed, instructions: instructions)
} else {
    fail("usage: nina-board-core SEED INSTRUCTIONS, or --semihosting IMAGE, or --bench IMAGE")
}
